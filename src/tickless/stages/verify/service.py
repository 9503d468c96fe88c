"""Asks the probes and records the verdict. Probes are independent of the actions: they read the system of record back."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from tickless.domain.errors import TicklessError
from tickless.domain.plan import Run
from tickless.domain.runbook import Check
from tickless.domain.verdict import ProbeReading, Verdict
from tickless.journal import Journal
from tickless.kit.clock import Clock
from tickless.kit.expressions import ExpressionError, render
from tickless.kit.redaction import redact_secrets
from tickless.sdk.connector import Call
from tickless.sdk.invoke import invoke
from tickless.sdk.registry import Registry
from tickless.stages.verify import core

Phase = Literal["precheck", "verify"]
PROBE_TIMEOUT = 15.0


class VerifyRoom:
    """Reads post-conditions (and preconditions) back from the systems of record."""

    def __init__(self, *, journal: Journal, registry: Registry, clock: Clock) -> None:
        self._journal = journal
        self._registry = registry
        self._clock = clock

    def read(self, run: str, phase: Phase, index: int) -> dict[str, Any]:
        """One look at one check. Returns a `ProbeReading` as JSON; its `held` is None when it can't be told."""
        with self._journal.read() as tx:
            record = tx.runs.need(run)
            receipts = tx.receipts_of(run)
        check = (record.plan.precheck if phase == "precheck" else record.plan.verify)[index]
        done = {receipt.step: receipt.output for receipt in receipts if receipt.state == "done"}
        return self.look(check, inputs=record.plan.inputs, steps=done, key=f"{run}:{phase}:{index}").model_dump(
            mode="json"
        )

    def look(self, check: Check, *, inputs: dict[str, Any], steps: dict[str, Any], key: str) -> ProbeReading:
        """Ask one probe and judge the answer. Never raises: what can't be told is `held=None`, with the reason."""
        return self.look_at(check, {"inputs": inputs, "steps": steps}, key=key)

    def look_at(self, check: Check, values: dict[str, Any], *, key: str) -> ProbeReading:
        """`look`, with everything that the check's expressions may read."""
        now = self._clock.now()
        question: dict[str, Any] = {}
        try:
            question = {name: render(value, values) for name, value in check.with_.items()}
            bound = self._registry.find(check.uses)
            result = invoke(bound, question, Call(bound.instance, key=key, now=now, timeout=PROBE_TIMEOUT))
        except (TicklessError, ExpressionError) as error:
            told = redact_secrets(error.public if isinstance(error, TicklessError) else str(error))
            return self._reading(check, question, answer=None, held=None, evidence=f"could not be read: {told}", at=now)
        answer = result.output.model_dump(mode="json")
        held = core.judge(check, answer, values)
        return self._reading(check, question, answer=answer, held=held, evidence=redact_secrets(result.summary), at=now)

    @staticmethod
    def _reading(
        check: Check,
        question: dict[str, Any],
        *,
        answer: dict[str, Any] | None,
        held: bool | None,
        evidence: str,
        at: dt.datetime,
    ) -> ProbeReading:
        return ProbeReading(
            uses=check.uses, question=question, answer=answer, expect=check.expect, held=held, evidence=evidence, at=at
        )

    def conclude(self, run: str, readings: list[dict[str, Any]]) -> dict[str, Any]:
        """Record the verdict over the last reading of every check. Returns {"result", "verdict"}; safe to call twice."""
        with self._journal.write() as tx:
            record = tx.runs.need(run)
            known = tx.verdicts.get(f"ver_{run}")
            if known is None:
                known = self._verdict(record, [ProbeReading.model_validate(reading) for reading in readings])
                tx.verdicts.put(known)
                tx.audit.append(
                    at=known.made_at,
                    actor="tickless",
                    action=f"verify.{known.result}",
                    subject=record.plan.subject,
                    case=record.case,
                    detail={"run": run, "readings": [r.model_dump(mode="json") for r in known.readings]},
                )
        return {"result": known.result, "verdict": known.id}

    def _verdict(self, run: Run, readings: list[ProbeReading]) -> Verdict:
        now = self._clock.now()
        hold = max((check.hold for check in run.plan.verify), default=0.0)
        return Verdict(
            id=f"ver_{run.id}",
            case=run.case,
            run=run.id,
            result=core.verdict(readings),
            readings=tuple(readings),
            hold_until=now + dt.timedelta(seconds=hold),
            made_at=now,
        )
