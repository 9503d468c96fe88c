"""What each alert did in a span of time, from its transitions in the order in which they arrived. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import median
from typing import NamedTuple

LATE = dt.timedelta(minutes=5)
"""A resolve that arrives so long after it happened came late."""
Key = tuple[str, str]
"""(source, fingerprint)"""


class Transition(NamedTuple):
    """One piece of news of one alert."""

    source: str
    fingerprint: str
    firing: bool
    occurred_at: dt.datetime
    received_at: dt.datetime

    @property
    def key(self) -> Key:
        return self.source, self.fingerprint


@dataclass(frozen=True)
class Doings:
    """`fired`: how often it began to fire. `minutes`: how long it fired each time, where its end was told."""

    fired: int
    healed: int
    minutes: tuple[float, ...]
    late: int
    disordered: int
    """Resolves that arrived after later news, or before what they resolve."""
    last: dt.datetime

    @property
    def turns(self) -> int:
        """How often it changed."""
        return self.fired + self.healed

    @property
    def median_minutes(self) -> float | None:
        return median(self.minutes) if self.minutes else None


def doings_of(transitions: Iterable[Transition]) -> dict[Key, Doings]:
    """By alert. News that only repeats what is known counts once."""
    found: dict[Key, list[Transition]] = {}
    for one in transitions:
        found.setdefault(one.key, []).append(one)
    return {key: _doings(news) for key, news in found.items()}


def _doings(arrived: list[Transition]) -> Doings:
    late = sum(not one.firing and one.received_at - one.occurred_at >= LATE for one in arrived)
    disordered, newest = 0, arrived[0].occurred_at
    for one in arrived[1:]:
        disordered += not one.firing and one.occurred_at < newest
        newest = max(newest, one.occurred_at)
    fired = healed = 0
    minutes: list[float] = []
    since: dt.datetime | None = None
    before: bool | None = None
    for one in sorted(arrived, key=lambda news: (news.occurred_at, not news.firing)):
        if one.firing == before:
            continue
        before = one.firing
        if one.firing:
            fired, since = fired + 1, one.occurred_at
        else:
            healed += 1
            if since is not None:
                minutes.append((one.occurred_at - since).total_seconds() / 60)
                since = None
    return Doings(fired, healed, tuple(minutes), late, disordered, newest)


def total(doings: Mapping[Key, Doings]) -> int:
    """Onsets of all."""
    return sum(one.fired for one in doings.values())
