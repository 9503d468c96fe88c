"""What blocks of steps are for the flow to do: loops, several side by side, other runbooks, and people. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from tickless.domain.plan import Plan
from tickless.domain.receipt import Receipt
from tickless.domain.runbook import Check, Step
from tickless.domain.step import ForEach, Manual, Parallel
from tickless.kit.expressions import ExpressionError, render
from tickless.stages.act.gate import Touch
from tickless.stages.act.places import inner_steps, items_of, name_of, step_at, values_at

DONE, CANNOT = "Done", "I can't do this"
"""What a person may answer to a manual step."""


def directive(step: Step, values: Mapping[str, Any]) -> dict[str, Any] | None:
    """What the flow has to do for a block; None when the step is none. Raises `ExpressionError`."""
    if step.for_each is not None:
        return _loop(step.id, step.for_each, values)
    if step.parallel is not None:
        return _beside(step.id, step.parallel)
    if step.call is not None and step.call.linked is not None:
        linked = step.call.linked
        return {
            "state": "call",
            "prechecks": len(linked.precheck),
            "steps": [f"{step.id}.{one.id}" for one in linked.steps],
            "checks": [check.model_dump(mode="json", by_alias=True) for check in linked.verify],
        }
    if step.wait_for is not None:
        check = step.wait_for.check.model_dump(mode="json", by_alias=True)
        return {"state": "wait_for", "check": check, "go_on": step.on_failure == "continue"}
    return _manual(step.manual, values) if step.manual is not None else None


def _loop(ref: str, loop: ForEach, values: Mapping[str, Any]) -> dict[str, Any]:
    items = items_of(loop, values)
    lanes = [[f"{ref}.{place}.{one.id}" for one in loop.steps] for place in range(len(items))]
    canary = loop.canary
    return {
        "state": "block",
        "lanes": lanes,
        "names": [name_of(item) for item in items],
        "first": min(canary.first, len(lanes)) if canary else 0,
        "watch": canary.watch if canary else 0.0,
        "at_once": loop.at_once,
        "failures": loop.failures,
        "checks": [check.model_dump(mode="json", by_alias=True) for check in loop.check],
    }


def _beside(ref: str, beside: Parallel) -> dict[str, Any]:
    return {
        "state": "block",
        "lanes": [[f"{ref}.{one.id}"] for one in beside.steps],
        "names": [one.title or one.id for one in beside.steps],
        "first": 0,
        "watch": 0.0,
        "at_once": beside.at_once,
        "failures": 0,
        "checks": [],
    }


def _manual(manual: Manual, values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "state": "manual",
        "text": str(render(manual.text, values)),
        "choices": [DONE, CANNOT],
        "who": manual.who,
        "within": manual.within,
        "checks": [check.model_dump(mode="json", by_alias=True) for check in manual.check],
    }


def touch_of(plan: Plan, ref: str, values: Mapping[str, Any], receipts: Iterable[Receipt]) -> Touch:
    """The records that this step touches: the plan's, and inside a loop the item's own, which then is the one that is watched.

    Raises `ExpressionError`.
    """
    begun = any(one.state in {"started", "done"} and one.uses for one in receipts)
    parts = ref.split(".")
    loop = step_at(plan, ".".join(parts[:-2])).for_each if len(parts) > 2 and parts[-2].isdecimal() else None
    if loop is None or loop.target is None:
        return Touch(plan.targets, plan.targets, begun)
    own = str(render(loop.target, values))
    return Touch((*plan.targets, own), (own,), begun)


def output_of(
    plan: Plan, ref: str, receipts: Iterable[Receipt], *, total: int, failed: Sequence[str]
) -> dict[str, Any]:
    """What later steps may read of a block that came to its end."""
    step = step_at(plan, ref)
    done = {one.step: one.output for one in receipts if one.state == "done"}
    if step.parallel is not None:
        return {one.id: done[f"{ref}.{one.id}"] for one in step.parallel.steps if f"{ref}.{one.id}" in done}
    last = inner_steps(step)[-1].id
    places = sorted({int(name.split(".")[ref.count(".") + 1]) for name in done if name.startswith(f"{ref}.")})
    results = [done[f"{ref}.{place}.{last}"] for place in places if f"{ref}.{place}.{last}" in done]
    return {
        "total": total,
        "done": total - len(failed),
        "results": results,
        "failed": len(failed),
        "failed_items": list(failed),
    }


def outputs_of(plan: Plan, ref: str, receipts: Sequence[Receipt], *, case: Mapping[str, Any]) -> dict[str, Any]:
    """The outputs of the runbook that the step calls. Raises `ExpressionError`."""
    step = step_at(plan, ref)
    linked = step.call.linked if step.call else None
    if linked is None:
        return {}
    inside = values_at(plan, receipts, f"{ref}.end", case=case)
    return {name: render(text, inside) for name, text in linked.outputs.items()}


def run_outputs(plan: Plan, receipts: Sequence[Receipt]) -> dict[str, Any]:
    """The outputs of a run that came to its end; one that cannot be told is left out."""
    values = values_at(plan, receipts, "end", case={"id": plan.case, "number": 0})
    found: dict[str, Any] = {}
    for name, text in plan.outputs.items():
        with suppress(ExpressionError):
            found[name] = render(text, values)
    return found


def checks_in(plan: Plan, ref: str, phase: str) -> Sequence[Check]:
    """`precheck` and `verify` of a call, `check` of a loop or of something manual, what is waited for."""
    step = step_at(plan, ref)
    if step.call is not None and step.call.linked is not None:
        return step.call.linked.precheck if phase == "precheck" else step.call.linked.verify
    if step.for_each is not None:
        return step.for_each.check
    if step.wait_for is not None:
        return (step.wait_for.check,)
    return step.manual.check if step.manual is not None else ()
