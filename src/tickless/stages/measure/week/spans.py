"""The spans that standing reports are about: a day, a week or a month of somebody's calendar. Pure.

Times are local, so that a report due at 07:00 stays at 07:00 when the clocks change, and a day of 23 or 25 hours is a day.
"""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from tickless.domain.report_subscription import Cadence


def due_span(cadence: Cadence, *, at: dt.time, zone: str, now: dt.datetime) -> tuple[dt.datetime, dt.datetime]:
    """The span that was due last at `now`, as (since, until) in UTC: it ends at the latest moment ≤ `now` at which the report
    was due, and begins one day, week (Monday) or month (the first) earlier."""
    local = ZoneInfo(zone)
    today = now.astimezone(local).date()
    day = _begin(cadence, today)
    if _moment(day, at, local) > now:
        day = _before(cadence, day)
    return _moment(_before(cadence, day), at, local), _moment(day, at, local)


def _begin(cadence: Cadence, day: dt.date) -> dt.date:
    if cadence == "weekly":
        return day - dt.timedelta(days=day.weekday())
    return day.replace(day=1) if cadence == "monthly" else day


def _before(cadence: Cadence, day: dt.date) -> dt.date:
    """The due day before a due day."""
    if cadence == "monthly":
        return (day - dt.timedelta(days=1)).replace(day=1)
    return day - dt.timedelta(days=7 if cadence == "weekly" else 1)


def _moment(day: dt.date, at: dt.time, zone: ZoneInfo) -> dt.datetime:
    return dt.datetime.combine(day, at.replace(tzinfo=None, fold=0), tzinfo=zone).astimezone(dt.UTC)
