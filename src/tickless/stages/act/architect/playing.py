"""Plays a runbook on a table top, to its end: which branch is taken, what is done, how things stand afterwards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from tickless.domain.receipt import UndoStep
from tickless.domain.runbook import Check, Runbook, Step
from tickless.kit.expressions import ExpressionError, render
from tickless.stages.act.architect.tabletop import Tabletop
from tickless.stages.act.core import holds

End = Literal["verified", "nothing", "handed_off", "undone", "stuck"]
SEVERAL = "first,second,third"


@dataclass(frozen=True)
class Played:
    """How it ended, step by step in words, and whether the proof held. `stuck`: an expression could not be worked out."""

    end: End
    lines: tuple[str, ...]
    told: tuple[tuple[str, str], ...] = ()
    """(to whom, what)"""


@dataclass
class _Play:
    table: Tabletop
    runbook: Runbook
    answers: Mapping[str, str]
    values: dict[str, Any]
    lines: list[str] = field(default_factory=list)
    told: list[tuple[str, str]] = field(default_factory=list)
    undo: list[UndoStep] = field(default_factory=list)


def play(runbook: Runbook, table: Tabletop, answers: Mapping[str, str] | None = None) -> Played:
    """`answers`: what people say: `manager`, `service_owner`, `app_owner`, `requester`, `owner`, `approver`; a yes
    where nothing is said."""
    values = {"inputs": sample_inputs(runbook), "steps": {}, "case": {"id": "case", "number": 1},
              "attachments": dict(runbook.attached)}  # fmt: skip
    one = _Play(table, runbook, answers or {}, values)
    try:
        end = _through(one)
    except (ExpressionError, KeyError, TypeError, ValueError) as error:
        one.lines.append(f"stuck: {str(error)[:200]}")
        end = "stuck"
    return Played(end, tuple(one.lines), tuple(one.told))


def _through(one: _Play) -> End:
    for role in one.runbook.approval.roles:
        if not _yes(one, role):
            one.lines.append(f"{role}: no, so nothing is done")
            return "handed_off"
        one.lines.append(f"{role}: yes")
    for check in one.runbook.precheck:
        if not _holds(one, check):
            one.lines.append(f"{check.uses}: {check.because or check.otherwise}")
            return "nothing" if check.otherwise == "nothing_to_do" else "handed_off"
    ended = _steps(one, one.runbook.steps, one.values)
    if ended == "undone":
        _take_back(one)
    if ended is not None:
        return ended
    wrong = [check for check in one.runbook.verify if not _holds(one, check)]
    if not wrong:
        one.lines += [f"read back: {check.uses} holds" for check in one.runbook.verify]
        return "verified"
    one.lines.append(f"{wrong[0].uses} does not read {wrong[0].expect}")
    _take_back(one)
    return "undone"


def _take_back(one: _Play) -> None:
    for undo in reversed(one.undo):
        one.table.act(undo.uses, undo.with_)
        one.lines.append(f"taken back by {undo.uses}")


def _steps(one: _Play, steps: Sequence[Step], values: dict[str, Any]) -> End | None:
    for step in steps:
        if not holds(step.condition, values):
            one.lines.append(f"{step.id}: skipped")
            continue
        if step.hand_off is not None:
            one.lines.append(f"{step.id}: people take over: {render(step.hand_off.reason, values)}")
            return "handed_off"
        values["steps"][step.id] = _step(one, step, values)
        if step.wait_for is not None and not values["steps"][step.id]["held"] and step.on_failure == "stop":
            return "undone"
    return None


def _step(one: _Play, step: Step, values: dict[str, Any]) -> Any:
    if step.uses is not None:
        return _use(one, step, values)
    if step.for_each is not None:
        items = list(render(step.for_each.each, values))
        for index, item in enumerate(items):
            inner = {**values, "each": item, "index": index, "steps": dict(values["steps"])}
            _steps(one, step.for_each.steps, inner)
            wrong = [check for check in step.for_each.check if not _holds(one, check, inner)]
            one.lines.append(f"{step.id}: {item}: {'does not hold' if wrong else 'read back'}")
        return {"total": len(items), "done": len(items), "failed": 0, "failed_items": [], "results": []}
    if step.parallel is not None:
        return {inner.id: _use(one, inner, values) for inner in step.parallel.steps}
    if step.ask is not None:
        good = step.ask.choices[0] if step.ask.choices else "yes"
        bad = step.ask.choices[-1] if step.ask.choices else "no"
        answer = good if _yes(one, step.ask.who) else bad
        one.lines.append(f"{step.id}: asks the {step.ask.who}: {answer}")
        return {"answer": answer}
    if step.approve is not None:
        said = _yes(one, step.approve.by)
        one.lines.append(f"{step.id}: the {step.approve.by.replace('_', ' ')} says {'yes' if said else 'no'}")
        return {"approved": said, "by": step.approve.by}
    if step.tasks is not None:
        one.lines.append(f"{step.id}: {len(step.tasks.open)} tasks, all of them done")
        return {"total": 1, "verified": 1, "left": 0, "open": ""}
    if step.say is not None:
        one.told.append(("requester", str(render(step.say, values))))
        one.lines.append(f"{step.id}: said")
    if step.wait_for is not None:
        held = _holds(one, step.wait_for.check, values)
        one.lines.append(f"{step.id}: {step.wait_for.uses} {'reads it' if held else 'does not read it in time'}")
        return {"held": held}
    if step.manual is not None:
        one.lines.append(f"{step.id}: by hand: {render(step.manual.text, values)}")
        return {"answer": "done"}
    return {}


def _use(one: _Play, step: Step, values: dict[str, Any]) -> dict[str, Any]:
    assert step.uses is not None
    given = {name: render(value, values) for name, value in step.with_.items()}
    known = one.table.catalogue[step.uses]
    if known.effect == "read":
        found = one.table.ask(step.uses, given)
        one.lines.append(f"{step.id}: looked up {step.uses}")
        return found
    if "text" in given:
        one.told.append((str(given.get("person") or given.get("target") or ""), str(given["text"])))
    found = one.table.act(step.uses, given)
    one.lines.append(f"{step.id}: {step.uses}")
    if isinstance(step.undo, UndoStep):
        inner = {**values, "steps": {**values["steps"], step.id: found}}
        one.undo.append(UndoStep(uses=step.undo.uses, with_={n: render(v, inner) for n, v in step.undo.with_.items()}))
    return found


def _holds(one: _Play, check: Check, values: Mapping[str, Any] | None = None) -> bool:
    known = values if values is not None else one.values
    given = {name: render(value, known) for name, value in check.with_.items()}
    return holds(check.expect, {**known, "result": one.table.ask(check.uses, given)})


def _yes(one: _Play, role: str) -> bool:
    kind = role.partition(":")[0]
    for name in (role, "approver" if kind in {"group", "role"} else role, "anybody"):
        if name in one.answers:
            return one.answers[name] not in {"no", "refused", "denied", "nobody"}
    return True


def sample_inputs(runbook: Runbook) -> dict[str, Any]:
    """One value of the right kind for each input; lists where the words go into several."""
    found: dict[str, Any] = {}
    for name, one in runbook.inputs.items():
        match one.type:
            case "person":
                found[name] = {"id": "me", "username": "me", "name": "Me", "email": "me@example.org", "department": "Sales",
                               "manager": "manager"}  # fmt: skip
            case "device":
                found[name] = {"id": "device", "tag": "device"}
            case "app":
                found[name] = {"id": "app", "name": "App", "group": "app-users", "package": "app", "approval": "manager",
                               "owner": "owner"}  # fmt: skip
            case "service":
                found[name] = {"id": "service", "name": "Service", "criticality": 3}
            case "ci":
                found[name] = {"id": name, "kind": one.kind or "", "name": name, "service": "service", "attributes": {}}
            case "apps":
                found[name] = {"ids": ["app"], "names": "App", "count": 1}
            case "department":
                found[name] = {"name": "Sales"}
            case "date":
                found[name] = {"day": "2026-01-05", "at": "2026-01-05T00:00:00Z", "name": "Monday"}
            case "number" | "duration":
                found[name] = float(one.default or 5)
            case "text":
                several = "commas" in (one.ask or "")
                found[name] = SEVERAL if several else str(one.default or name)
    return found
