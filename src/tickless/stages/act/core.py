"""The interpreter's rules. Pure: from a plan and its receipts to what the next step is and with which values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tickless.domain.receipt import Receipt, UndoStep
from tickless.domain.runbook import Irreversible, Step, Tasks
from tickless.kit.expressions import compile_expression, expressions_in, render


def applies(step: Step, values: Mapping[str, Any]) -> bool:
    """Whether the step's `if:` holds; a step without one always runs. Raises `ExpressionError`."""
    return holds(step.condition, values)


def holds(condition: str | None, values: Mapping[str, Any]) -> bool:
    """Whether a condition holds; none always does. Raises `ExpressionError`."""
    if condition is None:
        return True
    sources = expressions_in(condition) or [condition]
    return all(compile_expression(source).evaluate(values) is True for source in sources)


def parameters(step: Step, values: Mapping[str, Any]) -> dict[str, Any]:
    """The step's `with`, filled in. Raises `ExpressionError`."""
    return {name: render(value, values) for name, value in step.with_.items()}


@dataclass(frozen=True)
class OpenTask:
    """A task with its values: one for each, where the runbook says so. `id` is unique within its step."""

    id: str
    title: str
    runbook: str | None
    manual: str | None
    inputs: dict[str, str]


def open_tasks(tasks: Tasks, values: Mapping[str, Any]) -> list[OpenTask]:
    """What a step's tasks are here and now. Raises `ExpressionError`."""
    found: list[OpenTask] = []
    for task in tasks.open:
        if not holds(task.condition, values):
            continue
        each = render(task.each, values) if task.each is not None else None
        several = list(each) if isinstance(each, (list, tuple)) else [None]
        for number, one in enumerate(several):
            inner = {**values, "each": one} if task.each is not None else values
            manual = str(render(task.manual, inner)) if task.manual else None
            found.append(
                OpenTask(
                    id=f"{task.id}_{number}" if task.each is not None else task.id,
                    title=str(render(task.title, inner)) if task.title else manual or task.id,
                    runbook=task.runbook,
                    manual=manual,
                    inputs={name: str(render(text, inner)) for name, text in task.with_.items()},
                )
            )
    return found


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
