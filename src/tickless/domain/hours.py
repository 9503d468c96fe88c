"""Hours in which something is supported or needed, written as people write them: `Mon-Fri 08:00-18:00 Europe/Berlin`."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from functools import lru_cache
from zoneinfo import ZoneInfo

from tickless.domain.record import Untrusted
from tickless.kit.zones import zones

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY = "(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*"
_SPAN = re.compile(
    rf"(?P<days>{_DAY}(?:\s*[-–,]\s*{_DAY})*|daily)\s+(?P<from>\d{{1,2}}:\d\d)\s*[-–]\s*(?P<to>\d{{1,2}}:\d\d)", re.IGNORECASE
)  # fmt: skip
_CLOSED = re.compile(r"closed((?:\s*,?\s*\d{4}-\d\d-\d\d)+)", re.IGNORECASE)
MEND = "write for example Mon-Fri 08:00-18:00 Europe/Berlin; closed 2026-12-25"


@dataclass(frozen=True)
class Span:
    """Days of the week (0: Monday) and minutes of the day, `start` ≤ minute < `end`."""

    days: frozenset[int]
    start: int
    end: int


@dataclass(frozen=True)
class Hours:
    """Spans in one time zone, less whole days on which it is closed."""

    spans: tuple[Span, ...]
    zone: ZoneInfo
    closed: frozenset[dt.date] = frozenset()

    def covers(self, at: dt.datetime) -> bool:
        """Whether a moment lies inside. A span that ends before it begins goes on into the next morning."""
        here = at.astimezone(self.zone)
        minute = here.hour * 60 + here.minute
        return any(self._covers(span, here.date(), minute) for span in self.spans)

    def _covers(self, span: Span, day: dt.date, minute: int) -> bool:
        if span.start < span.end:
            return self._open(span, day) and span.start <= minute < span.end
        before = day - dt.timedelta(days=1)
        return (self._open(span, day) and minute >= span.start) or (self._open(span, before) and minute < span.end)

    def _open(self, span: Span, day: dt.date) -> bool:
        return day.weekday() in span.days and day not in self.closed


@lru_cache(2_000)
def read_hours(text: str) -> Hours:
    """Hours out of their text: spans divided by commas or semicolons, a time zone (else UTC), days that are closed; `24x7` is
    always. Raises ValueError that says what to write."""
    rest = " ".join(text.split())
    closed = frozenset(
        dt.date.fromisoformat(day) for found in _CLOSED.findall(rest) for day in re.findall(r"\d{4}-\d\d-\d\d", found)
    )
    rest = _CLOSED.sub("", rest)
    spans = tuple(_span(match) for match in _SPAN.finditer(rest))
    rest = _SPAN.sub("", rest)
    if re.search(r"\b24\s?[x/]\s?7\b", rest, re.IGNORECASE):
        spans = (*spans, Span(frozenset(range(7)), 0, 1440))
        rest = re.sub(r"\b24\s?[x/]\s?7\b", "", rest, flags=re.IGNORECASE)
    words = [word for word in re.split(r"[\s,;]+", rest) if word]
    if not spans or len(words) > 1 or (words and words[0] not in zones()):
        raise ValueError(f"{Untrusted(text).tame(60)!r} are no hours: {MEND}")
    return Hours(spans, ZoneInfo(words[0] if words else "UTC"), closed)


def _span(match: re.Match[str]) -> Span:
    start, end = _minute(match["from"]), _minute(match["to"])
    if start == end:
        raise ValueError(f"a span has a beginning and another end: {MEND}")
    return Span(_days(match["days"].lower()), start, end)


def _minute(text: str) -> int:
    hour, minute = (int(part) for part in text.split(":"))
    if hour > 24 or minute > 59 or hour * 60 + minute > 1440:
        raise ValueError(f"{text} is no time of the day: {MEND}")
    return hour * 60 + minute


def _days(text: str) -> frozenset[int]:
    if text == "daily":
        return frozenset(range(7))
    found: set[int] = set()
    for part in text.split(","):
        ends = [_DAYS.index(word.strip()[:3]) for word in re.split(r"[-–]", part)]
        first, last = ends[0], ends[-1]
        found.update(day % 7 for day in range(first, last + 1 if last >= first else last + 8))
    return frozenset(found)
