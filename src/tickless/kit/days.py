"""A day as people write it → the date. Pure: `today` decides what “Monday” is."""

from __future__ import annotations

import datetime as dt
import re

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ISO = re.compile(r"\b(\d{4})-(\d{1,2})-(\d{1,2})\b")
_DOTTED = re.compile(r"\b(\d{1,2})\.(\d{1,2})\.(\d{4})\b")
_NAMED = re.compile(
    r"\b(?:(?P<day>\d{1,2})(?:st|nd|rd|th)?\.?\s+(?:of\s+)?(?P<month>[a-z]{3,9})|(?P<month2>[a-z]{3,9})\s+"
    r"(?P<day2>\d{1,2})(?:st|nd|rd|th)?)(?:,?\s+(?P<year>\d{4}))?\b"
)
_AHEAD = re.compile(r"\bin\s+(?P<count>\d{1,3}|a|an|one|two|three|four|six)\s+(?P<unit>day|week|month)s?\b")
_COUNTS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "six": 6}


def read_day(text: str, today: dt.date) -> dt.date | None:
    """The one day that the text names: `2026-12-01`, `1.12.2026`, `1 December`, `next Monday`, `in two weeks`, `today`. None
    for none, and for a day that no calendar has. A day without a year is the coming one."""
    said = text.casefold()
    if (found := _ISO.search(said)) is not None:
        return _made(int(found[1]), int(found[2]), int(found[3]))
    if (found := _DOTTED.search(said)) is not None:
        return _made(int(found[3]), int(found[2]), int(found[1]))
    if (found := _AHEAD.search(said)) is not None:
        count = _COUNTS.get(found["count"]) or int(found["count"])
        return today + dt.timedelta(days=count * {"day": 1, "week": 7, "month": 30}[found["unit"]])
    for word, days in (("day after tomorrow", 2), ("tomorrow", 1), ("today", 0), ("immediately", 0), ("right away", 0)):
        if re.search(rf"\b{word}\b", said):
            return today + dt.timedelta(days=days)
    return _by_month(said, today) or _by_weekday(said, today)


def _by_month(said: str, today: dt.date) -> dt.date | None:
    for found in _NAMED.finditer(said):
        month = (found["month"] or found["month2"] or "")[:3]
        if month not in _MONTHS:
            continue
        day, at = int(found["day"] or found["day2"]), _MONTHS.index(month) + 1
        if found["year"]:
            return _made(int(found["year"]), at, day)
        this = _made(today.year, at, day)
        return this if this is None or this >= today else _made(today.year + 1, at, day)
    return None


def _by_weekday(said: str, today: dt.date) -> dt.date | None:
    named = next((at for at, name in enumerate(_DAYS) if re.search(rf"\b{name}\b", said)), None)
    return None if named is None else today + dt.timedelta(days=(named - today.weekday()) % 7 or 7)


def _made(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None
