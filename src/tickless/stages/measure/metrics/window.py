"""Windows of time, and the days, weeks and months in them as people of a time zone count them. Pure."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal
from zoneinfo import ZoneInfo

Grain = Literal["day", "week", "month"]
MOST_PERIODS = 400


@dataclass(frozen=True)
class Window:
    """`since` ≤ moment < `until`."""

    since: dt.datetime
    until: dt.datetime

    def holds(self, at: dt.datetime | None) -> bool:
        return at is not None and self.since <= at < self.until

    def before(self) -> Window:
        """The span of the same length right before it."""
        return Window(self.since - (self.until - self.since), self.since)

    @property
    def days(self) -> float:
        return (self.until - self.since).total_seconds() / 86_400


def periods(window: Window, grain: Grain, zone: ZoneInfo) -> list[Window]:
    """The window cut at local midnights, Mondays or firsts of the month: the first and the last may be parts of one. Days
    have 23 or 25 hours where clocks are changed. At most the last `MOST_PERIODS`."""
    cuts = [window.since]
    at = _begin(window.since.astimezone(zone), grain)
    while len(cuts) < 100_000:
        at = _next(at, grain)
        moment = at.replace(tzinfo=zone).astimezone(dt.UTC)
        if moment >= window.until:
            break
        if moment > cuts[-1]:
            cuts.append(moment)
    found = [Window(a, b) for a, b in zip(cuts, [*cuts[1:], window.until], strict=True) if a < b]
    return found[-MOST_PERIODS:]


def _begin(at: dt.datetime, grain: Grain) -> dt.datetime:
    day = dt.datetime(at.year, at.month, at.day)  # noqa: DTZ001 - a local day, given its zone where it becomes a moment
    if grain == "week":
        return day - dt.timedelta(days=day.weekday())
    return day.replace(day=1) if grain == "month" else day


def _next(at: dt.datetime, grain: Grain) -> dt.datetime:
    if grain == "month":
        return (at.replace(day=1) + dt.timedelta(days=32)).replace(day=1)
    return at + dt.timedelta(days=7 if grain == "week" else 1)
