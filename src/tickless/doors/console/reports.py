"""The week: what an operator wants to know on Monday."""

from __future__ import annotations

import datetime as dt

from starlette.concurrency import run_in_threadpool
from starlette.routing import BaseRoute

from tickless.domain.errors import BadInput
from tickless.doors.console.frame import Form, Frame, Screen, Visit
from tickless.flow.desk.reports import MOST_DAYS
from tickless.practices.services.judging import Judgement

REASON = "Asked by the week's report"
SPANS = (1, 7, 30)
"""Days to choose from."""


def routes(frame: Frame) -> list[BaseRoute]:
    return [frame.show("/reports/week", "read", page), frame.deed("/reports/week/edges", "act", judge)]


def page(visit: Visit) -> Screen:
    """The days before `until`, else before now; a time that cannot be read counts as now."""
    days = min(max(visit.number("days") or 7, 1), MOST_DAYS)
    until = _moment(visit.asked("until") or "")
    found = visit.desk.reports.week(days=days, until=until)
    now = visit.desk.clock.now()
    later = min(found.until + dt.timedelta(days=days), now) if until is not None and found.until < now else None
    return Screen("report_week.html", {"week": found, "days": days, "spans": SPANS, "later": later})


async def judge(visit: Visit, form: Form) -> str:
    """An edge that the report asks about is there, or is none: a person's word, as on the map's own page."""
    judgements: dict[str, Judgement] = {"confirm": "confirm", "reject": "reject"}
    judgement = judgements.get(form.get("deed", ""))
    if judgement is None:
        raise BadInput("an edge is confirmed or rejected")
    service, needs, by = form.get("service", ""), form.get("needs", ""), visit.visitor.actor
    days = form.get("days", "")
    await run_in_threadpool(lambda: visit.desk.map.judge(service, needs, judgement, by=by, reason=REASON))
    back = f"days={days}&" if days in {str(one) for one in SPANS} else ""
    return f"/reports/week?{back}told=edge_{judgement}#map"


def _moment(asked: str) -> dt.datetime | None:
    try:
        found = dt.datetime.fromisoformat(asked)
        return (found if found.tzinfo else found.replace(tzinfo=dt.UTC)).astimezone(dt.UTC)
    except (ValueError, OverflowError):
        return None
