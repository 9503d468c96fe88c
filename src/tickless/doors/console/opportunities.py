"""Opportunities: the top ten of what comes again, one of them with its tickets, its draft, and whether it helped."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from tickless.domain.errors import BadInput, TicklessError
from tickless.domain.opportunity import DraftKind, Month, Opportunity, OpportunityState
from tickless.doors.api.opportunities import members_of
from tickless.doors.console.frame import Form, Frame, Screen, Visit
from tickless.doors.entrance.holding import keeper_of
from tickless.stages.learn.mining.value import MOSTLY

ARRIVALS = {
    "too_early": "Too early to say",
    "arrived": "The benefit arrived",
    "not_shown": "No benefit can be shown",
    "worse": "It became worse",
    "no_baseline": "Nothing to compare with",
}
STATES: dict[str, OpportunityState] = {"found": "found", "chosen": "chosen", "begun": "begun", "dismissed": "dismissed"}
KINDS: dict[str, DraftKind] = {"runbook": "runbook", "article": "article", "problem": "problem"}
OPEN_AS = {
    "runbook": "Propose the runbook",
    "article": "Draft the article",
    "problem": "Open the problem",
}
OPENED = {
    "runbook": "The proposed runbook",
    "article": "The article",
    "problem": "The problem",
    "improvement": "In the register",
}
WAITS: tuple[OpportunityState, ...] = ("found", "chosen")
"""Nobody does anything about it yet."""
TITLE = 100
WIDTH, HEIGHT, GAP = 240.0, 48.0, 2.0


@dataclass(frozen=True)
class Bar:
    """A month as it is drawn."""

    x: float
    y: float
    width: float
    height: float
    said: str


def routes(frame: Frame) -> list[BaseRoute]:
    return [
        frame.show("/opportunities", "read", page),
        frame.deed("/opportunities/mine", "act", mine),
        frame.show("/opportunities/{id}", "read", one),
        frame.deed("/opportunities/{id}/decide", "act", decide),
        frame.deed("/opportunities/{id}/open", "act", open_it),
        frame.deed("/opportunities/{id}/register", "act", register),
        _draft(frame),
    ]


def page(visit: Visit) -> Screen:
    every = visit.asked("all") == "yes"
    found = visit.desk.mining.list(every=every, limit=200 if every else 10)
    first = next((one for one in found if one.state in WAITS and (one.unattended or 0) < MOSTLY), None)
    return Screen(
        "opportunities.html",
        {"found": found, "first": first, "every": every, "mostly": MOSTLY, "mining": visit.desk.mining.last(),
         "running": visit.desk.mining.running(), "failed": visit.desk.mining.failed,
         "bars": {one.id: bars_of(one.months) for one in found}, "arrivals": ARRIVALS, "open_as": OPEN_AS,
         "opened": OPENED, "said": {} if every else _said(visit, found), **_price(visit),
         "worth": sum(one.value.value for one in found if one.state in WAITS)},
    )  # fmt: skip


def _said(visit: Visit, found: Sequence[Opportunity]) -> dict[str, str]:
    """One of its tickets or cases in the words of people, by id of the opportunity: its name is made of single words."""
    middle = {one.id: one.examples[0] for one in found if one.examples}
    with visit.desk.journal.read() as tx:
        tickets = tx.many_histories(list(middle.values()))
        cases = {ref: tx.cases.get(ref) for ref in middle.values() if ref not in tickets}
    titles = {ref: one.title or one.text[:TITLE] for ref, one in tickets.items()}
    titles |= {ref: case.title.tame(TITLE) for ref, case in cases.items() if case is not None}
    return {identity: titles[ref][:TITLE] for identity, ref in middle.items() if titles.get(ref)}


def _price(visit: Visit) -> dict[str, Any]:
    """What an hour of the service desk costs, as leadership assumes, and in what money."""
    desk = visit.desk.steering
    hour = next(float(one.value) for one in desk.assumptions() if one.setting.name == "agent_hour")
    return {"hour": hour, "currency": desk.currency()}


def one(visit: Visit) -> Screen:
    identity = visit.path("id")
    with visit.desk.journal.read() as tx:
        found = tx.opportunities.need(identity)
    members = members_of(visit.desk, identity, limit=50)
    draft = visit.desk.mining.draft(identity)
    context: dict[str, Any] = {
        "one": found, "members": members, "draft": draft, "bars": bars_of(found.months), "arrivals": ARRIVALS,
        **_price(visit), "months": found.months[-12:], "open_as": OPEN_AS, "opened": OPENED,
        "there": {made.kind for made in found.opened},
    }  # fmt: skip
    return Screen("opportunity.html", context)


async def mine(visit: Visit, form: Form) -> str:
    await run_in_threadpool(lambda: visit.desk.mining.begin(by=visit.visitor.actor))
    return "/opportunities?told=mining"


async def decide(visit: Visit, form: Form) -> str:
    state = STATES.get(form.get("state", ""))
    if state is None:
        raise BadInput("an opportunity is chosen, begun, dismissed, or found again")
    identity, what, by, at = visit.path("id"), form.get("what", ""), visit.visitor.actor, _day(form.get("since", ""))
    await run_in_threadpool(lambda: visit.desk.mining.decide(identity, state, by=by, what=what, at=at))
    return f"/opportunities/{identity}?told=decided"


async def open_it(visit: Visit, form: Form) -> str:
    """Its draft as the real thing; leads there."""
    identity, keeper = visit.path("id"), keeper_of(visit.visitor)
    kind = KINDS.get(form.get("kind", ""))
    made = await run_in_threadpool(lambda: visit.desk.opening.open(identity, by=keeper, kind=kind))
    return f"{made.link}?told=opened"


async def register(visit: Visit, form: Form) -> str:
    identity, keeper, due = visit.path("id"), keeper_of(visit.visitor), _day(form.get("due", ""))
    owner = form.get("owner", "").strip()[:200]
    made = await run_in_threadpool(lambda: visit.desk.opening.register(identity, by=keeper, owner=owner, due_at=due))
    return f"{made.link}?told=registered"


def _day(text: str) -> dt.datetime | None:
    if not text:
        return None
    try:
        return dt.datetime.combine(dt.date.fromisoformat(text), dt.time(), dt.UTC)
    except ValueError:
        raise BadInput("that is no day", mend="write it like 2026-03-01") from None


def _draft(frame: Frame) -> Route:
    def answer(request: Request) -> Response:
        try:
            visit = frame.visit(request, "read")
            text = visit.desk.mining.draft(visit.path("id"))
        except TicklessError as error:
            return frame.refusal(request, error)
        head = {"Content-Disposition": 'attachment; filename="draft.txt"', "Cache-Control": "no-store"}
        return PlainTextResponse(text, headers=head)

    async def endpoint(request: Request) -> Response:
        return await run_in_threadpool(answer, request)

    return Route("/opportunities/{id}/draft", endpoint, methods=["GET"])


def bars_of(months: Sequence[Month]) -> list[Bar]:
    """A bar a month; the tallest fills the height."""
    most = max((month.count for month in months), default=0) or 1
    width = WIDTH / max(len(months), 6)
    return [
        Bar(round(place * width, 1), round(HEIGHT * (1 - month.count / most), 1), round(width - GAP, 1),
            round(max(HEIGHT * month.count / most, 0.5), 1), f"{month.since:%Y-%m-%d}: {month.count}")
        for place, month in enumerate(months)
    ]  # fmt: skip
