"""Lessons: what people's words could teach the language brain; tried against the past before anything is taught."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.routing import BaseRoute

from tickless.domain.errors import Conflict
from tickless.doors.console.frame import Form, Frame, Screen, Visit
from tickless.flow.desk.learning import waiting, what_came_of_it
from tickless.stages.learn.lessons import Judged

MOST = 200


def routes(frame: Frame) -> list[BaseRoute]:
    return [
        frame.show("/lessons", "read", page),
        frame.show("/lessons/waiting", "read", waiting_page),
        frame.deed("/lessons", "admin", add),
        frame.deed("/lessons/chosen", "admin", chosen),
        frame.deed("/lessons/refusal", "admin", set_refusal),
        frame.deed("/lessons/{id}/refuse", "admin", refuse),
    ]


def page(visit: Visit) -> Screen:
    return Screen("lessons.html", _content(visit))


def waiting_page(visit: Visit) -> Screen:
    """Everything that the house proposes, with its gates, and what came of what was taught."""
    return Screen("learning.html", {"kinds": waiting(visit.desk), "effects": what_came_of_it(visit.desk)})


def _content(
    visit: Visit, *, judged: Judged | None = None, ids: tuple[str, ...] = (), why: str = ""
) -> dict[str, object]:
    with visit.desk.journal.read() as tx:
        table = tx.lessons.table.c
        by_state = {
            state: tx.lessons.where(table.state == state, order=table.at.desc(), limit=MOST)
            for state in ("proposed", "taught", "refused", "heard")
        }
        last = {one.cases[-1] for found in by_state.values() for one in found if one.cases}
        named = {case.id: case.number for case in map(tx.cases.get, sorted(last)) if case is not None}
    told: dict[str, object] = {"judged": judged, "ids": ids, "why": why, "needs": visit.desk.lessons.needs()}
    told["refusal"] = visit.desk.refusing.standing()
    return {**by_state, "numbers": named, **told}


async def chosen(visit: Visit, form: Form) -> Screen | str:
    """Try those that were ticked, or teach them; what would be lost is shown, and nothing is taught."""
    ids = tuple(name.removeprefix("lesson.") for name in form if name.startswith("lesson."))
    lessons = visit.desk.lessons
    if form.get("deed") != "teach":
        judged = await run_in_threadpool(lessons.attempt, ids)
        return Screen("lessons.html", _content(visit, judged=judged, ids=ids))
    try:
        await run_in_threadpool(lambda: lessons.teach(ids, by=visit.visitor.actor))
    except Conflict as error:
        judged = await run_in_threadpool(lessons.attempt, ids)
        return Screen("lessons.html", _content(visit, judged=judged, ids=ids, why=error.public))
    return "/lessons?told=taught"


async def set_refusal(visit: Visit, form: Form) -> str:
    refusing = visit.desk.refusing
    decide = refusing.adopt if form.get("by") == "outcomes" else refusing.reset
    await run_in_threadpool(lambda: decide(by=visit.visitor.actor))
    return "/lessons?told=refusal_set"


async def add(visit: Visit, form: Form) -> str:
    text, need = form.get("text", "").strip(), form.get("need", "").strip()
    await run_in_threadpool(lambda: visit.desk.lessons.add(text, need, by=visit.visitor.actor))
    return "/lessons?told=lesson_noted"


async def refuse(visit: Visit, form: Form) -> str:
    reason = form.get("reason", "").strip()[:500] or "not what people mean"
    await run_in_threadpool(lambda: visit.desk.lessons.refuse(visit.path("id"), by=visit.visitor.actor, reason=reason))
    return "/lessons?told=lesson_refused"
