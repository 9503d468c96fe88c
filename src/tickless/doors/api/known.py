"""What is known beforehand: known errors, bulletins; and what people said of how it went."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Annotated, Literal

from fastapi import Query
from pydantic import AwareDatetime, Field
from starlette.concurrency import run_in_threadpool

from tickless.domain.known import Bulletin, KnownError
from tickless.doors.api.guards import Actor, DeskHere, Reader, new_router
from tickless.doors.api.schemas import Page, Shown
from tickless.doors.api.sight import find_case
from tickless.journal.world import read_world
from tickless.kit.ids import new_id
from tickless.practices.known import close_error, note_error

router = new_router("known")
Text = Annotated[str, Field(max_length=2_000)]
Line = Annotated[str, Field(min_length=1, max_length=200)]


class ErrorGiven(Shown):
    """A known error as it is written down."""

    title: Line
    workaround: Text
    symptoms: list[Line] = Field(default=[], max_length=50, examples=[["the print queue on floor 3 is stuck"]])
    service: str | None = None
    cause: Text = ""
    owner: str | None = None
    fix_expected_at: AwareDatetime | None = None


class ErrorShown(ErrorGiven):
    id: str
    state: Literal["open", "closed"]
    opened_at: dt.datetime


class BulletinGiven(Shown):
    text: Text
    next_update_at: AwareDatetime | None = None


class BulletinShown(BulletinGiven):
    id: str
    case: str
    by: str
    at: dt.datetime


class ExperienceShown(Shown):
    """What people said since then. Means are null while nobody said anything."""

    ratings: int
    effort: float | None = Field(description="1 easy … 5 hard, mean")
    satisfaction: float | None = Field(description="1 … 5, mean")
    expected: dict[str, int] = Field(description="worse, as_expected, better")


@router.get("/known-errors", summary="List known errors")
def list_errors(desk: DeskHere, visitor: Reader, state: Literal["open", "closed"] | None = None) -> Page[ErrorShown]:
    with desk.journal.read() as tx:
        found = tx.known_errors.by(state=state) if state else tx.known_errors.where()
    return Page(items=[_error(error) for error in found])


@router.post("/known-errors", summary="Write a known error down", status_code=201)
def add_error(desk: DeskHere, visitor: Actor, given: ErrorGiven) -> ErrorShown:
    """From now on people whose words sound like it are offered the workaround first."""
    return _noted(desk, visitor.actor, new_id("kerr"), given, opened_at=desk.clock.now())


@router.put("/known-errors/{identity}", summary="Change a known error")
def change_error(desk: DeskHere, visitor: Actor, identity: str, given: ErrorGiven) -> ErrorShown:
    with desk.journal.read() as tx:
        known = tx.known_errors.need(identity)
    return _noted(desk, visitor.actor, identity, given, opened_at=known.opened_at)


def _noted(desk: DeskHere, by: str, identity: str, given: ErrorGiven, *, opened_at: dt.datetime) -> ErrorShown:
    error = KnownError(**{**given.model_dump(), "symptoms": tuple(given.symptoms)}, id=identity, opened_at=opened_at)
    with desk.journal.write() as tx:
        return _error(note_error(tx, error, world=read_world(tx), by=by, now=desk.clock.now()))


@router.post("/known-errors/{identity}/close", summary="The cause is removed")
def end_error(desk: DeskHere, visitor: Actor, identity: str) -> ErrorShown:
    with desk.journal.write() as tx:
        return _error(close_error(tx, identity, by=visitor.actor, now=desk.clock.now()))


@router.get("/cases/{case}/bulletins", summary="What everybody in a case was told")
def list_bulletins(desk: DeskHere, visitor: Reader, case: str) -> Page[BulletinShown]:
    with desk.journal.read() as tx:
        found = tx.bulletins.by(case=find_case(tx, case, visitor).id)
    return Page(items=[BulletinShown(**bulletin.model_dump(exclude={"version"})) for bulletin in found])


@router.post("/cases/{case}/bulletins", summary="Tell everybody in a case what is known", status_code=201)
async def add_bulletin(desk: DeskHere, visitor: Actor, case: str, given: BulletinGiven) -> BulletinShown:
    def find() -> str:
        with desk.journal.read() as tx:
            return find_case(tx, case, visitor).id

    identity = await run_in_threadpool(find)
    done: Bulletin = await desk.announce(identity, given.text, next_update_at=given.next_update_at, by=visitor.actor)
    return BulletinShown(**done.model_dump(exclude={"version"}))


@router.get("/experience", summary="How people say it was")
def experience(desk: DeskHere, visitor: Reader, days: Annotated[int, Query(ge=1, le=3_650)] = 30) -> ExperienceShown:
    since = desk.clock.now() - dt.timedelta(days=days)
    with desk.journal.read() as tx:
        found = tx.ratings.where(tx.ratings.table.c.at >= since, limit=50_000)
    effort = [rating.effort for rating in found if rating.effort is not None]
    satisfaction = [rating.satisfaction for rating in found if rating.satisfaction is not None]
    return ExperienceShown(
        ratings=len(found),
        effort=round(sum(effort) / len(effort), 2) if effort else None,
        satisfaction=round(sum(satisfaction) / len(satisfaction), 2) if satisfaction else None,
        expected=dict(Counter(rating.expected for rating in found if rating.expected)),
    )


def _error(error: KnownError) -> ErrorShown:
    return ErrorShown(**{**error.model_dump(exclude={"version"}), "symptoms": list(error.symptoms)})
