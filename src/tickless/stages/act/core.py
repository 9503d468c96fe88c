"""The interpreter's rules. Pure: from a plan and its receipts to what the next step is and with which values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from tickless.domain.plan import Plan
from tickless.domain.receipt import Receipt, UndoStep
from tickless.domain.runbook import Irreversible, Step
from tickless.kit.expressions import compile_expression, expressions_in, render


def step_of(plan: Plan, step: str) -> Step:
    """The step with that id. Raises KeyError."""
    return {one.id: one for one in plan.steps}[step]


def variables(plan: Plan, receipts: Iterable[Receipt], *, case: Mapping[str, Any]) -> dict[str, Any]:
    """What expressions may read: the inputs, the case, and the outputs of the steps that ran."""
    done = {receipt.step: receipt.output for receipt in receipts if receipt.state == "done"}
    return {"inputs": dict(plan.inputs), "steps": done, "case": dict(case)}


def applies(step: Step, values: Mapping[str, Any]) -> bool:
    """Whether the step's `if:` holds; a step without one always runs. Raises `ExpressionError`."""
    if step.condition is None:
        return True
    sources = expressions_in(step.condition) or [step.condition]
    return all(compile_expression(source).evaluate(values) is True for source in sources)


def parameters(step: Step, values: Mapping[str, Any]) -> dict[str, Any]:
    """The step's `with`, filled in. Raises `ExpressionError`."""
    return {name: render(value, values) for name, value in step.with_.items()}


def undo_for(step: Step, given: UndoStep | None, values: Mapping[str, Any]) -> UndoStep | None:
    """How to take a step back: as the runbook says, else as the action itself said; None where it can't be."""
    if isinstance(step.undo, Irreversible):
        return None
    if step.undo is None:
        return given
    filled = {name: render(value, values) for name, value in step.undo.with_.items()}
    return UndoStep(uses=step.undo.uses, with_=filled)


def to_undo(receipts: Iterable[Receipt]) -> list[Receipt]:
    """What has to be taken back, the latest first."""
    changed = [r for r in receipts if r.state == "done" and r.changed and r.undo is not None]
    return sorted(changed, key=lambda receipt: (receipt.started_at, receipt.key), reverse=True)


def retry_wait(step: Step, *, attempt: int, asked: float) -> float | None:
    """Seconds before try `attempt + 1`, or None when there is none. `asked`: what the other side wants at least."""
    if attempt + 1 >= step.retry.times:
        return None
    return max(asked, step.retry.wait * step.retry.backoff**attempt)
