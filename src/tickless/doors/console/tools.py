"""Tools that outside servers offer: what somebody has to read, what was said of each, and saying it."""

from __future__ import annotations

from typing import get_args

from starlette.concurrency import run_in_threadpool
from starlette.routing import BaseRoute

from tickless.domain.errors import BadInput
from tickless.domain.runbook import Effect
from tickless.doors.console.frame import Form, Frame, Screen, Visit
from tickless.flow.desk.tools import Word

EFFECTS: dict[str, str] = {
    "read": "reads: it changes nothing",
    "change": "changes something",
    "destroy": "destroys: something is gone afterwards",
}


def routes(frame: Frame) -> list[BaseRoute]:
    return [
        frame.show("/tools", "read", page),
        frame.deed("/tools/{instance}/look", "admin", look),
        frame.deed("/tools/{instance}/classify", "admin", classify),
        frame.deed("/tools/{instance}/withdraw", "admin", withdraw),
    ]


def page(visit: Visit) -> Screen:
    return Screen("tools.html", {"boxes": visit.desk.tools.boxes(), "effects": EFFECTS})


async def look(visit: Visit, form: Form) -> str:
    await run_in_threadpool(lambda: visit.desk.tools.look(visit.path("instance")))
    return "/tools?told=tools_seen"


async def classify(visit: Visit, form: Form) -> str:
    effect = next((one for one in get_args(Effect) if one == form.get("effect")), None)
    if effect is None:
        raise BadInput("say what it does", mend="choose reads, changes or destroys")
    word = Word(
        tool=form.get("tool", "")[:128],
        sha256=form.get("sha256", "")[:64],
        effect=effect,
        idempotent=form.get("idempotent") == "yes",
        undo=form.get("undo", "")[:128],
        verify=form.get("verify", "")[:128],
        note=form.get("note", "").strip()[:500],
    )
    await run_in_threadpool(lambda: visit.desk.tools.classify(visit.path("instance"), word, by=visit.visitor.actor))
    return "/tools?told=tool_classified"


async def withdraw(visit: Visit, form: Form) -> str:
    reason = form.get("reason", "").strip()[:500] or "taken back by hand"
    tool = form.get("tool", "")[:128]
    await run_in_threadpool(
        lambda: visit.desk.tools.withdraw(visit.path("instance"), tool, by=visit.visitor.actor, reason=reason)
    )
    return "/tools?told=tool_withdrawn"
