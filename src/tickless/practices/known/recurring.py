"""Planned work that comes again: the windows that a series makes. Pure.

Times are local: a window at 02:00 stays at 02:00 when the clocks change. A time that is skipped in spring is read by the clock
before the change (02:30 is 03:30 then), one that comes twice in autumn is its first (RFC 5545, 3.3.5). Its length is exact.
"""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from tickless.domain.errors import BadInput
from tickless.domain.known import Maintenance
from tickless.domain.recurrence import Rule, days_of, read_rule, rule_in_words
from tickless.domain.work_series import WorkSeries
from tickless.domain.world import World
from tickless.kit.canonical import digest
from tickless.kit.zones import zones
from tickless.practices.known.core import check_window

AHEAD = dt.timedelta(days=62)
"""So far ahead windows are made: the next one of every month is among them."""
LONGEST = 7 * 24 * 60
"""Minutes that one window of a series may take."""
YEARS = 10
"""So far ahead an occurrence is looked for before a series counts as one that never comes."""


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
    if series.zone not in zones():
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


def in_words(series: WorkSeries) -> str:
    """As people say it: `every 2 weeks on Sunday, 02:00, Europe/Berlin`."""
    return f"{rule_in_words(read_rule(series.rule), series.first_day)}, {series.at:%H:%M}, {series.zone}"
