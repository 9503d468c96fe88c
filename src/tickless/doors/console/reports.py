"""The week: what an operator wants to know on Monday."""

from __future__ import annotations

from starlette.routing import BaseRoute

from tickless.doors.console.frame import Frame, Screen, Visit
from tickless.flow.desk.reports import MOST_DAYS

SPANS = (1, 7, 30)
"""Days to choose from."""


def routes(frame: Frame) -> list[BaseRoute]:
    return [frame.show("/reports/week", "read", page)]


def page(visit: Visit) -> Screen:
    days = min(max(visit.number("days") or 7, 1), MOST_DAYS)
    found = visit.desk.reports.week(days=days)
    return Screen("report_week.html", {"week": found, "days": days, "spans": SPANS})
