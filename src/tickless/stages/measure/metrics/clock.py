"""Clocks: time that passed, and time that passed while somebody was there to work. Exact over daylight saving. Pure."""

from __future__ import annotations

import bisect
import datetime as dt
from collections.abc import Iterable, Sequence
from functools import lru_cache

from tickless.domain.hours import Hours, Span, read_hours

Interval = tuple[dt.datetime, dt.datetime]
DAY = dt.timedelta(days=1)
_SECOND = dt.timedelta(seconds=1)


def merged(intervals: Iterable[Interval]) -> list[Interval]:
    """In order, and what touches or overlaps as one; empty ones fall away."""
    found: list[Interval] = []
    for start, end in sorted(one for one in intervals if one[0] < one[1]):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def without(
    start: dt.datetime, end: dt.datetime, pauses: Iterable[tuple[dt.datetime, dt.datetime | None]]
) -> list[Interval]:
    """What is left of a span when pauses are taken out. A pause without an end lasts; pauses may overlap."""
    left, at = [], start
    for pause, over in merged((max(a, start), min(b or end, end)) for a, b in pauses):
        if at < pause:
            left.append((at, pause))
        at = max(at, over)
    return [*left, (at, end)] if at < end else left


def elapsed(
    start: dt.datetime, end: dt.datetime, pauses: Iterable[tuple[dt.datetime, dt.datetime | None]] = ()
) -> float:
    """Seconds between, less pauses."""
    return sum((b - a).total_seconds() for a, b in without(start, end, pauses))


class SupportClock:
    """Counts seconds inside support hours only. Prefix sums over the days asked for: a question costs two look-ups."""

    def __init__(self, hours: Hours) -> None:
        self._hours = hours
        self._first: dt.date | None = None
        self._last: dt.date | None = None
        self._starts: list[dt.datetime] = []
        self._ends: list[dt.datetime] = []
        self._sums: list[float] = [0.0]

    def seconds(
        self, start: dt.datetime, end: dt.datetime, pauses: Iterable[tuple[dt.datetime, dt.datetime | None]] = ()
    ) -> float:
        """Seconds of support between two moments, less pauses; none where the end is not after the start."""
        if end <= start:
            return 0.0
        self._reach(start.astimezone(dt.UTC).date(), end.astimezone(dt.UTC).date())
        return sum(self._before(b) - self._before(a) for a, b in without(start, end, pauses))

    def _before(self, at: dt.datetime) -> float:
        place = bisect.bisect_right(self._starts, at)
        if not place:
            return 0.0
        over = (min(at, self._ends[place - 1]) - self._starts[place - 1]).total_seconds()
        return self._sums[place - 1] + max(over, 0.0)

    def _reach(self, first: dt.date, last: dt.date) -> None:
        if self._first is not None and self._last is not None and self._first <= first and last <= self._last:
            return
        self._first = min(first, self._first or first)
        self._last = max(last, self._last or last)
        spans, day = [], self._first - 2 * DAY
        while day <= self._last + 2 * DAY:
            spans += day_spans(self._hours, day)
            day += DAY
        found = merged(spans)
        self._starts, self._ends = [a for a, _ in found], [b for _, b in found]
        self._sums = [0.0]
        for start, end in found:
            self._sums.append(self._sums[-1] + (end - start).total_seconds())


@lru_cache(200)
def support_clock(text: str) -> SupportClock:
    """The clock of hours as people write them. Raises ValueError that says what to write."""
    return SupportClock(read_hours(text))


def day_spans(hours: Hours, day: dt.date) -> list[Interval]:
    """When it is open because of this local day's spans; one that ends before it begins goes on into the next morning."""
    if day in hours.closed:
        return []
    found: list[Interval] = []
    for span in hours.spans:
        if day.weekday() in span.days:
            found += _moments(hours, day, span)
    return merged(found)


def _moments(hours: Hours, day: dt.date, span: Span) -> list[Interval]:
    """The span's moments. Where clocks are changed, each part counts by the offset that held in it: an hour that comes twice
    counts twice, one that never comes counts not."""
    if span.start < span.end:
        return _local(hours, day, span.start, span.end)
    return _local(hours, day, span.start, 1440) + _local(hours, day + DAY, 0, span.end)


def _local(hours: Hours, day: dt.date, start: int, end: int) -> list[Interval]:
    midnight = dt.datetime.combine(day, dt.time())
    begin, finish = midnight + dt.timedelta(minutes=start), midnight + dt.timedelta(minutes=end)
    found = []
    for low, high, offset in _offsets(hours, midnight):
        a = (begin - offset).replace(tzinfo=dt.UTC)
        b = (finish - offset).replace(tzinfo=dt.UTC)
        if max(a, low) < min(b, high):
            found.append((max(a, low), min(b, high)))
    return found


def _offsets(hours: Hours, midnight: dt.datetime) -> Sequence[tuple[dt.datetime, dt.datetime, dt.timedelta]]:
    """Pieces of the hours around a local day in which one offset holds; at most one change lies in them."""
    low = midnight.replace(tzinfo=dt.UTC) - dt.timedelta(hours=18)
    high = low + dt.timedelta(hours=60)
    before, after = _offset(hours, low), _offset(hours, high)
    if before == after:
        return [(low, high, before)]
    left, right = low, high
    while right - left > _SECOND:
        middle = left + (right - left) // 2
        left, right = (middle, right) if _offset(hours, middle) == before else (left, middle)
    change = right.replace(microsecond=0)
    return [(low, change, before), (change, high, after)]


def _offset(hours: Hours, at: dt.datetime) -> dt.timedelta:
    return at.astimezone(hours.zone).utcoffset() or dt.timedelta()
