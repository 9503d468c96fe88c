"""The week: what an operator wants to know on Monday."""

from __future__ import annotations

import datetime as dt

from starlette.routing import BaseRoute

from tickless.doors.console.frame import Frame, Screen, Visit
from tickless.flow.desk.reports import MOST_DAYS

SPANS = (1, 7, 30)
"""Days to choose from."""


def routes(frame: Frame) -> list[BaseRoute]:
    return [frame.show("/reports/week", "read", page)]


def page(visit: Visit) -> Screen:
    """The days before `until`, else before now; a time that cannot be read counts as now."""
    days = min(max(visit.number("days") or 7, 1), MOST_DAYS)
    until = _moment(visit.asked("until") or "")
    found = visit.desk.reports.week(days=days, until=until)
    now = visit.desk.clock.now()
    later = min(found.until + dt.timedelta(days=days), now) if until is not None and found.until < now else None
    return Screen("report_week.html", {"week": found, "days": days, "spans": SPANS, "later": later})


def _moment(asked: str) -> dt.datetime | None:
    try:
        found = dt.datetime.fromisoformat(asked)
        return (found if found.tzinfo else found.replace(tzinfo=dt.UTC)).astimezone(dt.UTC)
    except (ValueError, OverflowError):
        return None
