"""The autonomy ladder: where each runbook stands, the evidence for more, what it would have done, and moving it."""

from __future__ import annotations

import asyncio
from collections import Counter

from starlette.routing import BaseRoute

from tickless.domain.autonomy import RUNGS
from tickless.domain.errors import BadInput
from tickless.doors.console.book import names_of
from tickless.doors.console.frame import Form, Frame, Screen, Visit
from tickless.doors.entrance.holding import keeper_of
from tickless.stages.learn.service import Standing

SHOWN = 40
"""Tries and shadows of one runbook on its page."""


def routes(frame: Frame) -> list[BaseRoute]:
    return [
        frame.show("/autonomy", "read", listing),
        frame.show("/autonomy/{id}", "read", page),
        frame.deed("/autonomy/{id}", "own_cases", set_rung),
    ]


def listing(visit: Visit) -> Screen:
    """Every runbook once, everywhere first; scopes with a rung of their own below it."""
    standings = visit.desk.autonomy.everything()
    shown = [one for one in standings if one.own or not one.scope]
    on = Counter(one.rung for one in standings if not one.scope)
    return Screen(
        "autonomy.html",
        {
            "standings": shown,
            "proposals": [one for one in shown if one.proposed],
            "rungs": [(name, on[name]) for name in RUNGS],
            "most": max(on.values(), default=1),
            "scope_name": _scope_names(visit, standings),
            "titles": {name: found.title for name, found in visit.desk.runbooks.items()},
        },
    )


def page(visit: Visit) -> Screen:
    ladder = visit.desk.autonomy.ladder(visit.path("id"))
    with visit.desk.journal.read() as tx:
        cases = {one.case for one in ladder.tries[:SHOWN]} | {one.case for one in ladder.shadows[:SHOWN]}
        numbers = {name: case.number for name in cases if (case := tx.cases.get(name)) is not None}
    here = ladder.standings[0]
    compared = Counter(one.verdict for one in ladder.shadows if one.verdict)
    return Screen(
        "ladder.html",
        {
            "ladder": ladder,
            "here": here,
            "rungs": list(RUNGS),
            "tries": ladder.tries[:SHOWN],
            "shadows": ladder.shadows[:SHOWN],
            "compared": compared,
            "numbers": numbers,
            "scope_name": _scope_names(visit, list(ladder.standings)),
        },
    )


async def set_rung(visit: Visit, form: Form) -> str:
    """Put it on a rung for a scope. Whether this person may is said by policy."""
    runbook, rung, scope = visit.path("id"), form.get("rung", ""), form.get("scope", "").strip()[:200]
    reason = form.get("reason", "").strip()[:500]
    keeper = keeper_of(visit.visitor)
    if rung == "as_everywhere":
        await visit.desk.autonomy.drop(runbook, scope=scope, keeper=keeper, reason=reason)
    elif rung in RUNGS:
        await visit.desk.autonomy.set_rung(runbook, rung=rung, scope=scope, keeper=keeper, reason=reason)
    else:
        raise BadInput("choose one of the rungs")
    return await asyncio.to_thread(lambda: told_of(visit, runbook, rung=rung, scope=scope))


def told_of(visit: Visit, runbook: str, *, rung: str, scope: str = "") -> str:
    """The page to go to, which says so where it stayed behind in some scope."""
    wide = rung == "auto" and scope in {"", "everywhere"}
    behind = wide and any(one.withheld for one in visit.desk.autonomy.ladder(runbook).standings)
    return f"/autonomy/{runbook}?told={'rung_behind' if behind else 'rung'}"


def _scope_names(visit: Visit, standings: list[Standing]) -> dict[str, str]:
    """How people call a scope."""
    services = {one.scope.removeprefix("service:") for one in standings if one.scope.startswith("service:")}
    with visit.desk.journal.read() as tx:
        names = names_of(tx, people=[], services=sorted(services))
    told = {"": "everywhere"}
    for scope in {one.scope for one in standings if one.scope}:
        kind, _, what = scope.partition(":")
        told[scope] = names.get(what, what) if kind == "service" else f"{kind} {what}"
    return told
