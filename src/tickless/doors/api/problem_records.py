"""Problems: what is worth looking into, what is known, known errors, reviews and actions. Policy decides who may."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query
from pydantic import Field

from tickless.domain.problem import AnalysisDraft, Candidate, CaseLink, Problem, ProblemDraft
from tickless.doors.api.guards import CaseReader, DeskHere, Reader, new_router
from tickless.doors.api.improvements import ImprovementStanding, standing
from tickless.doors.api.schemas import Given, Page, Shown
from tickless.doors.entrance.holding import keeper_of

router = new_router("problems")


class ProblemStanding(Shown):
    """A problem with its actions."""

    problem: Problem
    actions: list[ImprovementStanding]
    since: int = Field(description="How often it came since it was opened")


class ClosedGiven(Given):
    reason: Annotated[str, Field(max_length=1_000)]
    drop: bool = Field(default=False, description="It is not worth it any more; else its cause is removed")


@router.get("/problems", summary="List problems")
def list_problems(
    desk: DeskHere, visitor: Reader, state: Annotated[str | None, Query(max_length=30)] = None
) -> Page[Problem]:
    """The latest first."""
    return Page(items=desk.practices.problems.listed(state=state))


@router.get("/problems/candidates", summary="What is worth a problem")
def problem_candidates(desk: DeskHere, visitor: Reader) -> Page[Candidate]:
    """Kinds of incidents that came again, ranked by what removing their cause would save."""
    return Page(items=desk.practices.problems.candidates())


@router.post("/problems", summary="Open a problem", status_code=201)
def open_problem(desk: DeskHere, visitor: CaseReader, given: ProblemDraft) -> Problem:
    return desk.practices.problems.open_problem(given, by=keeper_of(visitor))


@router.get("/problems/{identity}", summary="One problem")
def get_problem(desk: DeskHere, visitor: Reader, identity: str) -> ProblemStanding:
    shown = desk.practices.problems.show(identity)
    return ProblemStanding(problem=shown.problem, actions=[standing(one) for one in shown.actions], since=shown.since)


@router.put("/problems/{identity}/analysis", summary="Write down what is known of a problem")
def analyse_problem(desk: DeskHere, visitor: CaseReader, identity: str, given: AnalysisDraft) -> Problem:
    """With a workaround it becomes a known error, which people who describe it are offered at once."""
    return desk.practices.problems.analyse(identity, given, by=keeper_of(visitor))


@router.post("/problems/{identity}/cases", summary="Join a case to a problem")
def join_incident(desk: DeskHere, visitor: CaseReader, identity: str, given: CaseLink) -> Problem:
    """This is behind that incident, too, though its kind is another. The same again changes nothing."""
    return desk.practices.problems.link(identity, given, by=keeper_of(visitor))


@router.post("/problems/{identity}/cases/part", summary="Take a case out of a problem")
def part_incident(desk: DeskHere, visitor: CaseReader, identity: str, given: CaseLink) -> Problem:
    """Something else is behind that incident: it counts here no more, and no rule joins it again."""
    return desk.practices.problems.unlink(identity, given, by=keeper_of(visitor))


@router.post("/problems/{identity}/close", summary="Close a problem")
def close_problem(desk: DeskHere, visitor: CaseReader, identity: str, given: ClosedGiven) -> Problem:
    """Its cause is known, its actions are over, and its review is as thorough as it is worth."""
    return desk.practices.problems.close(identity, by=keeper_of(visitor), reason=given.reason, drop=given.drop)
