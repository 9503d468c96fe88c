"""Brakes: what is stopped, by whom and why; every run that stands still; freezes, windows, and targets left alone."""

from __future__ import annotations

import datetime as dt

from starlette.concurrency import run_in_threadpool
from starlette.routing import BaseRoute

from tickless.domain.errors import BadInput
from tickless.doors.console.frame import Form, Frame, Screen, Visit
from tickless.flow.desk.brakes import RuleDraft

HELD_SHOWN = 200


def routes(frame: Frame) -> list[BaseRoute]:
    return [
        frame.show("/brakes", "read", page),
        frame.deed("/brakes/switch", "act", switch),
        frame.deed("/brakes/rules", "act", add_rule),
        frame.deed("/brakes/rules/{id}/end", "act", end_rule),
        frame.deed("/brakes/targets", "act", try_again),
    ]


def page(visit: Visit) -> Screen:
    board = visit.desk.brakes.board()
    services = []
    with visit.desk.journal.read() as tx:
        services = sorted(tx.services.where(limit=500), key=lambda one: one.name.casefold())
    return Screen(
        "brakes.html",
        {
            "board": board,
            "all_on": next((one for one in board.switches if one.name == "all"), None),
            "held": board.held[:HELD_SHOWN],
            "services": services,
            "names": {one.id: one.name for one in services},
            "runbooks": sorted(visit.desk.runbooks.values(), key=lambda one: one.title),
        },
    )


async def switch(visit: Visit, form: Form) -> str:
    """One click: without a reason it says who did it, which the record knows anyway."""
    on, name = form.get("on") == "yes", form.get("name", "").strip()[:200]
    reason = form.get("reason", "").strip()[:500] or ("stopped by hand" if on else "released by hand")
    await visit.desk.set_switch(name, on=on, by=visit.visitor.actor, reason=reason)
    return f"/brakes?told={'braked' if on else 'unbraked'}"


async def add_rule(visit: Visit, form: Form) -> str:
    draft = RuleDraft(
        "window" if form.get("hours", "").strip() else "freeze",
        form.get("title", "")[:200],
        form.get("reason", "")[:500],
        services=_one(form, "service"),
        exempt=_one(form, "exempt"),
        hours=form.get("hours", "").strip()[:300],
        starts_at=_moment(form.get("from", "")),
        ends_at=_moment(form.get("until", "")),
    )
    await run_in_threadpool(lambda: visit.desk.brakes.add_rule(draft, by=visit.visitor.actor))
    return "/brakes?told=ruled"


async def end_rule(visit: Visit, form: Form) -> str:
    reason = form.get("reason", "").strip()[:500] or "ended by hand"
    await run_in_threadpool(lambda: visit.desk.brakes.end_rule(visit.path("id"), by=visit.visitor.actor, reason=reason))
    return "/brakes?told=rule_ended"


async def try_again(visit: Visit, form: Form) -> str:
    target, reason = form.get("target", "")[:200], form.get("reason", "").strip()[:500] or "let go by hand"
    await run_in_threadpool(lambda: visit.desk.brakes.try_again(target, by=visit.visitor.actor, reason=reason))
    return "/brakes?told=tried_again"


def _one(form: Form, name: str) -> tuple[str, ...]:
    found = form.get(name, "").strip()[:200]
    return (found,) if found else ()


def _moment(text: str) -> dt.datetime | None:
    """What a field for date and time gives, as UTC; None when it is empty. Raises `BadInput`."""
    if not text.strip():
        return None
    try:
        found = dt.datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise BadInput("that is no date and time", mend="write it as 2027-01-03T06:00") from error
    return found if found.tzinfo else found.replace(tzinfo=dt.UTC)
