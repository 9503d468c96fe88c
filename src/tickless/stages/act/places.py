"""Where a step stands in a plan: steps inside blocks have references such as `hosts.2.restart`. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tickless.domain.plan import Plan
from tickless.domain.receipt import Receipt
from tickless.domain.runbook import Check, Step
from tickless.domain.step import ForEach, Linked
from tickless.kit.expressions import ExpressionError, render

Values = dict[str, Any]


def step_at(plan: Plan, ref: str) -> Step:
    """The step with that reference. Raises KeyError."""
    steps: Sequence[Step] = plan.steps
    parts = ref.split(".")
    while True:
        step = {one.id: one for one in steps}[parts.pop(0)]
        if not parts:
            return step
        if step.for_each is not None:
            parts.pop(0)
        steps = inner_steps(step)


def inner_steps(step: Step) -> Sequence[Step]:
    """The steps of a block."""
    if step.for_each is not None:
        return step.for_each.steps
    if step.parallel is not None:
        return step.parallel.steps
    if step.call is not None and step.call.linked is not None:
        return step.call.linked.steps
    return ()


def all_steps(steps: Iterable[Step]) -> Iterable[Step]:
    """Every step, those of blocks among them."""
    for step in steps:
        yield step
        yield from all_steps(inner_steps(step))


def checks_of(step: Step) -> Sequence[Check]:
    """What a block reads back, or what is waited for."""
    if step.for_each is not None:
        return step.for_each.check
    if step.call is not None and step.call.linked is not None:
        return (*step.call.linked.precheck, *step.call.linked.verify)
    if step.wait_for is not None:
        return (step.wait_for.check,)
    return step.manual.check if step.manual is not None else ()


def values_at(plan: Plan, receipts: Iterable[Receipt], ref: str, *, case: Mapping[str, Any]) -> Values:
    """What an expression of that step may read: the inputs (of the called runbook, inside a call), the case, what the steps
    before it gave, and inside a loop `each` and `index`. Raises `ExpressionError`, KeyError."""
    done = {receipt.step: receipt.output for receipt in receipts if receipt.state == "done"}
    values: Values = {
        "inputs": dict(plan.inputs),
        "steps": _direct(done, ""),
        "case": dict(case),
        "attachments": dict(plan.attached),
    }
    steps: Sequence[Step] = plan.steps
    parts, prefix = ref.split("."), ""
    while len(parts) > 1:
        name = parts.pop(0)
        step = {one.id: one for one in steps}[name]
        prefix = f"{prefix}{name}."
        if step.for_each is not None:
            place = int(parts.pop(0))
            item = items_of(step.for_each, values)[place]
            prefix = f"{prefix}{place}."
            values = {**values, "each": item, "index": place, "steps": {**values["steps"], **_direct(done, prefix)}}
        elif step.call is not None and step.call.linked is not None:
            values = called(step.call.linked, step.call.with_, values) | {"steps": _direct(done, prefix)}
        steps = inner_steps(step)
        if not parts:
            break
    return values


def _direct(done: Mapping[str, Any], prefix: str) -> Values:
    """Outputs of the steps right below a prefix."""
    return {
        name.removeprefix(prefix): output
        for name, output in done.items()
        if name.startswith(prefix) and "." not in name.removeprefix(prefix)
    }


def called(linked: Linked, given: Mapping[str, Any], values: Mapping[str, Any]) -> Values:
    """What the called runbook's expressions may read before its first step. Raises `ExpressionError`."""
    inputs = {**linked.defaults, **{name: render(value, values) for name, value in given.items()}}
    return {"inputs": inputs, "steps": {}, "case": values["case"], "attachments": dict(linked.attached)}


def items_of(loop: ForEach, values: Mapping[str, Any]) -> list[Any]:
    """The list that a loop goes through. Raises `ExpressionError` when it is none, or longer than it may be."""
    found = render(loop.each, values)
    if not isinstance(found, (list, tuple)):
        raise ExpressionError(loop.each, "this gives no list")
    if len(found) > loop.at_most:
        raise ExpressionError(loop.each, f"this gives {len(found)} items, and at most {loop.at_most} are allowed")
    return list(found)


def name_of(item: Any) -> str:
    """How an item of a loop is called in texts."""
    if isinstance(item, Mapping):
        return str(next((item[key] for key in ("name", "id", "host") if item.get(key)), "an item"))[:80]
    return str(item)[:80]
