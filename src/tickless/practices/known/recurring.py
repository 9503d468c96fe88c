"""Recurrence rules and the windows that they make. Pure.

The part of RFC 5545 (3.3.10) that planned work needs: `FREQ=DAILY|WEEKLY|MONTHLY`, `INTERVAL`, `BYDAY` (`SU`; in months `2SU`,
`-1FR`) and `BYMONTHDAY` (`15`, `-1`: the last). Weeks begin on Monday. A month that has no such day is left out, as the RFC has it.

Times are local: a window at 02:00 stays at 02:00 when the clocks change. A time that is skipped in spring is read by the clock
before the change (02:30 is 03:30 then), one that comes twice in autumn is its first (RFC 5545, 3.3.5). Its length is exact.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal
from zoneinfo import ZoneInfo, available_timezones

from tickless.domain.errors import BadInput
from tickless.domain.known import Maintenance
from tickless.domain.work_series import WorkSeries
from tickless.domain.world import World
from tickless.kit.canonical import digest
from tickless.practices.known.core import check_window

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
AHEAD = dt.timedelta(days=62)
"""So far ahead windows are made: the next one of every month is among them."""
MOST_INTERVAL = 52
LONGEST = 7 * 24 * 60
"""Minutes that one window of a series may take."""
YEARS = 10
"""So far ahead an occurrence is looked for before a series counts as one that never comes."""
MEND = "write for example FREQ=WEEKLY;BYDAY=SU or FREQ=MONTHLY;BYDAY=2SU or FREQ=MONTHLY;BYMONTHDAY=-1"
_DAY = re.compile(r"(?P<nth>[+-]?[1-5])?(?P<day>MO|TU|WE|TH|FR|SA|SU)")
_KNOWN = frozenset({"FREQ", "INTERVAL", "BYDAY", "BYMONTHDAY"})


@dataclass(frozen=True)
class Rule:
    """`days`: (which one in the month, 0 for each; day of the week, 0: Monday). `dates`: days of the month, from its end below 0."""

    freq: Literal["DAILY", "WEEKLY", "MONTHLY"]
    interval: int = 1
    days: frozenset[tuple[int, int]] = frozenset()
    dates: frozenset[int] = frozenset()


def read_rule(text: str) -> Rule:
    """Raises `BadInput`."""
    parts: dict[str, str] = {}
    for part in text.strip().upper().removeprefix("RRULE:").split(";"):
        name, equals, value = part.partition("=")
        if not equals or name not in _KNOWN or name in parts:
            raise BadInput(f"{part[:40]!r} is nothing that a rule for planned work knows", mend=MEND)
        parts[name] = value
    freq = parts.get("FREQ", "")
    if freq not in ("DAILY", "WEEKLY", "MONTHLY"):
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
        monday, began = day - dt.timedelta(days=day.weekday()), first - dt.timedelta(days=first.weekday())
        wanted = rule.days or {(0, first.weekday())}
        return (monday - began).days // 7 % rule.interval == 0 and (0, day.weekday()) in wanted
    months = (day.year - first.year) * 12 + day.month - first.month
    if months % rule.interval:
        return False
    length = calendar.monthrange(day.year, day.month)[1]
    if rule.dates:
        return day.day in rule.dates or day.day - length - 1 in rule.dates
    nth, last = (day.day + 6) // 7, -((length - day.day) // 7 + 1)
    return any(weekday == day.weekday() and which in (0, nth, last) for which, weekday in rule.days)


def begins_at(day: dt.date, at: dt.time, zone: str) -> dt.datetime:
    """When a window of that day begins, in UTC."""
    return dt.datetime.combine(day, at.replace(tzinfo=None, fold=0), tzinfo=ZoneInfo(zone)).astimezone(dt.UTC)


def windows_of(series: WorkSeries, *, since: dt.datetime, until: dt.datetime) -> list[Maintenance]:
    """The windows with `since` ≤ beginning < `until`, in order. The same day of a series is the same window, whenever asked."""
    rule, margin = read_rule(series.rule), dt.timedelta(days=2)
    last = until.date() + margin
    if series.last_day is not None:
        last = min(last, series.last_day + dt.timedelta(days=1))
    found = []
    for day in days_of(rule, series.first_day, after=since.date() - margin, until=last):
        starts = begins_at(day, series.at, series.zone)
        if since <= starts < until:
            found.append(_window(series, day, starts))
    return found


def _window(series: WorkSeries, day: dt.date, starts: dt.datetime) -> Maintenance:
    return Maintenance(
        id=f"mnt_{digest([series.id, day.isoformat()])[:26]}",
        service=series.service,
        title=series.title,
        starts_at=starts,
        ends_at=starts + dt.timedelta(minutes=series.minutes),
        owner=series.owner,
        change=series.change,
        note=series.note,
        series=series.id,
    )


def check_series(series: WorkSeries, world: World, *, now: dt.datetime) -> WorkSeries:
    """The series with its service and owner as ids. Raises `BadInput`."""
    rule = read_rule(series.rule)
    if series.zone not in available_timezones():
        raise BadInput(f"there is no time zone {series.zone[:60]!r}", mend="give an IANA name, such as Europe/Berlin")
    if not 1 <= series.minutes <= LONGEST:
        raise BadInput("one window takes from a minute to a week", mend="give its length in minutes")
    if series.first_day.year < 2000 or series.first_day.year > now.year + YEARS:
        raise BadInput("that first day is too far away", mend=f"give one within {YEARS} years")
    if series.last_day is not None and series.last_day < series.first_day:
        raise BadInput("the last day lies before the first", mend="look at the two days")
    if series.at.tzinfo is not None:
        raise BadInput("the time of the day is by the clocks of the zone", mend="give it without an offset")
    until = dt.datetime(min(now.year + YEARS + 1, 9_990), 1, 1, tzinfo=dt.UTC)
    coming = _next(series, rule, since=now, until=until)
    if coming is None:
        raise BadInput("no window of this series is still to come", mend="look at the rule and its last day")
    checked = check_window(coming, world, now=now)
    written = ";".join(part for part in series.rule.strip().upper().removeprefix("RRULE:").split(";"))
    return series.model_copy(update={"rule": written, "service": checked.service, "owner": checked.owner})


def _next(series: WorkSeries, rule: Rule, *, since: dt.datetime, until: dt.datetime) -> Maintenance | None:
    last = min(until.date(), series.last_day + dt.timedelta(days=1) if series.last_day else until.date())
    for day in days_of(rule, series.first_day, after=since.date() - dt.timedelta(days=2), until=last):
        starts = begins_at(day, series.at, series.zone)
        if starts >= since:
            return _window(series, day, starts)
    return None


def next_of(series: WorkSeries, *, now: dt.datetime) -> Maintenance | None:
    """The next window from now on; None where the series is over."""
    if series.ended_at is not None:
        return None
    until = dt.datetime(min(now.year + YEARS + 1, 9_990), 1, 1, tzinfo=dt.UTC)
    return _next(series, read_rule(series.rule), since=now, until=until)


_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_NTH = {1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth", -1: "last", -2: "last but one"}


def in_words(series: WorkSeries) -> str:
    """As people say it: `every 2 weeks on Sunday, 02:00, Europe/Berlin`."""
    rule = read_rule(series.rule)
    unit = {"DAILY": "day", "WEEKLY": "week", "MONTHLY": "month"}[rule.freq]
    every = f"every {unit}" if rule.interval == 1 else f"every {rule.interval} {unit}s"
    if rule.dates:
        on = [_date_word(one) for one in sorted(rule.dates, key=lambda one: (one < 0, one))]
    else:
        days = rule.days or ({(0, series.first_day.weekday())} if rule.freq == "WEEKLY" else set())
        on = [_day_word(nth, day, monthly=rule.freq == "MONTHLY") for nth, day in sorted(days)]
    where = f" on {_listed(on)}" if on else ""
    return f"{every}{where}, {series.at:%H:%M}, {series.zone}"


def _day_word(nth: int, day: int, *, monthly: bool) -> str:
    if nth:
        return f"the {_NTH.get(nth, f'{-nth}th from the end')} {_NAMES[day]}"
    return f"each {_NAMES[day]}" if monthly else _NAMES[day]


def _date_word(date: int) -> str:
    return f"day {date}" if date > 0 else "the last day" if date == -1 else f"day {-date} from the end"


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
