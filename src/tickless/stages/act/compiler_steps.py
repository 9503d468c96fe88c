"""The rules of steps and checks: what each may read, what it must promise, and whether it can be reached."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from tickless.domain.receipt import UndoStep
from tickless.domain.runbook import Check, Irreversible, Runbook, Step
from tickless.domain.step import NEW_KINDS, WaitFor
from tickless.stages.act.catalogue import OperationCatalogue, OperationType
from tickless.stages.act.compiler_expressions import (
    Scope,
    check_condition,
    check_template,
    reads,
    steps_asked_for,
    whole_expression,
)
from tickless.stages.act.compiler_operations import check_use
from tickless.stages.act.compiler_samples import sample_output, sample_step
from tickless.stages.act.compiler_source import Report, Where
from tickless.stages.act.compiler_tasks import check_tasks, one_of

_KINDS = ("uses", "wait", "until", "ask", "approve", "say", "hand_off", "tasks", *NEW_KINDS)
MOST_LOOKS = 10_000
"""At a state that is waited for: each is written down."""


@dataclass
class Walk:
    """What is known while the steps are gone through, in order."""

    runbook: Runbook
    catalogue: OperationCatalogue
    base: Mapping[str, Any]
    """Variables that are there from the start: inputs, case."""
    report: Report
    steps: dict[str, Any] = field(default_factory=dict)
    conditions: dict[str, str] = field(default_factory=dict)
    """Condition of each step that has one."""
    irreversible: list[str] = field(default_factory=list)
    effects: list[OperationType] = field(default_factory=list)
    """Operations that change or destroy."""

    def inside(self, **more: Any) -> Walk:
        """The same, for the steps of a block: what they find is not known outside of it."""
        return replace(self, base={**self.base, **more}, steps=dict(self.steps), conditions=dict(self.conditions))

    def scope(self, condition: str | None = None, **more: Any) -> Scope:
        """What may be read now; steps made sure of by `condition`, or run under the same one, count as certain."""
        certain = steps_asked_for(condition) | {name for name, known in self.conditions.items() if known == condition}
        return Scope(
            variables={**self.base, "steps": self.steps, **more},
            later=frozenset(step.id for step in self.runbook.steps) - frozenset(self.steps),
            maybe=frozenset(self.conditions) - certain,
        )


def check_steps(walk: Walk) -> None:
    """Go through the steps in order; afterwards `walk` knows what verify may read."""
    _go_through(walk, walk.runbook.steps, ("steps",))


def _go_through(walk: Walk, steps: tuple[Step, ...], place: Where, *, inside: bool = False) -> None:
    ended: str | None = None
    for index, step in enumerate(steps):
        where: Where = (*place, index)
        if inside and step.uses is None:
            mend = "use one operation; what waits, asks or speaks stands outside of the block"
            walk.report("step_kind", where, "a step of a block uses an operation", mend)
        if ended:
            mend = f"remove it, or give step {ended!r} an `if`"
            walk.report("unreachable_step", where, f"step {ended!r} always hands off before this one", mend)
        if step.id in walk.steps:
            walk.report(
                "duplicate_id", (*where, "id"), f"a step is called {step.id!r} already", "give it a name of its own"
            )
        _check_condition(walk, step, where)
        operation = _check_body(walk, step, where)
        walk.steps[step.id] = sample_step(step, walk.catalogue)
        if operation is not None:
            _check_promises(walk, step, operation, where)
        if step.condition is not None:
            walk.conditions[step.id] = step.condition
        elif step.hand_off is not None and ended is None:
            ended = step.id


def _check_condition(walk: Walk, step: Step, where: Where) -> None:
    if step.condition is None:
        return
    expression = check_condition(step.condition, (*where, "if"), scope=walk.scope(step.condition), report=walk.report)
    if expression is None or expression.names:
        return
    if expression.evaluate({}) is False:
        walk.report(
            "unreachable_step", (*where, "if"), "this condition never holds", "remove the step, or mend the condition"
        )


def _check_body(walk: Walk, step: Step, where: Where) -> OperationType | None:
    kinds = [kind for kind in _KINDS if getattr(step, kind) is not None]
    if len(kinds) != 1:
        reason = f"a step does one thing; this one has {' and '.join(kinds) or 'none'}"
        walk.report("step_kind", where, reason, f"keep exactly one of {', '.join(_KINDS)}")
    if step.with_ and step.uses is None:
        walk.report("unknown_field", (*where, "with"), "`with` goes with `uses` only", "remove it")
    scope = walk.scope(step.condition)
    for kind in ("ask", "approve", "hand_off"):
        part = getattr(step, kind)
        if part is not None:
            texts = {name: value for name, value in part.model_dump().items() if isinstance(value, (str, list, tuple))}
            check_template(_listed(texts), (*where, kind), scope=scope, report=walk.report)
    if step.say is not None:
        check_template(step.say, (*where, "say"), scope=scope, report=walk.report)
    if step.until is not None:
        check_template(step.until, (*where, "until"), scope=scope, report=walk.report)
    if step.tasks is not None:
        check_tasks(step.tasks, (*where, "tasks", "open"), scope=scope, report=walk.report)
    _check_block(walk, step, where)
    if not step.uses:
        return None
    return check_use(
        step.uses, step.with_, where, kind="any", catalogue=walk.catalogue, scope=scope, report=walk.report
    )


def _check_block(walk: Walk, step: Step, where: Where) -> None:
    """The steps and checks inside a loop, beside each other, in a call, or after something manual."""
    scope = walk.scope(step.condition)
    if step.for_each is not None:
        loop, place = step.for_each, (*where, "for_each")
        inner = walk.inside(each=one_of(loop.each, place, scope=scope, report=walk.report), index=0)
        _go_through(inner, loop.steps, (*place, "steps"), inside=True)
        if loop.target is not None:
            check_template(loop.target, (*place, "target"), scope=inner.scope(), report=walk.report)
        check_checks(inner, loop.check, (*place, "check"))
        if loop.canary is not None and not loop.check:
            mend = "write `check:` with a probe for each item"
            walk.report("missing_verify", (*place, "canary"), "nothing reads the canary back", mend)
    if step.parallel is not None:
        seen: set[str] = set()
        for index, one in enumerate(step.parallel.steps):
            place = (*where, "parallel", "steps")
            if one.id in seen:
                walk.report(
                    "duplicate_id",
                    (*place, index, "id"),
                    f"a step is called {one.id!r} already",
                    "give it its own name",
                )
            seen.add(one.id)
            _go_through(walk.inside(), (one,), (*place, index), inside=True)
    if step.call is not None:
        check_template(dict(step.call.with_), (*where, "call", "with"), scope=scope, report=walk.report)
        if step.call.linked is not None:
            walk.report("unknown_field", (*where, "call", "linked"), "the compiler fills this in", "remove it")
    if step.manual is not None:
        check_template(step.manual.text, (*where, "manual", "text"), scope=scope, report=walk.report)
        check_checks(walk.inside(), step.manual.check, (*where, "manual", "check"))
    if step.wait_for is not None:
        _check_wait(walk, step.wait_for, (*where, "wait_for"), scope)


def _check_wait(walk: Walk, wait: WaitFor, where: Where, scope: Scope) -> None:
    """A state that is waited for: a probe, what it has to read, and a bound."""
    check_check(walk, wait.check, where, scope)
    if wait.within > MOST_LOOKS * max(wait.every, 0.1):
        mend = "look less often (`every`), or give up earlier (`within`)"
        walk.report("wrong_value", (*where, "every"), f"this would look more than {MOST_LOOKS:,} times", mend)


def _listed(texts: dict[str, Any]) -> dict[str, Any]:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in texts.items()}


def _check_promises(walk: Walk, step: Step, operation: OperationType, where: Where) -> None:
    """Effect, undo and repeatability of a step that uses an operation."""
    if isinstance(step.undo, UndoStep):
        # Its own condition holds whenever it is undone, so its own output is certain.
        scope = walk.scope(step.condition)
        place = (*where, "undo")
        check_use(
            step.undo.uses,
            step.undo.with_,
            place,
            kind="action",
            catalogue=walk.catalogue,
            scope=scope,
            report=walk.report,
        )
    if operation.effect == "read":
        return
    walk.effects.append(operation)
    if step.undo is None and not operation.undo:
        mend = "write `undo: {uses: …, with: …}` or `undo: {irreversible: why}`"
        walk.report("missing_undo", where, f"step {step.id!r} changes something and nothing takes it back", mend)
    if isinstance(step.undo, Irreversible) or (step.undo is None and operation.undo.startswith("irreversible")):
        walk.irreversible.append(step.id)
    if not operation.idempotent and "retry" in step.model_fields_set and step.retry.times > 1:
        mend = "write `retry: {times: 1}`"
        walk.report("unsafe_retry", (*where, "retry"), f"{operation.name} must not be done twice", mend)


def check_checks(walk: Walk, checks: tuple[Check, ...], part: Where) -> None:
    """Rules for `precheck`, `verify` and `check`: only probes, and each expectation is about what the probe answers."""
    for index, check in enumerate(checks):
        where: Where = (*part, index)
        if part != ("precheck",) and "otherwise" in check.model_fields_set:
            walk.report("unknown_field", (*where, "otherwise"), "`otherwise` goes with prechecks", "remove it")
        check_check(walk, check, where, walk.scope())


def check_check(walk: Walk, check: Check, where: Where, scope: Scope) -> None:
    """One probe, and an expectation about what it answers."""
    if check.uses:
        check_use(
            check.uses, check.with_, where, kind="probe", catalogue=walk.catalogue, scope=scope, report=walk.report
        )
    if not check.expect:
        return
    result = sample_output(check.uses, walk.catalogue)
    variables = {**scope.variables, "result": result}
    check_condition(check.expect, (*where, "expect"), scope=replace(scope, variables=variables), report=walk.report)
    source = whole_expression(check.expect)
    if source is not None and not reads(source, "result"):
        mend = "compare a field of `result`, such as `result.healthy`"
        walk.report("expects_nothing", (*where, "expect"), "this does not look at what the probe answers", mend)
