"""Changes: risk by its parts, approvals, collisions, and what came of them. Policy decides who may."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from fastapi import Query
from pydantic import Field

from tickless.domain.change import Change, ChangeDraft, ChangeModel, ChangeResult, Collision, ModelDraft, Risk
from tickless.domain.errors import BadInput
from tickless.doors.api.guards import CaseReader, DeskHere, Reader, new_router
from tickless.doors.api.schemas import Given, Page, Shown
from tickless.doors.entrance.holding import keeper_of
from tickless.flow.desk.practices.change_looking import ChangeShown

router = new_router("changes")
Why = Annotated[str, Field(max_length=1_000)]
State = Annotated[str | None, Query(max_length=30, description="One state, or `open`")]


class ChangeStanding(Shown):
    """A change as it stands: its risk, and what else is on at that time."""

    change: Change
    risk: Risk
    collisions: list[Collision]


class ReasonGiven(Given):
    reason: Why = ""


class Begun(Given):
    runs: list[Annotated[str, Field(max_length=60)]] = Field(
        default=[],
        max_length=50,
        description="Numbers of the cases whose runs carry it out: their verdicts are its check",
    )


class Finished(Given):
    said: Literal["done", "backed_out", "failed"]
    checked: Literal["passed", "failed"] | None = None
    note: Why = ""


class Corrected(Given):
    result: ChangeResult
    reason: Why


def _standing(shown: ChangeShown) -> ChangeStanding:
    return ChangeStanding(change=shown.change, risk=shown.risk, collisions=list(shown.collisions))


@router.get("/changes", summary="List changes")
def list_changes(
    desk: DeskHere, visitor: Reader, state: State = None,
    service: Annotated[str | None, Query(max_length=200)] = None,
) -> Page[Change]:  # fmt: skip
    """The latest first, at most 500."""
    return Page(items=desk.practices.changes.listed(state=state, service=service))


@router.get("/changes/calendar", summary="Changes of a time")
def change_calendar(
    desk: DeskHere, visitor: Reader, since: dt.datetime | None = None, days: Annotated[int, Query(ge=1, le=92)] = 14
) -> Page[Change]:
    """By their beginning."""
    try:
        start = (since or desk.clock.now()).astimezone(dt.UTC)
        return Page(items=desk.practices.changes.between(start, start + dt.timedelta(days=days)))
    except OverflowError as error:
        raise BadInput("that is beyond what a calendar holds", mend="give a time of this century") from error


@router.post("/changes", summary="Write a change down", status_code=201)
def raise_change(desk: DeskHere, visitor: CaseReader, given: ChangeDraft) -> ChangeStanding:
    return _standing(desk.practices.changes.raise_change(given, by=keeper_of(visitor)))


@router.post("/changes/try", summary="What a change's risk would be")
def try_change(desk: DeskHere, visitor: Reader, given: ChangeDraft) -> ChangeStanding:
    """Nothing is written."""
    return _standing(desk.practices.changes.tries(given))


@router.get("/changes/{identity}", summary="One change")
def get_change(desk: DeskHere, visitor: Reader, identity: str) -> ChangeStanding:
    return _standing(desk.practices.changes.show(identity))


@router.put("/changes/{identity}", summary="Write a change anew")
def edit_change(desk: DeskHere, visitor: CaseReader, identity: str, given: ChangeDraft) -> ChangeStanding:
    """Approvals that it had are void: what was approved is what is made."""
    return _standing(desk.practices.changes.edit(identity, given, by=keeper_of(visitor)))


@router.post("/changes/{identity}/submit", summary="Ask for a change")
def submit_change(desk: DeskHere, visitor: CaseReader, identity: str) -> Change:
    """A standard change is approved at once; any other takes the yes of others, never of who wrote it."""
    return desk.practices.changes.submit(identity, by=keeper_of(visitor))


@router.post("/changes/{identity}/begin", summary="Begin a change")
def begin_change(desk: DeskHere, visitor: CaseReader, identity: str, given: Begun) -> Change:
    return desk.practices.changes.begin(identity, by=keeper_of(visitor), runs=given.runs)


@router.post("/changes/{identity}/finish", summary="A change is over")
def finish_change(desk: DeskHere, visitor: CaseReader, identity: str, given: Finished) -> Change:
    """What came of it is computed from what happens in the hours after."""
    return desk.practices.changes.finish(
        identity, said=given.said, checked=given.checked, note=given.note, by=keeper_of(visitor)
    )


@router.post("/changes/{identity}/cancel", summary="A change is not made")
def cancel_change(desk: DeskHere, visitor: CaseReader, identity: str, given: ReasonGiven) -> Change:
    return desk.practices.changes.cancel(identity, reason=given.reason, by=keeper_of(visitor))


@router.post("/changes/{identity}/look", summary="What came of a change, by what is known now")
def look_at_change(desk: DeskHere, visitor: Reader, identity: str) -> Change:
    return desk.practices.changes.look_now(identity)


@router.post("/changes/{identity}/correct", summary="Correct an outcome")
def correct_change(desk: DeskHere, visitor: CaseReader, identity: str, given: Corrected) -> Change:
    """Never by who made it; what was computed stays beside it."""
    return desk.practices.changes.correct(identity, given.result, reason=given.reason, by=keeper_of(visitor))


@router.get("/change-models", summary="List standard changes")
def list_models(desk: DeskHere, visitor: Reader, state: State = None) -> Page[ChangeModel]:
    return Page(items=[one for one in desk.practices.changes.standard.listed() if state in {None, one.state}])


@router.post("/change-models", summary="Pre-authorise a standard change", status_code=201)
def authorise_model(desk: DeskHere, visitor: CaseReader, given: ModelDraft) -> ChangeModel:
    return desk.practices.changes.standard.authorise(given, by=keeper_of(visitor))


@router.put("/change-models/{identity}", summary="Authorise a standard change again")
def authorise_again(desk: DeskHere, visitor: CaseReader, identity: str, given: ModelDraft) -> ChangeModel:
    return desk.practices.changes.standard.authorise(given, by=keeper_of(visitor), identity=identity)


@router.post("/change-models/{identity}/retire", summary="Retire a standard change")
def retire_model(desk: DeskHere, visitor: CaseReader, identity: str, given: ReasonGiven) -> ChangeModel:
    return desk.practices.changes.standard.retire(identity, reason=given.reason, by=keeper_of(visitor))
