"""Finds days and times in a message. Pure: `now` decides what `tomorrow` is."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

from tickless.stages.understand.mention import Mention

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_DAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day"
_MONTH = rf"(?:{'|'.join(_MONTHS)}|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)"
_COUNT = r"(?:an?|one|two|three|four|five|six|ten|\d{1,2}|a few|a couple of|several)"
_PATTERN = re.compile(
    r"\b(?:(?:since|from|until|till|by|before|after|on|at|in|for) )?(?:"
    r"(?P<iso>\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2})?)"
    rf"|(?P<date>(?:the )?\d{{1,2}}(?:st|nd|rd|th)?\.?(?: of)? {_MONTH}(?:,? \d{{4}})?"
    rf"|{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?(?:,? \d{{4}})?)"
    r"|(?P<near>the day after tomorrow|the day before yesterday|tomorrow|yesterday|today|tonight)"
    rf"|(?P<day>(?:(?:last|next|this|coming) )?{_DAY})"
    rf"|(?P<ago>{_COUNT} (?:minute|hour|day|week|month)s? ago)"
    r"|(?P<span>(?:last|next|this) (?:week|month|quarter|year|weekend)"
    r"|(?:the )?(?:end|beginning|start|middle) of (?:the |this |next )?"
    r"(?:week|month|quarter|year))"
    r"|(?P<clock>\d{1,2}[:.]\d{2} ?(?:am|pm|h|o'clock|uhr)?|\d{1,2} ?(?:am|pm|o'clock)|noon|midnight)"
    r")(?![\w-])|\b(?P<hour>(?:since|at|until|till|by|before|after) \d{1,2})"
    r"(?![\w:.%/-]| ?(?:%|gb|mb|times|people|users|minutes|hours|days))",
    re.IGNORECASE,
)
_MOST = 6


def find_times(text: str, now: dt.datetime) -> list[Mention]:
    """Days, dates and times; `ref` is the ISO date (or date and time) where one is clearly meant."""
    found = []
    for match in _PATTERN.finditer(text):
        kind = match.lastgroup or ""
        said = match.group(kind).lower().removeprefix("the ")
        ref = _READ[kind](said, now) if kind in _READ else None
        found.append(Mention("time", match.start(), match.end(), match.group(), ref, 0.9 if ref else 0.6))
    return found[:_MOST]


def _near(said: str, now: dt.datetime) -> str | None:
    days = {
        "tomorrow": 1,
        "today": 0,
        "tonight": 0,
        "yesterday": -1,
        "day after tomorrow": 2,
        "day before yesterday": -2,
    }
    return (now.date() + dt.timedelta(days[said])).isoformat()


def _day(said: str, now: dt.datetime) -> str | None:
    """The coming one; `last friday` the one before today. `next` is the coming one too: nobody agrees on more."""
    word = said.rsplit(" ", 1)[-1]
    ahead = (_DAYS.index(word) - now.weekday()) % 7
    days = ahead - 7 if said.startswith("last") else ahead or (0 if said.startswith("this") else 7)
    return (now.date() + dt.timedelta(days)).isoformat()


def _date(said: str, now: dt.datetime) -> str | None:
    month = next((at for at, name in enumerate(_MONTHS, 1) if re.search(rf"\b{name[:3]}", said)), 0)
    numbers = [int(one) for one in re.findall(r"\d+", said)]
    day = next((one for one in numbers if one <= 31), 0)
    year = next((one for one in numbers if one > 31), 0)
    try:
        found = dt.date(year or now.year, month, day)
    except ValueError:
        return None
    if not year and found < now.date() - dt.timedelta(days=180):
        found = found.replace(year=now.year + 1) if (month, day) != (2, 29) else found
    return found.isoformat()


def _iso(said: str, now: dt.datetime) -> str | None:
    try:
        return (dt.datetime.fromisoformat(said) if len(said) > 10 else dt.date.fromisoformat(said)).isoformat()
    except ValueError:
        return None


_READ: dict[str, Callable[[str, dt.datetime], str | None]] = {"near": _near, "day": _day, "date": _date, "iso": _iso}
