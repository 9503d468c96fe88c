"""What a lesson did: how often what it is about went right at once before it was taught, and since. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from tickless.stages.learn.core import wilson_lower

SPAN = dt.timedelta(days=90)
FEWEST = 8
"""Requests on each side below which nothing is said."""
Told = Literal["too_early", "better", "worse", "not_shown"]


@dataclass(frozen=True)
class Request:
    """A request that ended well: what it was about, and whether its first message was understood as that."""

    need: str
    at: dt.datetime
    right: bool


@dataclass(frozen=True)
class Effect:
    """Of what a lesson is about, in the 90 days before the first such lesson was taught and since: how many there were, and how
    many went right at once (understood by their first message, sent to the right team, grouped as they stayed)."""

    need: str
    taught_at: dt.datetime
    lessons: int
    before: int
    before_right: int
    after: int
    after_right: int

    @property
    def told(self) -> Told:
        """Only what two intervals of 95 % that do not touch can show."""
        if min(self.before, self.after) < FEWEST:
            return "too_early"
        low, high = _interval(self.before_right, self.before)
        low_since, high_since = _interval(self.after_right, self.after)
        return "better" if low_since > high else "worse" if high_since < low else "not_shown"


def _interval(good: int, tries: int) -> tuple[float, float]:
    return wilson_lower(good, tries), 1 - wilson_lower(tries - good, tries)


def effects(taught: Iterable[tuple[str, dt.datetime]], requests: Iterable[Request]) -> list[Effect]:
    """One for each need of which something was taught, what was taught last in front. `taught`: (need, when) of each lesson."""
    first: dict[str, list[dt.datetime]] = {}
    for need, at in taught:
        first.setdefault(need, []).append(at)
    made = []
    known = list(requests)
    for need, times in first.items():
        at = min(times)
        before = [one.right for one in known if one.need == need and at - SPAN <= one.at < at]
        after = [one.right for one in known if one.need == need and one.at >= at]
        made.append(Effect(need, at, len(times), len(before), sum(before), len(after), sum(after)))
    return sorted(made, key=lambda one: one.taught_at, reverse=True)
