"""A runbook before it is published: its problems, what differs, a dry run, and the last days with it."""

from __future__ import annotations

import asyncio
import datetime as dt
from typing import Literal

from pydantic import Field

from tickless.domain.errors import RunbookInvalid
from tickless.doors.api.guards import Actor, DeskHere, Reader, new_router
from tickless.doors.api.problems import ProblemShown, show_problems
from tickless.doors.api.runbooks import RehearsalShown, show_rehearsal
from tickless.doors.api.schemas import Given, Shown
from tickless.flow.desk.drafting import Replay

router = new_router("runbooks")


class DraftGiven(Given):
    """The text of one runbook file."""

    text: str = Field(min_length=1, max_length=200_000)


class DraftRun(DraftGiven):
    inputs: dict[str, str] = Field(default={}, max_length=50)


class ReplayGiven(Given):
    """A draft by its text, or a published runbook by its id."""

    text: str | None = Field(default=None, max_length=200_000)
    runbook: str | None = Field(default=None, max_length=100, examples=["directory.unlock-account"])
    days: int = Field(default=30, ge=1, le=366)


class CheckedShown(Shown):
    """Every problem at once; none: it compiles."""

    compiles: bool
    runbook: str | None
    revision: str | None
    problems: list[ProblemShown]


class DifferenceShown(Shown):
    where: str
    before: str | None
    after: str | None
    weight: Literal["major", "minor", "patch"]


class ComparedShown(Shown):
    """A draft beside what is published."""

    runbook: str
    revision: str
    published: str | None = Field(description="The revision that is published; null: it is new")
    least: str | None = Field(description="The lowest revision that says what was changed")
    raised: bool
    differences: list[DifferenceShown]


class PastCaseShown(Shown):
    """A case that would go otherwise."""

    case: int
    title: str
    opened_at: dt.datetime
    was: str = Field(description="What was decided first, then")
    outcome: str
    would_run: bool
    why: list[str]


class ReplayShown(Shown):
    """The last days, decided again with this runbook in place."""

    runbook: str
    revision: str
    days: int
    looked_at: int
    would_run: int
    differently: int
    examples: list[PastCaseShown]
    whole: bool = Field(description="False: there were more cases than are looked at")


@router.post("/drafts/check", summary="Compile a draft")
async def check_draft(desk: DeskHere, visitor: Reader, given: DraftGiven) -> CheckedShown:
    """With the operations and runbooks of this house. Nothing is published."""
    try:
        found = await asyncio.to_thread(lambda: desk.drafting.compile(given.text))
    except RunbookInvalid as error:
        return CheckedShown(compiles=False, runbook=None, revision=None, problems=show_problems(error.problems))
    return CheckedShown(compiles=True, runbook=found.runbook, revision=found.revision, problems=[])


@router.post("/drafts/compare", summary="Compare a draft with what is published")
async def compare_draft(desk: DeskHere, visitor: Reader, given: DraftGiven) -> ComparedShown:
    """Every difference with its weight, and the revision that it takes."""
    found = await asyncio.to_thread(lambda: desk.drafting.compare(given.text))
    differences = [DifferenceShown(**vars(one)) for one in found.differences]
    return ComparedShown(**{**vars(found), "differences": differences})


@router.post("/drafts/rehearse", summary="Dry run of a draft")
async def rehearse_draft(desk: DeskHere, visitor: Actor, given: DraftRun) -> RehearsalShown:
    """Reads the live systems and changes nothing."""
    found = await asyncio.to_thread(
        lambda: desk.drafting.rehearse(desk.drafting.compile(given.text), given.inputs, by=visitor.actor)
    )
    return show_rehearsal(found)


@router.post("/replays", summary="The last days with a runbook in place")
async def replay_cases(desk: DeskHere, visitor: Actor, given: ReplayGiven) -> ReplayShown:
    """Every case of these days is decided again, as records and policy are now; nothing is changed."""
    return show_replay(
        await asyncio.to_thread(
            lambda: desk.drafting.replay(text=given.text, runbook=given.runbook, days=given.days, by=visitor.actor)
        )
    )


def show_replay(found: Replay) -> ReplayShown:
    examples = [PastCaseShown(**{**vars(one), "why": list(one.why)}) for one in found.examples]
    return ReplayShown(**{**vars(found), "examples": examples})
