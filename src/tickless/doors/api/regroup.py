"""Storms: what was one case and why; merge, split, undo, link; cases that look like one; and what all that teaches."""

from __future__ import annotations

import asyncio
from typing import Annotated, Literal

from fastapi import Query
from starlette.concurrency import run_in_threadpool

from tickless.doors.api.case_schemas import CaseShown
from tickless.doors.api.guards import Admin, CaseReader, DeskHere, Reader, new_router
from tickless.doors.api.paging import Cursor, Limit, number_in
from tickless.doors.api.regroup_schemas import (
    DoubtShown,
    GroupingLessonShown,
    GroupingTrialShown,
    LessonIds,
    LinkCase,
    MergeCases,
    Refused,
    RegroupShown,
    SplitCase,
    StormShown,
    StormSizeShown,
    Why,
)
from tickless.doors.api.regroup_views import show_doubt, show_lesson, show_regroup, show_storm, show_trial
from tickless.doors.api.schemas import Page
from tickless.doors.api.sight import find_case
from tickless.doors.api.views import show_case
from tickless.doors.entrance import Visitor
from tickless.doors.entrance.moving import mover
from tickless.flow.desk.promise import Desk

router = new_router("storms")
State = Annotated[Literal["proposed", "taught", "refused"], Query()]
MOST_LISTED = 1_000


