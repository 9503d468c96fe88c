"""What merges and splits could teach grouping: tried on the last days' alerts before anything is taught."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.routing import BaseRoute

from tickless.domain.errors import Conflict
from tickless.doors.console.frame import Form, Frame, Screen, Visit
from tickless.stages.correlate.regroup.lessons import Judged, weight, words_of

MOST = 200


def routes(frame: Frame) -> list[BaseRoute]:
    return [
        frame.show("/lessons/grouping", "read", page),
        frame.deed("/lessons/grouping/chosen", "admin", chosen),
        frame.deed("/lessons/grouping/{id}/refuse", "admin", refuse),
    ]


def page(visit: Visit) -> Screen:
    return Screen("grouping.html", _content(visit))


def _content(
    visit: Visit, *, judged: Judged | None = None, ids: tuple[str, ...] = (), why: str = ""
) -> dict[str, object]:
    with visit.desk.journal.read() as tx:
        lists = {
            state: list(reversed(tx.grouping_lessons.by(state=state, limit=MOST)))
            for state in ("proposed", "taught", "refused")
        }
        known = tx.cases.get
        came = {one.id: visit.desk.regroup.learning.came_of(tx, one) for one in lists["taught"]}
        numbers = {
            one: case.number
            for one in (judged.harmed + judged.helped if judged else ())
            if (case := known(one)) is not None
        }
    return {
        **lists,
        "came": came,
        "judged": judged,
        "ids": ids,
        "why": why,
        "numbers": numbers,
        "words_of": words_of,
        "weight": lambda one: weight(one.said, now=visit.now),
    }


async def chosen(visit: Visit, form: Form) -> Screen | str:
    """Try those that were ticked, or teach them; what would be lost is shown, and nothing is taught."""
    ids = tuple(name.removeprefix("lesson.") for name in form if name.startswith("lesson."))
    learning = visit.desk.regroup.learning
    if form.get("deed") != "teach":
        judged = await run_in_threadpool(learning.attempt, ids)
        return Screen("grouping.html", _content(visit, judged=judged, ids=ids))
    try:
        await run_in_threadpool(lambda: learning.teach(ids, by=visit.visitor.actor))
    except Conflict as error:
        judged = await run_in_threadpool(learning.attempt, ids)
        return Screen("grouping.html", _content(visit, judged=judged, ids=ids, why=error.public))
    return "/lessons/grouping?told=grouping_taught"


async def refuse(visit: Visit, form: Form) -> str:
    reason = form.get("reason", "").strip()[:500] or "not so in general"
    learning = visit.desk.regroup.learning
    await run_in_threadpool(lambda: learning.refuse(visit.path("id"), by=visit.visitor.actor, reason=reason))
    return "/lessons/grouping?told=grouping_refused"
