"""Cases: list, one, its story, close, reopen."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Query
from pydantic import AwareDatetime
from starlette.concurrency import run_in_threadpool

from tickless.domain.errors import Forbidden
from tickless.doors.api.case_schemas import CaseShown, CloseCase, ReopenCase, WithdrawCase
from tickless.doors.api.guards import Actor, CaseReader, DeskHere, new_router
from tickless.doors.api.paging import Cursor, Limit, number_in, page_of
from tickless.doors.api.schemas import Page
from tickless.doors.api.sight import find_case, takes_part
from tickless.doors.api.story import tell_story
from tickless.doors.api.story_schemas import StoryShown
from tickless.doors.api.views import show_case
from tickless.doors.entrance import Visitor
from tickless.flow.desk.promise import Desk
from tickless.journal.cases import CaseFilter

router = new_router("cases")
Filter = Annotated[str | None, Query(max_length=200)]


@router.get("/cases", summary="List cases")
def list_cases(
    *,
    desk: DeskHere,
    visitor: CaseReader,
    state: Filter = None,
    live: bool | None = None,
    kind: Annotated[Literal["incident", "request", "question", "risk"] | None, Query()] = None,
    door: Annotated[Literal["human", "machine"] | None, Query()] = None,
    need: Filter = None,
    service: Filter = None,
    requester: Filter = None,
    outcome: Annotated[
        str | None,
        Query(
            max_length=200,
            description="As it stands; with `ended_since` or `ended_until`: one of its ends in that span",
        ),
    ] = None,
    opened_since: Annotated[AwareDatetime | None, Query()] = None,
    opened_until: Annotated[AwareDatetime | None, Query()] = None,
    ended_since: Annotated[AwareDatetime | None, Query()] = None,
    ended_until: Annotated[AwareDatetime | None, Query()] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[CaseShown]:
    """Newest first. Without the right `read`: the cases that the caller asked for."""
    if not visitor.may("read"):
        requester = visitor.person.id if visitor.person else ""
    wanted = CaseFilter(state, live, kind, door, need, service, requester, outcome, opened_since, opened_until, ended_since,
                        ended_until)  # fmt: skip
    with desk.journal.read() as tx:
        found = tx.cases.page(wanted, before=number_in(cursor), limit=limit + 1)
    return page_of(found, limit=limit, key=lambda case: case.number, show=show_case)


@router.get("/cases/{case}", summary="One case, by id or number")
def get_case(desk: DeskHere, visitor: CaseReader, case: str) -> CaseShown:
    with desk.journal.read() as tx:
        return show_case(find_case(tx, case, visitor))


@router.get("/cases/{case}/story", summary="What happened, from the first signal to the outcome")
def get_story(desk: DeskHere, visitor: CaseReader, case: str) -> StoryShown:
    """The eight stages in order: signals, findings, correlation, impact, decisions, runs, verdicts, resolutions; then what was
    said."""
    with desk.journal.read() as tx:
        return tell_story(tx, find_case(tx, case, visitor), visitor)


@router.post("/cases/{case}/close", summary="Take a case out of the machine's hands")
async def close_case(desk: DeskHere, visitor: Actor, case: str, given: CloseCase) -> CaseShown:
    """`hand_off` to people, `mute` as noise, `withdraw`, or `confirm` that a person saw it solved."""
    identity = await run_in_threadpool(_identity, desk, case, visitor)
    return show_case(await desk.close(identity, by=visitor.actor, how=given.how, reason=given.reason))


@router.post("/cases/{case}/reopen", summary="Say that it was not solved")
async def reopen_case(desk: DeskHere, visitor: CaseReader, case: str, given: ReopenCase) -> CaseShown:
    """The outcome becomes `regressed` and the case is decided anew. Its own people may do that, and whoever may act."""
    identity = await run_in_threadpool(_identity, desk, case, visitor)
    if not (visitor.may("act") or visitor.may("chat")):
        raise Forbidden("this token may only read", mend="use a token with the scope `act`")
    if not visitor.may("act"):
        await run_in_threadpool(_own, desk, identity, visitor)
    return show_case(await desk.reopen(identity, by=visitor.actor, reason=given.reason))


@router.post("/cases/{case}/withdraw", summary="Say that a request is not wanted any more")
async def withdraw_case(desk: DeskHere, visitor: CaseReader, case: str, given: WithdrawCase) -> CaseShown:
    """What is live is stopped. What is done is taken back, with its parts, as one case of its own, which is the answer. Whoever
    asked for it may do that, and whoever may act."""
    identity = await run_in_threadpool(_identity, desk, case, visitor)
    if not (visitor.may("act") or visitor.may("chat")):
        raise Forbidden("this token may only read", mend="use a token with the scope `act`")
    if not visitor.may("act"):
        await run_in_threadpool(_asked_for, desk, identity, visitor)
    return show_case(await desk.withdraw(identity, by=visitor.actor, reason=given.reason))


def _asked_for(desk: Desk, case: str, visitor: Visitor) -> None:
    with desk.journal.read() as tx:
        record = tx.cases.need(case)
    me = visitor.person.id if visitor.person else ""
    if me not in {record.requester, record.speaker}:
        raise Forbidden("only whoever asked for it may withdraw it")


def _identity(desk: Desk, case: str, visitor: Visitor) -> str:
    with desk.journal.read() as tx:
        return find_case(tx, case, visitor).id


def _own(desk: Desk, case: str, visitor: Visitor) -> None:
    with desk.journal.read() as tx:
        if not takes_part(tx, tx.cases.need(case), visitor):
            raise Forbidden("only those who take part in a case may reopen it")