@router.get("/storms", summary="Cases by how many alerts they hold")
def list_storms(
    desk: DeskHere,
    visitor: Reader,
    least: Annotated[int, Query(ge=1, le=1_000_000, description="Alerts from which a case is listed")] = 2,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[StormSizeShown]:
    """Newest first: what was one case, and how many alerts that was. `alerts` of 1 stand for themselves."""
    sizes, more = desk.regroup.storms(before=number_in(cursor), least=least, limit=limit)
    return Page(
        items=[StormSizeShown(case=show_case(case), alerts=alerts) for case, alerts in sizes],
        next=str(more) if more is not None else None,
    )


@router.get("/cases/{case}/storm", summary="What was one case, and why")
def get_storm(desk: DeskHere, visitor: Reader, case: str) -> StormShown:
    """By service and time, with the reason of every join, what was left out and why, and what people put right."""
    with desk.journal.read() as tx:
        return show_storm(tx, desk.regroup.storm(tx, find_case(tx, case, visitor)))


@router.post("/cases/{case}/merge", summary="Merge other cases into this one")
async def merge_cases(desk: DeskHere, visitor: CaseReader, case: str, given: MergeCases) -> RegroupShown:
    """Their alerts, reports and people go to this case; they end with a link to it. The same again changes nothing."""
    into, *others = await _ids(desk, visitor, [case, *given.cases])
    done = await desk.regroup.merge(others, into=into, by=mover(visitor), reason=given.reason)
    return await run_in_threadpool(_told, desk, done.id)


@router.post("/cases/{case}/split", summary="Take alerts out of this case")
async def split_case(desk: DeskHere, visitor: CaseReader, case: str, given: SplitCase) -> RegroupShown:
    """For a new case, or for `into`. News of them goes there from now on."""
    (left,) = await _ids(desk, visitor, [case])
    into = (await _ids(desk, visitor, [given.into]))[0] if given.into else None
    keys = await run_in_threadpool(
        desk.regroup.keys, left, alerts=[(one.fingerprint, one.source) for one in given.alerts], services=given.services
    )
    done = await desk.regroup.split(left, keys, into=into, by=mover(visitor), reason=given.reason)
    return await run_in_threadpool(_told, desk, done.id)


@router.get("/regroups", summary="Merges and splits")
def list_regroups(
    desk: DeskHere, visitor: CaseReader, case: Annotated[str, Query(max_length=100)]
) -> Page[RegroupShown]:
    """All that touched a case, newest first, and whether each can be undone."""
    with desk.journal.read() as tx:
        found = tx.regroups.of_cases([find_case(tx, case, visitor).id])
        return Page(items=[show_regroup(tx, one, desk.regroup.why_not_undone(tx, one)) for one in found])


@router.post("/regroups/{regroup}/undo", summary="Take a merge or split back")
async def undo_regroup(desk: DeskHere, visitor: CaseReader, regroup: str, given: Why) -> RegroupShown:
    """Within a day, and while nothing was done for what was moved that cannot be taken back; else 409 says why."""
    done = await desk.regroup.undo(regroup, by=mover(visitor), reason=given.reason)
    return await run_in_threadpool(_told, desk, done.id)


@router.post("/cases/{case}/link", summary="Make this case the child of another")
async def link_case(desk: DeskHere, visitor: CaseReader, case: str, given: LinkCase) -> CaseShown:
    """They stay apart. When the parent is solved, the child is looked at by its own checks, and its people are asked."""
    child, parent = await _ids(desk, visitor, [case, given.parent])
    return show_case(await desk.regroup.link(child, parent, by=mover(visitor), reason=given.reason))


@router.post("/cases/{case}/unlink", summary="Let this case stand by itself again")
async def unlink_case(desk: DeskHere, visitor: CaseReader, case: str, given: Why) -> CaseShown:
    (child,) = await _ids(desk, visitor, [case])
    return show_case(await desk.regroup.unlink(child, by=mover(visitor), reason=given.reason))


@router.get("/doubts", summary="Cases that look like one")
def list_doubts(desk: DeskHere, visitor: Reader) -> Page[DoubtShown]:
    """Live cases that the rules kept apart and that grouping takes for one, with why. The surest first."""
    with desk.journal.read() as tx:
        return Page(items=[show_doubt(*one) for one in desk.regroup.doubts(tx)])


@router.post("/doubts/{doubt}/dismiss", summary="They are not one")
async def dismiss_doubt(desk: DeskHere, visitor: CaseReader, doubt: str) -> Page[DoubtShown]:
    """It is not proposed again. Returns what is still in doubt."""
    await desk.regroup.dismiss(doubt, by=mover(visitor))
    return await run_in_threadpool(list_doubts, desk, visitor)


@router.get("/lessons/grouping", summary="What merges and splits could teach")
def list_grouping(desk: DeskHere, visitor: Reader, state: State = "proposed") -> Page[GroupingLessonShown]:
    """Kinds of alerts that belong together, or do not, with who says so and what that weighs now."""
    with desk.journal.read() as tx:
        found = [
            (one, desk.regroup.learning.came_of(tx, one))
            for one in tx.grouping_lessons.by(state=state, limit=MOST_LISTED)
        ]
    return Page(items=[show_lesson(one, now=desk.clock.now(), came=came) for one, came in reversed(found)])


@router.post("/lessons/grouping/try", summary="What would teaching these have done?")
async def try_grouping(desk: DeskHere, visitor: Admin, given: LessonIds) -> GroupingTrialShown:
    """Reads the alerts of the last 14 days again, with them and without. Takes some seconds, changes nothing."""
    return show_trial(await asyncio.to_thread(desk.regroup.learning.attempt, given.ids))


@router.post("/lessons/grouping/teach", summary="Teach these")
async def teach_grouping(desk: DeskHere, visitor: Admin, given: LessonIds) -> GroupingTrialShown:
    """After the same trial: where a case that was right would not be any more, 409, and nothing is taught."""
    return show_trial(await asyncio.to_thread(lambda: desk.regroup.learning.teach(given.ids, by=visitor.actor)))


@router.post("/lessons/grouping/{lesson}/refuse", summary="Not to be taught, or not any more")
async def refuse_grouping(desk: DeskHere, visitor: Admin, lesson: str, given: Refused) -> GroupingLessonShown:
    learning = desk.regroup.learning
    done = await asyncio.to_thread(lambda: learning.refuse(lesson, by=visitor.actor, reason=given.reason))
    return show_lesson(done, now=desk.clock.now())


async def _ids(desk: Desk, visitor: Visitor, references: list[str]) -> list[str]:
    """Ids of cases, given as ids or numbers. Raises `NotFound`, also for what is not for these eyes."""

    def look() -> list[str]:
        with desk.journal.read() as tx:
            return [find_case(tx, one, visitor).id for one in references]

    return await run_in_threadpool(look)


def _told(desk: Desk, regroup: str) -> RegroupShown:
    with desk.journal.read() as tx:
        found = tx.regroups.need(regroup)
        return show_regroup(tx, found, desk.regroup.why_not_undone(tx, found))
