"""The week: what an operator wants to know on Monday, and an owner in a review; on paper, and in standing order."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from tickless.domain.errors import BadInput, TicklessError
from tickless.domain.report_subscription import ReportSubscription
from tickless.doors.api.report_subscriptions import SubscriptionGiven, allow_end, draft_of
from tickless.doors.api.reports import on_paper
from tickless.doors.console.book import names_of
from tickless.doors.console.frame import Form, Frame, Screen, Visit
from tickless.flow.desk.reports import MOST_DAYS
from tickless.kit.pdf import can_make_pdf
from tickless.practices.services.judging import Judgement
from tickless.stages.measure.week import Week, as_html
from tickless.stages.measure.week.drawing import by_day, legend, side_by_side

REASON = "Asked by the week's report"
SPANS = (1, 7, 30)
"""Days to choose from."""


def routes(frame: Frame) -> list[BaseRoute]:
    return [
        frame.show("/reports/week", "read", page),
        frame.deed("/reports/week/edges", "act", judge),
        frame.deed("/reports/subscriptions", "read", subscribe),
        frame.deed("/reports/subscriptions/{id}/end", "read", end),
        _file(frame, "html", "text/html", lambda week, home: as_html(week, home=home).encode()),
        _file(frame, "pdf", "application/pdf", on_paper),
    ]


def page(visit: Visit) -> Screen:
    """The days before `until`, else before now; a time that cannot be read counts as now."""
    days, until, found = _week(visit)
    now = visit.desk.clock.now()
    later = min(found.until + dt.timedelta(days=days), now) if until is not None and found.until < now else None
    own = visit.visitor.person.id if visit.visitor.person else ""
    subscriptions = visit.desk.subscriptions.all(person=None if visit.visitor.may("admin") else own)
    drawn = {"by_day": by_day(found.days), "ends": side_by_side(found.outcomes), "legend": legend(found.outcomes)}
    return Screen(
        "report_week.html",
        {"week": found, "days": days, "spans": SPANS, "later": later, "drawn": drawn, "owners": visit.desk.reports.owners(),
         "owner": visit.asked("owner") or "", "own": own, "subscriptions": subscriptions, "pdf": can_make_pdf(),
         "names": _names(visit, subscriptions)},
    )  # fmt: skip


def _names(visit: Visit, subscriptions: list[ReportSubscription]) -> dict[str, str]:
    with visit.desk.journal.read() as tx:
        return names_of(tx, people=[name for one in subscriptions for name in (one.person, one.owner)])


def _week(visit: Visit) -> tuple[int, dt.datetime | None, Week]:
    days = min(max(visit.number("days") or 7, 1), MOST_DAYS)
    until, since = _moment(visit.asked("until") or ""), _moment(visit.asked("since") or "")
    owner = visit.asked("owner") or ""
    if since is not None:
        found = visit.desk.reports.span(since, until or visit.desk.clock.now(), owner=owner)
        return max(1, round((found.until - found.since) / dt.timedelta(days=1))), until, found
    return days, until, visit.desk.reports.week(days=days, until=until, owner=owner)


def _file(frame: Frame, ending: str, media_type: str, write: Callable[[Week, str], bytes]) -> Route:
    def answer(request: Request) -> Response:
        try:
            _, _, week = _week(frame.visit(request, "read"))
            home = frame.desk.reports.home or str(request.base_url).rstrip("/")
            named = {"Content-Disposition": f'attachment; filename="report-{week.until:%Y-%m-%d}.{ending}"'}
            return Response(write(week, home), media_type=media_type, headers=named)
        except TicklessError as error:
            return frame.refusal(request, error)

    async def endpoint(request: Request) -> Response:
        return await run_in_threadpool(answer, request)

    return Route(f"/reports/week.{ending}", endpoint, methods=["GET"])


async def subscribe(visit: Visit, form: Form) -> str:
    """A standing report, to oneself or, for administrators, to a mail address."""
    fields = {
        name: form[name].strip() for name in ("cadence", "at", "zone", "owner", "mail") if form.get(name, "").strip()
    }
    try:
        given = SubscriptionGiven.model_validate(fields)
    except ValidationError as error:
        raise BadInput("a report has a time of the day and a time zone", mend="such as 07:00 and UTC") from error
    draft = draft_of(visit.entrance, visit.visitor, given)
    await run_in_threadpool(lambda: visit.desk.subscriptions.subscribe(draft, by=visit.visitor.actor))
    return "/reports/week?told=subscribed#standing"


async def end(visit: Visit, form: Form) -> str:
    def done() -> None:
        allow_end(visit.entrance, visit.visitor, visit.desk.subscriptions.get(visit.path("id")))
        visit.desk.subscriptions.end(visit.path("id"), by=visit.visitor.actor)

    await run_in_threadpool(done)
    return "/reports/week?told=unsubscribed#standing"


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
