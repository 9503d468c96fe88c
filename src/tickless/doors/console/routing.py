"""Where tickets were solved, as rules for where they go first: tried on solved tickets before one is in force."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.routing import BaseRoute

from tickless.domain.errors import Conflict
from tickless.doors.console.frame import Form, Frame, Screen, Visit
from tickless.stages.learn.routing import Judged


def routes(frame: Frame) -> list[BaseRoute]:
    return [
        frame.show("/lessons/routing", "read", page),
        frame.deed("/lessons/routing/chosen", "admin", chosen),
        frame.deed("/lessons/routing/{id}/refuse", "admin", refuse),
    ]


def page(visit: Visit) -> Screen:
    return Screen("routing.html", _content(visit))


def _content(
    visit: Visit, *, judged: Judged | None = None, ids: tuple[str, ...] = (), why: str = ""
) -> dict[str, object]:
    routing = visit.desk.routing
    proposed = routing.proposals()
    with visit.desk.journal.read() as tx:
        named = {one for proposal in proposed for one in proposal.cases} | set(judged.lost[:20] if judged else ())
        numbers = {case.id: case.number for case in map(tx.cases.get, sorted(named)) if case is not None}
    return {
        "proposed": proposed, "taught": routing.effects(), "refused": routing.decided("refused"), "numbers": numbers,
        "judged": judged, "ids": ids, "why": why,
    }  # fmt: skip


async def chosen(visit: Visit, form: Form) -> Screen | str:
    """Try those that were ticked, or put them in force; what would go wrong is shown, and nothing is taught."""
    ids = tuple(name.removeprefix("rule.") for name in form if name.startswith("rule."))
    routing = visit.desk.routing
    if form.get("deed") != "teach":
        judged = await run_in_threadpool(routing.attempt, ids)
        return Screen("routing.html", _content(visit, judged=judged, ids=ids))
    try:
        await run_in_threadpool(lambda: routing.teach(ids, by=visit.visitor.actor))
    except Conflict as error:
        judged = await run_in_threadpool(routing.attempt, ids)
        return Screen("routing.html", _content(visit, judged=judged, ids=ids, why=error.public))
    return "/lessons/routing?told=routing_taught"


async def refuse(visit: Visit, form: Form) -> str:
    reason = form.get("reason", "").strip()[:500] or "not so in general"
    routing = visit.desk.routing
    await run_in_threadpool(lambda: routing.refuse(visit.path("id"), by=visit.visitor.actor, reason=reason))
    return "/lessons/routing?told=routing_refused"
