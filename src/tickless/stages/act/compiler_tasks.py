"""The rules of tasks: what each may read, that it says who does it, and that the runbooks it leads to are there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from tickless.domain.runbook import Runbook, Task, Tasks
from tickless.kit.expressions import ExpressionError, compile_expression
from tickless.stages.act.compiler_expressions import Scope, check_condition, check_template, whole_expression
from tickless.stages.act.compiler_source import Report, Where


def check_tasks(tasks: Tasks, where: Where, *, scope: Scope, report: Report) -> None:
    """Each task by itself."""
    seen: set[str] = set()
    for index, task in enumerate(tasks.open):
        place: Where = (*where, index)
        if task.id in seen:
            report("duplicate_id", (*place, "id"), f"a task is called {task.id!r} already", "give it a name of its own")
        seen.add(task.id)
        if (task.runbook is None) == (task.manual is None):
            report(
                "task_kind", place, "a task is a runbook's or a person's", "write exactly one of `runbook`, `manual`"
            )
        _check_texts(task, place, scope=scope, report=report)


def _check_texts(task: Task, where: Where, *, scope: Scope, report: Report) -> None:
    if task.condition is not None:
        check_condition(task.condition, (*where, "if"), scope=scope, report=report)
    inner = scope
    if task.each is not None:
        inner = replace(
            scope, variables={**scope.variables, "each": one_of(task.each, where, scope=scope, report=report)}
        )
    for name, text in (("title", task.title), ("manual", task.manual)):
        if text is not None:
            check_template(text, (*where, name), scope=inner, report=report)
    check_template(dict(task.with_), (*where, "with"), scope=inner, report=report)


def one_of(each: str, where: Where, *, scope: Scope, report: Report) -> Any:
    """A sample of what the list holds."""
    check_template(each, (*where, "each"), scope=scope, report=report)
    source = whole_expression(each)
    mend = "write one expression that gives a list, such as ${{ inputs.held.ids }}"
    if source is None:
        report("wrong_type", (*where, "each"), "this is no single expression", mend)
        return "text"
    try:
        value = compile_expression(source).evaluate(dict(scope.variables))
    except ExpressionError:
        return "text"
    if not isinstance(value, list):
        report("wrong_type", (*where, "each"), "this gives no list", mend)
        return "text"
    return value[0] if value else "text"


def wrong_tasks(runbooks: Mapping[str, Runbook]) -> Iterator[tuple[str, str, str]]:
    """What only the whole folder can tell: (runbook, where, reason) for tasks that lead nowhere or in a circle."""
    for name, runbook in runbooks.items():
        for step in runbook.steps:
            for task in step.tasks.open if step.tasks else ():
                where = f"steps.{step.id}.tasks.{task.id}"
                if task.runbook is None:
                    continue
                led = runbooks.get(task.runbook)
                if led is None:
                    yield name, where, f"there is no runbook {task.runbook!r}"
                    continue
                unknown = sorted(set(task.with_) - set(led.inputs))
                if unknown:
                    yield name, where, f"{task.runbook!r} has no input {unknown[0]!r}"
                if any(inner.tasks for inner in led.steps):
                    yield name, where, f"{task.runbook!r} opens tasks itself: one level is enough for people to follow"
