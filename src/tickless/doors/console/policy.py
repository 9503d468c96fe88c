"""Policy: what holds and where it comes from, who may do what, and why somebody may or may not."""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.routing import BaseRoute

from tickless.domain.errors import TicklessError
from tickless.doors.console.frame import Form, Frame, Screen, Visit
from tickless.stages.decide.policy_explain import ACTIONS

DEEDS: dict[str, str] = {
    "use": "use the house with a right", "run": "have a runbook run by itself", "suggest": "have a runbook proposed",
    "approve": "answer an approval", "grant_autonomy": "move a runbook on the ladder", "read_case": "read a case",
    "answer": "answer in a case", "regroup": "merge and split a case", "silence": "silence alerts",
    "bind": "have a channel account", "plan_work": "plan work", "keep_practice": "keep records of a practice",
    "consult": "be asked as a language model", "call": "do this to a system, as a runbook",
}  # fmt: skip
"""Actions in plain words."""


def routes(frame: Frame) -> list[BaseRoute]:
    return [frame.show("/policy", "read", page), frame.deed("/policy/sync", "admin", sync)]


def page(visit: Visit) -> Screen:
    """`action` and `resource` ask who can; with `who` whether that one may, and why."""
    action, who = visit.asked("action"), visit.asked("who")
    resource, right = visit.asked("resource") or "house", visit.asked("right") or ""
    shown: dict[str, Any] = {"able": None, "explained": None, "trouble": None}
    if action is not None:
        given = {"right": right} if right and action == "use" else {}
        try:
            if who is not None:
                shown["explained"] = visit.desk.policy.explain(who, action, resource, given)
            else:
                shown["able"] = visit.desk.policy.who_can(action, resource, given)
        except TicklessError as error:
            shown["trouble"] = error
    state = visit.desk.policy.state()
    files: dict[str, list[Any]] = {}
    for text in state.texts:
        files.setdefault(text.file, []).append(text)
    asked = {"action": action or "use", "resource": resource, "who": who or "", "right": right}
    return Screen("policy.html", {**shown, "state": state, "files": files, "given": asked, "actions": _actions()})


async def sync(visit: Visit, form: Form) -> str:
    """Read the folder again now."""
    problems = await asyncio.shield(visit.desk.policy.sync(by=visit.visitor.actor))
    return "/policy" if problems else "/policy?told=policies"


def _actions() -> list[tuple[str, str]]:
    return [(name, DEEDS.get(name, name.replace("_", " "))) for name in ACTIONS]
