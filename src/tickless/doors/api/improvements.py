"""The improvement register: actions with an owner, a date, an expected and a measured benefit. Policy decides who may."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Query
from pydantic import Field

from tickless.domain.improvement import BenefitVerdict, Improvement, ImprovementDraft, ImprovementEdit, MeasurementDraft
from tickless.doors.api.guards import CaseReader, DeskHere, Reader, new_router
from tickless.doors.api.schemas import Given, Page, Shown
from tickless.doors.entrance.holding import keeper_of
from tickless.flow.desk.practices.improvements import ImprovementShown

router = new_router("improvements")
Filter = Annotated[str | None, Query(max_length=60)]


class ImprovementStanding(Shown):
    """An improvement, and what came of it."""

    improvement: Improvement
    overdue: bool
    verdict: BenefitVerdict
    share: float | None = Field(description="Of what was expected; below 0: it got worse; null: nothing can be said")
    words: str


class NoteGiven(Given):
    note: Annotated[str, Field(max_length=1_000)] = ""


def standing(shown: ImprovementShown) -> ImprovementStanding:
    found = shown.benefit
    return ImprovementStanding(improvement=shown.improvement, overdue=shown.overdue, verdict=found.verdict, share=found.share,
                               words=found.words)  # fmt: skip


@router.get("/improvements", summary="List improvements")
def list_improvements(
    desk: DeskHere, visitor: Reader, state: Filter = None, origin: Filter = None
) -> Page[ImprovementStanding]:
    """By their date. `origin`: those that come from a problem, a major incident, a change."""
    return Page(items=[standing(one) for one in desk.practices.improvements.listed(state=state, origin=origin)])


@router.post("/improvements", summary="Write an improvement down", status_code=201)
def propose_improvement(desk: DeskHere, visitor: CaseReader, given: ImprovementDraft) -> ImprovementStanding:
    """What is `counted` has its baseline counted now, and again as many days after it was done."""
    return standing(desk.practices.improvements.propose(given, by=keeper_of(visitor)))


@router.get("/improvements/{identity}", summary="One improvement")
def get_improvement(desk: DeskHere, visitor: Reader, identity: str) -> ImprovementStanding:
    return standing(desk.practices.improvements.show(identity))


@router.patch("/improvements/{identity}", summary="Put an improvement right")
def edit_improvement(desk: DeskHere, visitor: CaseReader, identity: str, given: ImprovementEdit) -> ImprovementStanding:
    """Title, owner, date, why: what is given, until it is done. What it is measured by stays."""
    return standing(desk.practices.improvements.edit(identity, given, by=keeper_of(visitor)))


@router.post("/improvements/{identity}/measure", summary="Measure an improvement by hand")
def measure_improvement(
    desk: DeskHere, visitor: CaseReader, identity: str, given: MeasurementDraft
) -> ImprovementStanding:
    """Never by who owns it."""
    return standing(desk.practices.improvements.measure(identity, given, by=keeper_of(visitor)))


@router.post("/improvements/{identity}/{deed}", summary="Agree to an improvement, begin, finish or drop it")
def move_improvement(
    desk: DeskHere,
    visitor: CaseReader,
    identity: str,
    deed: Literal["agree", "begin", "finish", "drop"],
    given: NoteGiven,
) -> ImprovementStanding:
    return standing(desk.practices.improvements.move(identity, deed, by=keeper_of(visitor), note=given.note))
