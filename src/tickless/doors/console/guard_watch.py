"""The Goodhart guard: what does not add up, in plain words."""

from __future__ import annotations

from starlette.routing import BaseRoute

from tickless.doors.console.frame import Frame, Screen, Visit
from tickless.stages.measure.metrics import METRICS
from tickless.stages.measure.metrics.wording import told

CASES = 12


def routes(frame: Frame) -> list[BaseRoute]:
    return [frame.show("/guard", "read", page)]


def page(visit: Visit) -> Screen:
    """Warnings first, then everything that was looked at."""
    desk = visit.desk.steering
    weeks = min(max(visit.number("weeks") or desk.rules.weeks, 6), 104)
    found = desk.guard(weeks=weeks)
    cases = {one.id: [each for each in desk.cases(one.cases[:CASES]) if each.case] for one in found.warnings}
    return Screen("guard.html", {
        "watch": found, "computed": desk.computed(), "weeks": weeks, "spans": desk.spans, "cases": cases, "metrics": METRICS,
        "figure": lambda value, metric: told(value, METRICS[metric].unit), "share": lambda value: told(value, "share"),
    })  # fmt: skip
