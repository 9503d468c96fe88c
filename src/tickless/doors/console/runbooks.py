"""Runbooks: what the house can do, how far each is trusted, a rehearsal that changes nothing, and a run by hand."""

from __future__ import annotations

import asyncio

from starlette.routing import BaseRoute

from tickless.domain.errors import BadInput, NotFound, RunbookInvalid
from tickless.domain.runbook import Runbook
from tickless.doors.console.autonomy import told_of
from tickless.doors.console.frame import Form, Frame, Screen, Visit
from tickless.doors.console.wording import RUNGS
from tickless.doors.entrance.holding import keeper_of


def routes(frame: Frame) -> list[BaseRoute]:
    return [
        frame.show("/runbooks", "read", listing),
        frame.deed("/runbooks/sync", "admin", sync),
        frame.show("/runbooks/{id}", "read", page),
        frame.deed("/runbooks/{id}/rung", "own_cases", set_rung),
        frame.deed("/runbooks/{id}/brake", "act", brake),
        frame.deed("/runbooks/{id}/rehearse", "act", rehearse),
        frame.deed("/runbooks/{id}/run", "act", run),
        frame.deed("/runbooks/{id}/replay", "act", replay),
    ]


def listing(visit: Visit) -> Screen:
    with visit.desk.journal.read() as tx:
        rungs = tx.coordination.rungs()
    areas: dict[str, list[Runbook]] = {}
    for runbook in sorted(visit.desk.runbooks.values(), key=lambda found: found.runbook):
        areas.setdefault(runbook.runbook.split(".", maxsplit=1)[0], []).append(runbook)
    return Screen("runbooks.html", {"areas": areas, "rungs": rungs, "problems": visit.desk.runbooks.problems})


async def sync(visit: Visit, form: Form) -> str:
    """Read the folders again now."""
    found = await asyncio.to_thread(visit.desk.runbooks.sync, by=visit.visitor.actor)
    return "/runbooks" if found.problems else f"/runbooks?told={'new_runbooks' if found.differs else 'same_runbooks'}"


def page(visit: Visit) -> Screen:
    return Screen("runbook.html", content(visit))


def content(visit: Visit) -> dict[str, object]:
    runbook = _of(visit)
    with visit.desk.journal.read() as tx:
        rung = tx.coordination.rungs().get(runbook.runbook)
        stopped = next(
            (found for found in tx.coordination.switches() if found.name == f"runbook:{runbook.runbook}" and found.on),
            None,
        )
        runs = tx.runs.where(
            tx.runs.table.c.runbook == runbook.runbook, order=tx.runs.table.c.started_at.desc(), limit=8
        )
        cases = {run.case: tx.cases.get(run.case) for run in runs}
        verdicts = {run.id: tx.verdicts.by(run=run.id) for run in runs}
    return {
        "runbook": runbook,
        "rung": rung,
        "stopped": stopped,
        "runs": runs,
        "cases": cases,
        "verdicts": verdicts,
        "rehearsal": None,
        "given": {},
        "reason": "",
        "replay": None,
        "compared": None,
        "wrong": (),
        "draft": "",
        "days": "30",
    }


async def rehearse(visit: Visit, form: Form) -> Screen:
    """Show the plan and what each step would change. Reads real state."""
    runbook = _of(visit)
    given = _given(runbook, form)
    rehearsal = await visit.desk.rehearse(runbook.runbook, given, by=visit.visitor.actor)
    said = {"given": given, "reason": form.get("reason", "").strip()[:500]}
    return Screen("runbook.html", {**content(visit), "rehearsal": rehearsal, **said})


async def run(visit: Visit, form: Form) -> str:
    """Open a case that runs it; policy decides there as for any other, so it may wait for an approval or be refused."""
    runbook, reason = _of(visit), form.get("reason", "").strip()[:500]
    if not reason:
        raise BadInput("it is run for a reason", mend="say why; it stands in the case and in the audit")
    case = await visit.desk.run(runbook.runbook, _given(runbook, form), by=visit.visitor.actor, reason=reason)
    return f"/cases/{case.number}?told=run_begun"


def _given(runbook: Runbook, form: Form) -> dict[str, str]:
    """Inputs that somebody has filled in."""
    said = {name: form.get(f"input.{name}", "").strip()[:500] for name in runbook.inputs}
    return {name: value for name, value in said.items() if value}


async def replay(visit: Visit, form: Form) -> Screen:
    """The last days with this runbook in place, or with a draft of it; nothing is changed."""
    runbook, text, days = _of(visit), form.get("text", "").strip(), form.get("days", "30")
    try:
        found = await asyncio.to_thread(
            lambda: visit.desk.drafting.replay(
                text=text or None,
                runbook=None if text else runbook.runbook,
                days=int(days) if days.isdecimal() else 30,
                by=visit.visitor.actor,
            )
        )
    except RunbookInvalid as error:
        return Screen("runbook.html", {**content(visit), "wrong": error.problems, "draft": text, "days": days})
    compared = await asyncio.to_thread(lambda: visit.desk.drafting.compare(text)) if text else None
    return Screen(
        "runbook.html", {**content(visit), "replay": found, "compared": compared, "draft": text, "days": days}
    )


async def set_rung(visit: Visit, form: Form) -> str:
    runbook, rung = _of(visit), form.get("rung", "")
    if rung not in RUNGS:
        raise BadInput("choose one of the rungs")
    await visit.desk.autonomy.set_rung(runbook.runbook, rung=rung, keeper=keeper_of(visit.visitor))
    told = await asyncio.to_thread(lambda: told_of(visit, runbook.runbook, rung=rung))
    return told if "behind" in told else f"/runbooks/{runbook.runbook}?told=rung"


async def brake(visit: Visit, form: Form) -> str:
    """Stop or release one runbook."""
    runbook, on = _of(visit), form.get("on") == "yes"
    reason = form.get("reason", "").strip()[:500] or ("stopped by hand" if on else "released by hand")
    await visit.desk.set_switch(f"runbook:{runbook.runbook}", on=on, by=visit.visitor.actor, reason=reason)
    return f"/runbooks/{runbook.runbook}"


def _of(visit: Visit) -> Runbook:
    found = visit.desk.runbooks.get(visit.path("id"))
    if found is None:
        raise NotFound("there is no such runbook")
    return found
