"""The step runner: one step of a run, once. What it did is a receipt, written before and completed after the effect."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from tickless.domain.errors import NotFound, OutsideError, TicklessError
from tickless.domain.plan import Plan, Run
from tickless.domain.receipt import Receipt, UndoStep, stays
from tickless.domain.runbook import Step
from tickless.journal import Journal, Tx
from tickless.kit.clock import Clock
from tickless.kit.expressions import ExpressionError, render
from tickless.kit.log import get_logger
from tickless.kit.redaction import redact_secrets
from tickless.sdk.connector import Call
from tickless.sdk.invoke import invoke
from tickless.sdk.operations import Result
from tickless.sdk.registry import BoundOperation, Registry
from tickless.stages.act import core

LOCK_SLACK = 15.0
"""Seconds that a lock on a target outlives the step's own time-out."""

log = get_logger("act")


class ActRoom:
    """Runs steps, takes them back, and rehearses plans. Steps answer with small JSON for the durable flow."""

    def __init__(self, *, journal: Journal, registry: Registry, clock: Clock) -> None:
        self._journal = journal
        self._registry = registry
        self._clock = clock

    def step(self, run: str, step: str, attempt: int) -> dict[str, Any]:
        """Run one step.

        Returns {"state": ...} with: done · skipped · failed (error) · retry (after) · busy (after) · braked (after) ·
        wait (seconds) · ask (text, choices, within, who) · approve (by, text, within) · say (text) ·
        hand_off (reason, service).
        """
        with self._journal.read() as tx:
            record = tx.runs.need(run)
            receipts = tx.receipts_of(run)
            case = tx.cases.need(record.case)
        key = f"{run}:{step}"
        known = next((receipt for receipt in receipts if receipt.key == key), None)
        if known is not None and known.state in {"done", "skipped"}:
            return {"state": known.state}
        one = core.step_of(record.plan, step)
        values = core.variables(record.plan, receipts, case={"id": case.id, "number": case.number})
        try:
            if not core.applies(one, values):
                return self._finish(record, one, state="skipped", summary="its condition does not hold")
            if one.uses is None:
                return self._directive(record, one, values)
            params = core.parameters(one, values)
        except ExpressionError as error:
            return self._finish(record, one, state="failed", error=str(error))
        return self._effect(record, one, params, values, attempt=attempt, known=known)

    def _directive(self, run: Run, step: Step, values: dict[str, Any]) -> dict[str, Any]:
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
        return {"state": "say", "text": str(render(step.say or "", values))}

    def _seconds_to(self, at: dt.datetime) -> float:
        return max(0.0, (at - self._clock.now()).total_seconds())

    def settle(self, run: str, step: str, output: dict[str, Any], summary: str) -> dict[str, Any]:
        """Write the receipt of a step that the flow itself did (waited, asked, was answered)."""
        with self._journal.read() as tx:
            record = tx.runs.need(run)
        return self._finish(record, core.step_of(record.plan, step), state="done", output=output, summary=summary)

    def _effect(
        self,
        run: Run,
        step: Step,
        params: dict[str, Any],
        values: dict[str, Any],
        *,
        attempt: int,
        known: Receipt | None,
    ) -> dict[str, Any]:
        now = self._clock.now()
        key = f"{run.id}:{step.id}"
        try:
            bound = self._registry.find(step.uses or "")
        except NotFound as error:
            return self._finish(run, step, state="failed", error=f"{error.public}: {error.mend}")
        changing = bound.promise.effect != "read"
        if changing:
            hindered = self._begin(run, step, bound, now=now, attempt=attempt, known=known)
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
            return self._after_error(run, step, error, attempt=attempt)
        except TicklessError as error:
            return self._finish(run, step, state="failed", error=f"{error.public} {error.mend}".strip())
        except Exception as error:  # noqa: BLE001 (the step runner: a connector's bug ends its step, not the house)
            log.error("a connector broke", uses=step.uses, run=run.id, step=step.id, error=repr(error))
            return self._finish(run, step, state="failed", error=f"the connector broke: {type(error).__name__}")
        undo = core.undo_for(step, result.undo, {**values, "result": result.output.model_dump(mode="json")})
        return self._finish(
            run, step, state="done", result=result, undo=undo, started=known.started_at if known else now
        )

    def _begin(
        self, run: Run, step: Step, bound: BoundOperation, *, now: dt.datetime, attempt: int, known: Receipt | None
    ) -> dict[str, Any] | None:
        """Brakes, the lock on the target, and the receipt that says an effect is about to happen: one transaction."""
        with self._journal.write() as tx:
            brake = _brake_on(tx, run.plan)
            if brake is not None:
                return {"state": "braked", "after": 2.0, "error": brake}
            for target in sorted(
                run.plan.targets
            ):  # one order for everybody, so that two runs never wait for each other
                seconds = step.timeout + LOCK_SLACK
                if not tx.coordination.take_lease(f"target:{target}"[:200], holder=run.id, now=now, seconds=seconds):
                    return {"state": "busy", "after": 1.0, "error": f"another run works on {target}"}
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

    def _after_error(self, run: Run, step: Step, error: OutsideError, *, attempt: int) -> dict[str, Any]:
        again = core.retry_wait(
            step, attempt=attempt, asked=error.retry.seconds if error.retry.when == "after" else 0.0
        )
        if error.retry.when == "after" and again is not None:
            return {"state": "retry", "after": again, "error": error.public}
        return self._finish(run, step, state="failed", error=error.public)

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

    def undo(self, run: str) -> dict[str, Any]:
        """Take back what a run changed, the latest step first.

        Returns {"undone": [...], "left": [...]}, or {"braked": why} while a brake is set: taking back is a change, too.
        """
        with self._journal.read() as tx:
            record = tx.runs.need(run)
            receipts = tx.receipts_of(run)
            brake = _brake_on(tx, record.plan)
        if brake is not None and core.to_undo(receipts):
            return {"braked": brake}
        undone: list[str] = []
        left: list[str] = []
        for receipt in core.to_undo(receipts):
            step = core.step_of(record.plan, receipt.step)
            error = self._take_back(record, receipt, timeout=step.timeout)
            (left if error else undone).append(receipt.step)
        left += [r.step for r in stays(receipts)]
        return {"undone": undone, "left": left}

    def _take_back(self, run: Run, receipt: Receipt, *, timeout: float) -> str | None:
        undo = receipt.undo
        if undo is None:
            return "it cannot be taken back"
        now = self._clock.now()
        try:
            bound = self._registry.find(undo.uses)
            call = Call(instance=bound.instance, key=f"{receipt.key}:undo", now=now, timeout=timeout)
            result = invoke(bound, undo.with_, call)
        except TicklessError as error:
            self._note_undo(run, receipt, state=receipt.state, error=error.public)
            return error.public
        self._note_undo(run, receipt, state="undone", error=None, summary=result.summary)
        return None

    def _note_undo(self, run: Run, receipt: Receipt, *, state: str, error: str | None, summary: str = "") -> None:
        now = self._clock.now()
        with self._journal.write() as tx:
            tx.receipts.put(receipt.model_copy(update={"state": state, "error": error, "ended_at": now}))
            tx.audit.append(
                at=now,
                actor="tickless",
                action="act.undo",
                subject=run.plan.subject,
                case=run.case,
                detail={"key": receipt.key, "error": error, "summary": summary},
            )

    def release(self, run: str) -> None:
        """Let go of the targets that a run held."""
        with self._journal.write() as tx:
            record = tx.runs.need(run)
            for target in record.plan.targets:
                tx.coordination.release(f"target:{target}"[:200], holder=run)

    def rehearse(self, plan: Plan, *, clock: Callable[[], dt.datetime]) -> list[dict[str, Any]]:
        """Dry run: read real state, change nothing, and say for each step what it would do."""
        values: dict[str, Any] = {"inputs": dict(plan.inputs), "steps": {}, "case": {"id": plan.case, "number": 0}}
        told = []
        for step in plan.steps:
            line: dict[str, Any] = {"step": step.id, "title": step.title or step.id, "uses": step.uses or ""}
            try:
                if not core.applies(step, values):
                    line |= {"state": "skipped", "summary": "its condition does not hold"}
                elif step.uses is None:
                    line |= {"state": "pause", "summary": "the flow would wait, ask or speak here"}
                else:
                    bound = self._registry.find(step.uses)
                    call = Call(
                        bound.instance, key=f"rehearsal:{step.id}", now=clock(), timeout=step.timeout, dry_run=True
                    )
                    result = invoke(bound, core.parameters(step, values), call)
                    values["steps"][step.id] = result.output.model_dump(mode="json")
                    line |= {"state": "would change" if result.changed else "reads", "summary": result.summary}
            except (TicklessError, ExpressionError) as error:
                line |= {"state": "cannot tell", "summary": redact_secrets(str(error))}
            told.append(line)
        return told


def _brake_on(tx: Tx, plan: Plan) -> str | None:
    service = (plan.inputs.get("service") or {}).get("id")
    names = {"all", "freeze", f"runbook:{plan.runbook}", f"service:{service}"}
    brake = next((switch for switch in tx.coordination.switches() if switch.on and switch.name in names), None)
    return None if brake is None else f"{brake.by} set the brake {brake.name!r}: {brake.reason}"
