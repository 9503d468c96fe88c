"""Known errors and planned work: what people who ask for help are told at once."""

from __future__ import annotations

import datetime as dt

from starlette.concurrency import run_in_threadpool
from starlette.routing import BaseRoute

from tickless.domain.errors import BadInput
from tickless.domain.known import KnownError
from tickless.doors.console.frame import Form, Frame, Screen, Visit
from tickless.doors.console.planning import add_window, cancel_window, said
from tickless.journal.world import read_world
from tickless.kit.ids import new_id
from tickless.practices.known import close_error, note_error


def routes(frame: Frame) -> list[BaseRoute]:
    return [
        frame.show("/known", "read", page),
        frame.deed("/known/errors", "act", add_error),
        frame.deed("/known/errors/{id}/close", "act", end_error),
        frame.deed("/known/maintenance", "own_cases", plan),
        frame.deed("/known/maintenance/{id}/cancel", "own_cases", end),
        frame.deed("/cases/{number:int}/announce", "act", announce),
    ]


def page(visit: Visit) -> Screen:
    with visit.desk.journal.read() as tx:
        errors = tx.known_errors.by(state="open")
        table = tx.maintenance.table.c
        windows = tx.maintenance.where(table.ends_at > visit.now - dt.timedelta(days=7), order=table.starts_at)
        services = sorted(tx.services.where(), key=lambda service: service.name)
    return Screen(
        "known.html",
        {"errors": errors, "windows": windows, "services": services, "named": {s.id: s.name for s in services}},
    )


async def add_error(visit: Visit, form: Form) -> str:
    symptoms = [line.strip()[:200] for line in form.get("symptoms", "").splitlines() if line.strip()]
    error = KnownError(
        id=new_id("kerr"),
        title=said(form, "title"),
        workaround=said(form, "workaround", 2_000),
        symptoms=tuple(symptoms[:50]),
        service=form.get("service") or None,
        cause=form.get("cause", "").strip()[:2_000],
        owner=form.get("owner", "").strip() or None,
        opened_at=visit.now,
    )

    def write() -> None:
        with visit.desk.journal.write() as tx:
            note_error(tx, error, world=read_world(tx), by=visit.visitor.actor, now=visit.now)

    await run_in_threadpool(write)
    return "/known?told=error_noted"


async def end_error(visit: Visit, form: Form) -> str:
    def write() -> None:
        with visit.desk.journal.write() as tx:
            close_error(tx, visit.path("id"), by=visit.visitor.actor, now=visit.now)

    await run_in_threadpool(write)
    return "/known?told=error_closed"


async def plan(visit: Visit, form: Form) -> str:
    await add_window(visit, form)
    return "/known?told=planned#windows"


async def end(visit: Visit, form: Form) -> str:
    await cancel_window(visit, form)
    return "/known?told=called_off#windows"


async def announce(visit: Visit, form: Form) -> str:
    """Tell everybody in a case what is known."""
    number = visit.number("number")

    def find() -> str:
        with visit.desk.journal.read() as tx:
            case = tx.cases.by_number(number or 0)
            if case is None:
                raise BadInput("there is no such case")
            return case.id

    case = await run_in_threadpool(find)
    minutes = form.get("minutes", "")
    later = (
        visit.now + dt.timedelta(minutes=int(minutes)) if minutes.isdecimal() and 0 < int(minutes) < 10_000 else None
    )
    await visit.desk.announce(case, form.get("text", ""), next_update_at=later, by=visit.visitor.actor)
    return f"/cases/{number}?told=announced"
