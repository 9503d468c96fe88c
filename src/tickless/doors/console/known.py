"""Known errors and planned work: what people who ask for help are told at once."""

from __future__ import annotations

import datetime as dt

from starlette.concurrency import run_in_threadpool
from starlette.routing import BaseRoute

from tickless.domain.errors import BadInput
from tickless.domain.known import KnownError, Maintenance
from tickless.doors.console.frame import Form, Frame, Screen, Visit
from tickless.journal.world import read_world
from tickless.kit.ids import new_id
from tickless.practices.known import call_off, close_error, note_error, plan_work


def routes(frame: Frame) -> list[BaseRoute]:
    return [
        frame.show("/known", "read", page),
        frame.deed("/known/errors", "act", add_error),
        frame.deed("/known/errors/{id}/close", "act", end_error),
        frame.deed("/known/maintenance", "act", add_window),
        frame.deed("/known/maintenance/{id}/cancel", "act", cancel_window),
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
        title=_said(form, "title"),
        workaround=_said(form, "workaround", 2_000),
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


async def add_window(visit: Visit, form: Form) -> str:
    window = Maintenance(
        id=new_id("mnt"),
        service=_said(form, "service"),
        title=_said(form, "title"),
        starts_at=_moment(form, "starts_at"),
        ends_at=_moment(form, "ends_at"),
        note=form.get("note", "").strip()[:2_000],
        change=form.get("change", "").strip()[:200],
    )

    def write() -> None:
        with visit.desk.journal.write() as tx:
            plan_work(tx, window, world=read_world(tx), by=visit.visitor.actor, now=visit.now)

    await run_in_threadpool(write)
    return "/known?told=planned#windows"


async def cancel_window(visit: Visit, form: Form) -> str:
    def write() -> None:
        with visit.desk.journal.write() as tx:
            call_off(tx, visit.path("id"), by=visit.visitor.actor, now=visit.now)

    await run_in_threadpool(write)
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


def _said(form: Form, name: str, longest: int = 200) -> str:
    text = form.get(name, "").strip()
    if not text or len(text) > longest:
        raise BadInput(f"“{name.replace('_', ' ')}” takes 1 to {longest} characters")
    return text


def _moment(form: Form, name: str) -> dt.datetime:
    try:
        return dt.datetime.fromisoformat(form.get(name, "")).replace(tzinfo=dt.UTC)
    except ValueError as error:
        raise BadInput(f"“{name.replace('_', ' ')}” is no time", mend="choose a day and a time, UTC") from error
