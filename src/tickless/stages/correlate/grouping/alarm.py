"""What grouping reads of an alert, and what it answers."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from tickless.stages.correlate.grouping.corrections import AlarmKind

UNSORTED = AlarmKind("", "")


@dataclass(frozen=True)
class Alarm:
    """One alert that fires. `key`: the same for every repeat. `node`: what it is about, on the map, if anybody knows.
    `labels`: values that tell what belongs together (an application, a cluster)."""

    key: str
    at: dt.datetime
    node: str | None
    text: str
    labels: tuple[str, ...] = ()
    planned: bool = False
    """Inside a maintenance window of its node."""
    kind: AlarmKind = UNSORTED
    """What people's corrections call it."""


@dataclass(frozen=True)
class Reason:
    """One part of a decision: what was looked at, how much it speaks for belonging together (natural logarithm of the odds;
    negative speaks against), and in words."""

    kind: Literal["map", "time", "text", "blame", "label", "repeat", "apart", "person"]
    weight: float
    words: str


@dataclass(frozen=True)
class Grouped:
    """Where an alarm went. `merged`: groups that turned out to be this one and are gone. `sure`: posterior probability."""

    group: str
    how: Literal["open", "join", "repeat", "apart"]
    sure: float
    reasons: tuple[Reason, ...]
    merged: tuple[tuple[str, tuple[Reason, ...]], ...] = ()

    @property
    def why(self) -> str:
        """The reasons in words, the strongest first."""
        return " ".join(one.words for one in sorted(self.reasons, key=lambda one: -abs(one.weight)))
