"""The shapes of the architect's calls."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import Field

from tickless.doors.api.problems import ProblemShown
from tickless.doors.api.schemas import Given, Shown


class Described(Given):
    """A procedure in plain words: when it begins, what is done, how one sees that it worked."""

    description: str = Field(min_length=1, max_length=8_000)
    name: str = Field(default="", max_length=100, description="The id, such as `account.unlock`; empty: one is made")
    by_model: bool = Field(default=False, description="Ask the language model as well, where the settings let it draft")


class TextGiven(Given):
    """The text of a runbook file."""

    text: str = Field(min_length=1, max_length=200_000)


class Proposing(TextGiven):
    """`description`, `method` and `gaps` as they came with the draft: whoever signs reads them."""

    description: str = Field(default="", max_length=8_000)
    method: str = Field(default="", max_length=120)
    gaps: list[str] = Field(default=[], max_length=50)
    note: str = Field(default="", max_length=500)


class Deciding(Given):
    reason: str = Field(default="", max_length=500)


class BecameShown(Shown):
    """A sentence, and what each part of it became."""

    sentence: str
    parts: list[str]


class GapShown(Shown):
    """What could not be expressed, why, and what comes nearest."""

    words: str
    why: str
    nearest: list[str]


class RefusedShown(Shown):
    """What must not be, and why."""

    words: str
    why: str


class PlayedShown(Shown):
    """The draft on a table top: no system is asked."""

    end: Literal["verified", "nothing", "handed_off", "undone", "stuck"]
    lines: list[str]


class DraftedShown(Shown):
    """A draft. `impossible`: there is none, because nothing of it can be expressed here, or it must not be."""

    impossible: bool
    compiles: bool
    text: str
    runbook: str | None
    revision: str | None
    method: str
    model_said: str
    became: list[BecameShown]
    gaps: list[GapShown]
    refused: list[RefusedShown]
    problems: list[ProblemShown]
    played: PlayedShown | None
    beside: str | None = Field(description="The published runbook that it is compared with")
    words: list[str] = Field(description="What differs from that, in words; or what a new one does")
    least: str | None = Field(description="The lowest revision that says what was changed")
    raised: bool


class SimulatedShown(Shown):
    """One of the file's own tests in the sample company."""

    test: str
    passed: bool
    said: str
    seconds: float


class ProposalShown(Shown):
    """A runbook that somebody proposes, without its text."""

    id: str
    runbook: str
    revision: str
    title: str
    state: str
    by: str
    at: dt.datetime
    method: str
    note: str
    gaps: list[str]
    decided_by: str | None
    decided_at: dt.datetime | None
    reason: str


class ProposalWhole(ProposalShown):
    text: str
    described: str
    draft: DraftedShown
