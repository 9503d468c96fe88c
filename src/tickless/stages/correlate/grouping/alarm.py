"""What grouping reads of an alert, and what it answers."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from tickless.stages.correlate.grouping.corrections import AlarmKind

UNSORTED = AlarmKind("", "")
MOST_ODDS = 50.0


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
class Said:
    """What was read of an alarm: its second, its words, the other things that its text names, and what its class tells of
    whether the trouble began at its thing (logarithm of the odds)."""

    at: float
    words: frozenset[str]
    blamed: frozenset[str]
    tells: float = 0.0


@dataclass(frozen=True)
class Reason:
    """One part of a decision: what was looked at, how much it speaks for belonging together (natural logarithm of the odds;
    negative speaks against), and in words."""

    kind: Literal["map", "time", "text", "blame", "label", "repeat", "apart", "person", "rule"]
    weight: float
    words: str


@dataclass(frozen=True)
class Fit:
    """An open group that an alarm may be of: `weight` is what all reasons say together."""

    group: str
    weight: float
    reasons: tuple[Reason, ...]

    @property
    def why(self) -> str:
        """The reasons in words, the strongest first."""
        return in_words(self.reasons)


@dataclass(frozen=True)
class Weighed:
    """What speaks for each open group, best first; nothing is put anywhere yet. `follows`: it says just what another alarm said
    of the same thing a moment ago. `apart`: it forms no storm."""

    how: Literal["weighed", "repeat", "follows", "apart"]
    fits: tuple[Fit, ...]
    said: Said
    gist: tuple[object, ...] = ()

    @property
    def sure(self) -> float:
        """The posterior probability that it is nothing new."""
        return nothing_new(fit.weight for fit in self.fits)


@dataclass(frozen=True)
class Heard:
    """An alarm of a tenant, weighed, before anybody decided where it goes."""

    tenant: str
    alarm: Alarm
    weighed: Weighed


def nothing_new(weights: Iterable[float]) -> float:
    """The probability that something is of one of several groups (logarithms of the odds of each against none)."""
    return 1 - 1 / (1 + sum(math.exp(min(one, MOST_ODDS)) for one in weights))


def in_words(reasons: Iterable[Reason]) -> str:
    """The strongest first."""
    return " ".join(one.words for one in sorted(reasons, key=lambda one: -abs(one.weight)))


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
        return in_words(self.reasons)
