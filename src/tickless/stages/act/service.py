"""The step runner: one step of a run, once. What it did is a receipt, written before and completed after the effect."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from typing import Any

from tickless.domain.brake import BrakeSettings
from tickless.domain.errors import NotFound, OutsideError, TicklessError
from tickless.domain.plan import Run
from tickless.domain.receipt import Receipt, UndoStep
from tickless.domain.runbook import Step
from tickless.journal import Journal
from tickless.kit.clock import Clock
from tickless.kit.expressions import ExpressionError, render
from tickless.kit.log import get_logger
from tickless.kit.redaction import redact_secrets
from tickless.sdk.connector import Call
from tickless.sdk.invoke import invoke
from tickless.sdk.operations import Result
from tickless.sdk.registry import BoundOperation, Registry
from tickless.stages.act import blocks, core
from tickless.stages.act.gate import Gate, Touch
from tickless.stages.act.places import step_at, values_at
from tickless.stages.act.rehearsing import Rehearsing
from tickless.stages.act.undoing import Undoing

SIDE_BY_SIDE = 20
"""Steps at most that one call works on together."""

Forbidden = Callable[[Run, BoundOperation, str | None], str]
"""(run, operation, service of its case) → why this effect may not begin now; empty: it may."""

log = get_logger("act")


class ActRoom:
    """Runs steps, takes them back, and rehearses plans. Steps answer with small JSON for the durable flow.

    `forbidden`: asked once before each effect begins. Taking back is never asked for.
    """

    def __init__(
        self,
        *,
        journal: Journal,
        registry: Registry,
        clock: Clock,
        rules: BrakeSettings | None = None,
        forbidden: Forbidden = lambda run, bound, service: "",
    ) -> None:
        self._journal = journal
        self._registry = registry
        self._clock = clock
        self._gate = Gate(rules or BrakeSettings())
        self._forbidden = forbidden
        self.undo = Undoing(journal=journal, registry=registry, clock=clock).undo
        self.rehearse = Rehearsing(registry).rehearse

    def step(self, run: str, step: str, attempt: int) -> dict[str, Any]:
        """Run one step.

        Returns {"state": ...} with: done · skipped · failed (error) · retry (after) · busy (after) · braked (after) ·
        wait (seconds) · ask (text, choices, within, who) · approve (by, text, within) · say (text) ·
        hand_off (reason, service) · tasks · until · block (lanes, first, at_once, failures, watch, checks) ·
        call (prechecks, steps, checks) · manual (text, choices, within, who, checks) · wait_for (check, go_on).
        """
        with self._journal.read() as tx:
            record = tx.runs.need(run)
            receipts = tx.receipts_of(run)
            case = tx.cases.need(record.case)
        key = f"{run}:{step}"
        known = next((receipt for receipt in receipts if receipt.key == key), None)
        if known is not None and known.state in {"done", "skipped"}:
            return {"state": known.state}
        one = step_at(record.plan, step).model_copy(update={"id": step})
        try:
            values = values_at(record.plan, receipts, step, case={"id": case.id, "number": case.number})
            if not core.applies(one, values):
                return self._finish(record, one, state="skipped", summary="its condition does not hold")
            if one.uses is None:
                return self._directive(one, values)
            params = core.parameters(one, values)
            touch = blocks.touch_of(record.plan, step, values, receipts)
        except ExpressionError as error:
            return self._finish(record, one, state="failed", error=str(error))
        return self._effect(
            record, one, params, values, attempt=attempt, known=known, touch=touch, service=case.service
        )

    @staticmethod
    def wave(work: Sequence[Sequence[Any]], one: Callable[[str, int], dict[str, Any]]) -> list[dict[str, Any]]:
        """Several steps side by side: (reference, attempt) → what each answers, in their order."""
        with ThreadPoolExecutor(max_workers=min(SIDE_BY_SIDE, max(1, len(work))), thread_name_prefix="wave") as pool:
            return list(pool.map(lambda given: one(given[0], given[1]), work))

    def _directive(self, step: Step, values: dict[str, Any]) -> dict[str, Any]:
        """Steps that are for the flow to do: it waits, asks or speaks, then says how it went (`settle`)."""
        if step.wait is not None:
            return {"state": "wait", "seconds": step.wait}
        if step.until is not None:
            at = dt.datetime.fromisoformat(str(render(step.until, values)))
            return {"state": "until", "at": at.isoformat(), "seconds": self._seconds_to(at)}
        if step.ask is not None:
            asked = step.ask
            return {"state": "ask", "text": str(render(asked.text, values)), "choices": list(asked.choices),
                    "within": asked.within, "who": asked.who}  # fmt: skip
        if step.approve is not None:
            wanted = step.approve
            return {"state": "approve", "by": wanted.by, "text": str(render(wanted.text, values)),
                    "within": wanted.within}  # fmt: skip
        if step.hand_off is not None:
            return {"state": "hand_off", "reason": str(render(step.hand_off.reason, values)),
                    "service": step.hand_off.service}  # fmt: skip
        if step.tasks is not None:
            opened = [asdict(task) for task in core.open_tasks(step.tasks, values)]
            return {"state": "tasks", "tasks": opened, "within": step.tasks.within}
        told = blocks.directive(step, values)
        return told or {"state": "say", "text": str(render(step.say or "", values))}

    def _seconds_to(self, at: dt.datetime) -> float:
        return max(0.0, (at - self._clock.now()).total_seconds())

    def settle(self, run: str, step: str, output: dict[str, Any], summary: str) -> dict[str, Any]:
        """Write the receipt of a step that the flow itself did (waited, asked, was answered)."""
        with self._journal.read() as tx:
            record = tx.runs.need(run)
        one = step_at(record.plan, step).model_copy(update={"id": step})
        return self._finish(record, one, state="done", output=output, summary=summary)

    def note_verdict(self, run: str, *, held: bool, now: dt.datetime) -> None:
        """What the read-back says of the targets that were changed; of a run that held, what it gives."""
        with self._journal.write() as tx:
            record = tx.runs.need(run)
            receipts = tx.receipts_of(run)
            if held and record.plan.outputs:
                tx.runs.put(record.model_copy(update={"outputs": blocks.run_outputs(record.plan, receipts)}))
            if not any(receipt.changed for receipt in receipts):
                return
            if held:
                self._gate.held(tx, record.plan.targets, key=f"{run}:verdict", now=now)
            else:
                error = "what was done was not to be seen afterwards"
                self._gate.failed(tx, record, record.plan.targets, key=f"{run}:verdict", error=error, now=now)

    def _effect(
        self,
        run: Run,
        step: Step,
        params: dict[str, Any],
        values: dict[str, Any],
        *,
        attempt: int,
        known: Receipt | None,
        touch: Touch,
        service: str | None,
    ) -> dict[str, Any]:
        now = self._clock.now()
        key = f"{run.id}:{step.id}"
        try:
            bound = self._registry.find(step.uses or "")
        except NotFound as error:
            return self._finish(run, step, state="failed", error=f"{error.public}: {error.mend}")
        changing = bound.promise.effect != "read"
        watched = touch.watched if changing else ()
        refused = self._forbidden(run, bound, service) if changing and known is None else ""
        if refused:
            return self._finish(run, step, state="failed", error=f"policy forbids it now: {refused}")
        if changing:
            hindered = self._begin(run, step, bound, now=now, attempt=attempt, known=known, touch=touch)
            if hindered is not None:
                return hindered
        call = Call(
            instance=bound.instance,
            key=key,
            now=now,
            timeout=step.timeout,
            dry_run=False,
            first_started=known.started_at if known else None,
        )
        try:
            result = invoke(bound, params, call)
        except OutsideError as error:
            return self._after_error(run, step, error, attempt=attempt, watched=watched)
        except TicklessError as error:
            told = f"{error.public} {error.mend}".strip()
            return self._finish(run, step, state="failed", error=told, watched=watched)
        except Exception as error:  # noqa: BLE001 (the step runner: a connector's bug ends its step, not the house)
            log.error("a connector broke", uses=step.uses, run=run.id, step=step.id, error=repr(error))
            told = f"the connector broke: {type(error).__name__}"
            return self._finish(run, step, state="failed", error=told, watched=watched)
        undo = core.undo_for(step, result.undo, {**values, "result": result.output.model_dump(mode="json")})
        return self._finish(
            run, step, state="done", result=result, undo=undo, started=known.started_at if known else now
        )

    def _begin(
        self,
        run: Run,
        step: Step,
        bound: BoundOperation,
        *,
        now: dt.datetime,
        attempt: int,
        known: Receipt | None,
        touch: Touch,
    ) -> dict[str, Any] | None:
        """The gate, and the receipt that says an effect is about to happen: one transaction."""
        with self._journal.write() as tx:
            hindered = self._gate.enter(tx, run, touch, now=now, timeout=step.timeout, first=known is None)
            if hindered is not None:
                return hindered
            tx.receipts.put(
                Receipt(
                    key=f"{run.id}:{step.id}",
                    run=run.id,
                    step=step.id,
                    uses=step.uses or "",
                    state="started",
                    attempts=attempt + 1,
                    started_at=known.started_at if known else now,
                )
            )
            if known is None or known.state == "started":
                tx.audit.append(
                    at=now,
                    actor="tickless",
                    action="act.begin" if known is None else "act.again",
                    subject=run.plan.subject,
                    case=run.case,
                    detail={"key": f"{run.id}:{step.id}", "uses": bound.full_name, "plan_hash": run.plan_hash},
                )
        return None

    def _after_error(
        self, run: Run, step: Step, error: OutsideError, *, attempt: int, watched: Sequence[str]
    ) -> dict[str, Any]:
        again = core.retry_wait(
            step, attempt=attempt, asked=error.retry.seconds if error.retry.when == "after" else 0.0
        )
        if error.retry.when == "after" and again is not None:
            return {"state": "retry", "after": again, "error": error.public}
        return self._finish(run, step, state="failed", error=error.public, watched=watched)

    def _finish(
        self,
        run: Run,
        step: Step,
        *,
        state: str,
        result: Result | None = None,
        output: dict[str, Any] | None = None,
        undo: UndoStep | None = None,
        summary: str = "",
        error: str = "",
        started: dt.datetime | None = None,
        watched: Sequence[str] = (),
    ) -> dict[str, Any]:
        now = self._clock.now()
        receipt = Receipt(
            key=f"{run.id}:{step.id}",
            run=run.id,
            step=step.id,
            uses=step.uses or "",
            state=state,  # one of the words of Receipt.state
            changed=result.changed if result else False,
            summary=redact_secrets(result.summary if result else summary),
            output=result.output.model_dump(mode="json") if result else (output or {}),
            undo=undo,
            error=redact_secrets(error) or None,
            started_at=started or now,
            ended_at=now,
        )
        with self._journal.write() as tx:
            before = tx.receipts.get(receipt.key)
            if before is not None and before.state in {"done", "skipped"}:
                return {"state": before.state}
            tx.receipts.put(receipt)
            if state == "failed":
                self._gate.failed(tx, run, watched, key=receipt.key, error=receipt.error or "", now=now)
            if state != "skipped" and (receipt.changed or state == "failed"):
                tx.audit.append(
                    at=now,
                    actor="tickless",
                    action=f"act.{state}",
                    subject=run.plan.subject,
                    case=run.case,
                    detail={
                        "key": receipt.key,
                        "uses": receipt.uses,
                        "changed": receipt.changed,
                        "error": receipt.error,
                    },
                )
        answer: dict[str, Any] = {"state": state}
        if error:
            answer["error"] = receipt.error
        return answer

    def release(self, run: str) -> None:
        """Let go of the targets that a run held."""
        with self._journal.write() as tx:
            tx.coordination.release_all("target:", holder=run)
