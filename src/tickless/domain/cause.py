"""What is behind a trouble: suspects with what speaks for them, or that there is not enough to say."""

from __future__ import annotations

from typing import Literal

from pydantic import AwareDatetime, Field

from tickless.domain.record import Record

CauseSource = Literal["alerts", "traces", "changes", "class"]
"""Where a reason is from: alerts over the map, traffic as traces show it, a change shortly before, or an alert's own words."""


class Because(Record):
    """One thing that speaks for a suspect, in a sentence of ours."""

    text: str
    source: CauseSource
    ref: str | None = None


class Suspected(Record):
    """A service or thing that may be the cause. `chance`: of all that was weighed, with "something else" among it."""

    node: str
    name: str
    chance: float = Field(ge=0, le=1)
    because: tuple[Because, ...] = ()


class RootCause(Record):
    """Suspects, likeliest first. `named`: whether the first is likely enough to be called the cause."""

    version: Literal[1] = 1
    suspects: tuple[Suspected, ...] = ()
    named: bool = False
    why: str
    """In one sentence: the cause and why, or why there is not enough to say."""
    at: AwareDatetime
    alerts: int = 0
    """Of how many alerts that was read."""
