"""Recurrence rules: read, their days, and how people say them. Pure.

The part of RFC 5545 (3.3.10) that planned work needs: `FREQ=DAILY|WEEKLY|MONTHLY`, `INTERVAL`, `BYDAY` (`SU`; in months `2SU`,
`-1FR`) and `BYMONTHDAY` (`15`, `-1`: the last). Weeks begin on Monday. A month that has no such day is left out. What calendars
say besides (`calendar_repeats.py`) makes rules of its own: of a year, and of weeks that begin on another day.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from tickless.domain.errors import BadInput

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
MOST_INTERVAL = 52
MEND = "write for example FREQ=WEEKLY;BYDAY=SU or FREQ=MONTHLY;BYDAY=2SU or FREQ=MONTHLY;BYMONTHDAY=-1"
_DAY = re.compile(r"(?P<nth>[+-]?[1-5])?(?P<day>MO|TU|WE|TH|FR|SA|SU)")
_KNOWN = frozenset({"FREQ", "INTERVAL", "BYDAY", "BYMONTHDAY"})


Freq = Literal["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]
_FREQS: dict[str, Freq] = {"DAILY": "DAILY", "WEEKLY": "WEEKLY", "MONTHLY": "MONTHLY"}


@dataclass(frozen=True)
class Rule:
    """`days`: (which in the month, 0: each; weekday, 0: Monday). `dates`: days of the month, from its end below 0.
    `week`: the weekday on which weeks begin. A yearly rule comes on the day of its first."""

    freq: Freq
    interval: int = 1
    days: frozenset[tuple[int, int]] = frozenset()
    dates: frozenset[int] = frozenset()
    week: int = 0


def read_rule(text: str) -> Rule:
    """Raises `BadInput`."""
    parts: dict[str, str] = {}
    for part in text.strip().upper().removeprefix("RRULE:").split(";"):
        name, equals, value = part.partition("=")
        if not equals or name not in _KNOWN or name in parts:
            raise BadInput(f"{part[:40]!r} is nothing that a rule for planned work knows", mend=MEND)
        parts[name] = value
    freq = _FREQS.get(parts.get("FREQ", ""))
    if freq is None:
        raise BadInput("a rule says how often: daily, weekly or monthly", mend=MEND)
    rule = Rule(
        freq,
        _number(parts.get("INTERVAL", "1"), least=1, most=MOST_INTERVAL),
        frozenset(_day(day) for day in parts["BYDAY"].split(",")) if "BYDAY" in parts else frozenset(),
        frozenset(_number(day, least=-31, most=31) for day in parts["BYMONTHDAY"].split(","))
        if "BYMONTHDAY" in parts
        else frozenset(),
    )
    _check(rule)
    return rule


def _check(rule: Rule) -> None:
    if 0 in rule.dates:
        raise BadInput("no month has a day 0", mend="count from 1, or from -1 for the last")
    if rule.freq != "MONTHLY" and rule.dates:
        raise BadInput("only a monthly rule has days of the month", mend=MEND)
    if rule.freq != "MONTHLY" and any(nth for nth, _ in rule.days):
        raise BadInput("“the second Sunday” is for a monthly rule", mend=MEND)
    if rule.freq == "MONTHLY" and bool(rule.dates) == bool(rule.days):
        raise BadInput("a monthly rule has either days of the week or days of the month", mend=MEND)


def _number(text: str, *, least: int, most: int) -> int:
    if re.fullmatch(r"[+-]?[0-9]{1,3}", text) is None or not least <= int(text) <= most:
        raise BadInput(f"{text[:20]!r} is no number from {least} to {most}", mend=MEND)
    return int(text)


def _day(text: str) -> tuple[int, int]:
    found = _DAY.fullmatch(text)
    if found is None:
        raise BadInput(f"{text[:20]!r} is no day of the week", mend=MEND)
    return int(found["nth"] or 0), DAYS.index(found["day"])


def days_of(rule: Rule, first: dt.date, *, after: dt.date, until: dt.date) -> Iterator[dt.date]:
    """The days of a rule that begins on `first`, with `after` ≤ day < `until`, in order."""
    day = max(first, after)
    while day < until:
        if _is_on(rule, first, day):
            yield day
        day += dt.timedelta(days=1)


def _is_on(rule: Rule, first: dt.date, day: dt.date) -> bool:
    if rule.freq == "DAILY":
        return (day - first).days % rule.interval == 0 and (not rule.days or (0, day.weekday()) in rule.days)
    if rule.freq == "WEEKLY":
        wanted = rule.days or {(0, first.weekday())}
        weeks = (_week_of(day, rule.week) - _week_of(first, rule.week)).days // 7
        return weeks % rule.interval == 0 and (0, day.weekday()) in wanted
    if rule.freq == "YEARLY":
        return (day.month, day.day) == (first.month, first.day) and (day.year - first.year) % rule.interval == 0
    months = (day.year - first.year) * 12 + day.month - first.month
    if months % rule.interval:
        return False
    length = calendar.monthrange(day.year, day.month)[1]
    if rule.dates:
        return day.day in rule.dates or day.day - length - 1 in rule.dates
    nth, last = (day.day + 6) // 7, -((length - day.day) // 7 + 1)
    return any(weekday == day.weekday() and which in (0, nth, last) for which, weekday in rule.days)


def _week_of(day: dt.date, begins: int) -> dt.date:
    """The first day of its week."""
    return day - dt.timedelta(days=(day.weekday() - begins) % 7)


_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_NTH = {1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth", -1: "last", -2: "last but one"}


def rule_in_words(rule: Rule, first: dt.date) -> str:
    """As people say it: `every 2 weeks on Sunday`. `first`: the day from which it is counted."""
    unit = {"DAILY": "day", "WEEKLY": "week", "MONTHLY": "month", "YEARLY": "year"}[rule.freq]
    every = f"every {unit}" if rule.interval == 1 else f"every {rule.interval} {unit}s"
    if rule.dates:
        on = [_date_word(one) for one in sorted(rule.dates, key=lambda one: (one < 0, one))]
    else:
        days = rule.days or ({(0, first.weekday())} if rule.freq == "WEEKLY" else set())
        on = [_day_word(nth, day, monthly=rule.freq == "MONTHLY") for nth, day in sorted(days)]
    return f"{every} on {_listed(on)}" if on else every


def _day_word(nth: int, day: int, *, monthly: bool) -> str:
    if nth:
        return f"the {_NTH.get(nth, f'{-nth}th from the end')} {_NAMES[day]}"
    return f"each {_NAMES[day]}" if monthly else _NAMES[day]


def _date_word(date: int) -> str:
    return f"day {date}" if date > 0 else "the last day" if date == -1 else f"day {-date} from the end"


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
