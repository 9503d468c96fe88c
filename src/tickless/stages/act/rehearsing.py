"""Dry run: reads real state, changes nothing, and says of each step what it would do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

from tickless.domain.errors import TicklessError
from tickless.domain.plan import Plan
from tickless.domain.runbook import Step
from tickless.kit.expressions import ExpressionError
from tickless.kit.redaction import redact_secrets
from tickless.sdk.connector import Call
from tickless.sdk.invoke import invoke
from tickless.sdk.registry import Registry
from tickless.stages.act import core
from tickless.stages.act.places import called, items_of, name_of

Line = dict[str, Any]


class Rehearsing:
    """Goes through a plan as the interpreter would, with every operation dry."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    def rehearse(self, plan: Plan, *, clock: Callable[[], dt.datetime]) -> tuple[list[Line], dict[str, Any]]:
        """One line a step: {"step", "title", "uses", "state", "summary"}; state: would change · so already
        (an action with nothing to do) · reads · pause · skipped · cannot tell. And what the steps would give, by their ids."""
        values: dict[str, Any] = {"inputs": dict(plan.inputs), "steps": {}, "case": {"id": plan.case, "number": 0}}
        values["attachments"] = dict(plan.attached)
        lines = self._walk(plan.steps, values, prefix="", title="", clock=clock)
        return lines, dict(values["steps"])

    def _walk(
        self,
        steps: Sequence[Step],
        values: dict[str, Any],
        *,
        prefix: str,
        title: str,
        clock: Callable[[], dt.datetime],
    ) -> list[Line]:
        told: list[Line] = []
        for step in steps:
            ref = f"{prefix}{step.id}"
            line: Line = {"step": ref, "title": f"{title}{step.title or step.id}", "uses": step.uses or ""}
            try:
                if not core.applies(step, values):
                    told.append(line | {"state": "skipped", "summary": "its condition does not hold"})
                elif step.uses is not None:
                    told.append(line | self._dry(step, values, clock=clock))
                else:
                    told += self._inside(step, values, line, clock=clock)
            except (TicklessError, ExpressionError) as error:
                told.append(line | {"state": "cannot tell", "summary": redact_secrets(str(error))})
        return told

    def _dry(self, step: Step, values: dict[str, Any], *, clock: Callable[[], dt.datetime]) -> Line:
        bound = self._registry.find(step.uses or "")
        call = Call(bound.instance, key=f"rehearsal:{step.id}", now=clock(), timeout=step.timeout, dry_run=True)
        result = invoke(bound, core.parameters(step, values), call)
        values["steps"][step.id] = result.output.model_dump(mode="json")
        if bound.operation.kind == "probe":
            return {"state": "reads", "summary": result.summary}
        return {"state": "would change" if result.changed else "so already", "summary": result.summary}

    def _awaited(self, step: Step, values: dict[str, Any], clock: Callable[[], dt.datetime]) -> str:
        """What is waited for, and whether it is so now. Raises `TicklessError`, `ExpressionError`."""
        assert step.wait_for is not None
        check, values["steps"][step.id] = step.wait_for.check, {"held": True}
        looked = step.model_copy(update={"uses": check.uses, "with_": check.with_})
        bound = self._registry.find(check.uses)
        call = Call(bound.instance, key=f"rehearsal:{step.id}", now=clock(), timeout=step.timeout, dry_run=True)
        result = invoke(bound, core.parameters(looked, values), call).output.model_dump(mode="json")
        so = core.holds(check.expect, {**values, "result": result})
        waited = check.expect.removeprefix("${{").removesuffix("}}").strip()
        return "it is so already: nothing to wait for" if so else f"would wait until {waited}; it is not so now"

    def _inside(
        self, step: Step, values: dict[str, Any], line: Line, *, clock: Callable[[], dt.datetime]
    ) -> list[Line]:
        ref = f"{line['step']}."
        if step.for_each is not None:
            found: list[Line] = []
            for place, item in enumerate(items_of(step.for_each, values)):
                inner = {**values, "each": item, "index": place, "steps": dict(values["steps"])}
                found += self._walk(
                    step.for_each.steps, inner, prefix=f"{ref}{place}.", title=f"{name_of(item)}: ", clock=clock
                )
            return found or [line | {"state": "skipped", "summary": "its list is empty"}]
        if step.parallel is not None:
            inner = {**values, "steps": dict(values["steps"])}
            return self._walk(step.parallel.steps, inner, prefix=ref, title="", clock=clock)
        if step.call is not None and step.call.linked is not None:
            linked = step.call.linked
            return self._walk(
                linked.steps,
                called(linked, step.call.with_, values),
                prefix=ref,
                title=f"{linked.title}: ",
                clock=clock,
            )
        if step.wait_for is not None:
            return [
                line | {"uses": step.wait_for.uses, "state": "pause", "summary": self._awaited(step, values, clock)}
            ]
        if step.manual is not None:
            return [line | {"state": "pause", "summary": "a person would do this, and it would be read back"}]
        return [line | {"state": "pause", "summary": "the flow would wait, ask or speak here"}]
