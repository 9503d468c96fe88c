"""The value ledger, and what it takes for granted."""

from __future__ import annotations

import datetime as dt

from starlette.concurrency import run_in_threadpool
from starlette.routing import BaseRoute

from tickless.doors.console.figures import SPANS, moment
from tickless.doors.console.frame import Form, Frame, Screen, Visit
from tickless.flow.desk.steering_computing import MOST_DAYS
from tickless.stages.measure.metrics.wording import told
from tickless.stages.measure.value import Line

CASES = 200
"""Of a line's evidence that are listed."""


def routes(frame: Frame) -> list[BaseRoute]:
    return [
        frame.show("/value", "read", page),
        frame.show("/value/lines", "read", evidence),
        frame.deed("/value/assumptions", "admin", assume),
    ]


def page(visit: Visit) -> Screen:
    """Gains, costs and claims over a span."""
    days, until = _span(visit)
    desk = visit.desk.steering
    found, terms = desk.worth(days=days, until=until)
    return Screen("value.html", {
        "ledger": found, "terms": terms, "days": days, "spans": SPANS, "assumptions": desk.assumptions(),
        "computed": desk.computed(),
        "money": lambda value: told(value, "money", currency=terms.currency),
        "minutes_of": lambda value: told(value / 60, "hours"),
    })  # fmt: skip


def evidence(visit: Visit) -> Screen:
    """The cases of one line, and those that its baseline comes from."""
    days, until = _span(visit)
    desk = visit.desk.steering
    found, _ = desk.worth(days=days, until=until)
    line: Line | None = next((one for one in found.lines if one.id == visit.asked("line")), None)
    return Screen("value_line.html", {
        "line": line, "days": days, "cases": desk.cases(line.cases[:CASES]) if line else [],
        "against": desk.cases(line.against[:CASES]) if line else [], "most": CASES,
    }, 200 if line else 404)  # fmt: skip


async def assume(visit: Visit, form: Form) -> str:
    """Something else is assumed, or the default again."""
    name, reason, by = form.get("name", ""), form.get("reason", ""), visit.visitor.actor
    desk = visit.desk.steering
    if form.get("deed") == "default":
        await run_in_threadpool(lambda: desk.forget(name, by=by, reason=reason))
    else:
        await run_in_threadpool(lambda: desk.assume(name, form.get("value", ""), by=by, reason=reason))
    return "/value?told=assumed#assumptions"


def _span(visit: Visit) -> tuple[int, dt.datetime | None]:
    return min(max(visit.number("days") or 90, 1), MOST_DAYS), moment(visit.asked("until") or "")
