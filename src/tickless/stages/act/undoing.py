"""Takes back what a run changed, the latest step first."""

from __future__ import annotations

from typing import Any

from tickless.domain.errors import OutsideError, TicklessError
from tickless.domain.plan import Run
from tickless.domain.receipt import Receipt, stays
from tickless.domain.step import Step
from tickless.journal import Journal
from tickless.kit.clock import Clock
from tickless.sdk.connector import Call
from tickless.sdk.invoke import invoke
from tickless.sdk.registry import Registry
from tickless.stages.act import core
from tickless.stages.act.gate import LOOK_AGAIN, brake_on
from tickless.stages.act.places import step_at


class Undoing:
    """Taking back is a change, too: it waits behind the same brakes."""

    def __init__(self, *, journal: Journal, registry: Registry, clock: Clock) -> None:
        self._journal = journal
        self._registry = registry
        self._clock = clock

    def undo(self, run: str) -> dict[str, Any]:
        """Returns {"undone": [...], "left": [...]}; or {"braked": why, "after": seconds} while a brake is set, and while a
        target is away that may be there again (as often as its step says): then it goes on where it was."""
        left: list[str] = []
        with self._journal.read() as tx:
            record = tx.runs.need(run)
            receipts = tx.receipts_of(run)
        undone = [one.step for one in reversed(receipts) if one.state == "undone"]
        for receipt in core.to_undo(receipts):
            brake = self._brake(record)  # looked at before each: a brake may be set while this goes on
            if brake is not None:
                return {"braked": brake, "after": LOOK_AGAIN}
            step = step_at(record.plan, receipt.step)
            try:
                error = self._take_back(record, receipt, timeout=step.timeout)
            except OutsideError as away:
                after = _worth_another(step, receipt, away)
                tried = receipt.model_copy(update={"undo_attempts": receipt.undo_attempts + 1})
                self._note(record, tried, state=receipt.state, error=away.public)
                if after is not None:
                    return {"braked": away.public, "after": after}
                error = away.public
            (left if error else undone).append(receipt.step)
        left += [one.step for one in stays(receipts)]
        return {"undone": undone, "left": left}

    def _brake(self, run: Run) -> str | None:
        with self._journal.read() as tx:
            service = tx.cases.need(run.case).service
            return brake_on(tx, run, now=self._clock.now(), begun=True, service=service)

    def _take_back(self, run: Run, receipt: Receipt, *, timeout: float) -> str | None:
        """Why it is not undone; None: it is. Raises `OutsideError`."""
        undo = receipt.undo
        if undo is None:
            return "it cannot be taken back"
        now = self._clock.now()
        try:
            bound = self._registry.find(undo.uses)
            call = Call(instance=bound.instance, key=f"{receipt.key}:undo", now=now, timeout=timeout)
            result = invoke(bound, undo.with_, call)
        except OutsideError:
            raise
        except TicklessError as error:
            self._note(run, receipt, state=receipt.state, error=error.public)
            return error.public
        self._note(run, receipt, state="undone", error=None, summary=result.summary)
        return None

    def _note(self, run: Run, receipt: Receipt, *, state: str, error: str | None, summary: str = "") -> None:
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


def _worth_another(step: Step, receipt: Receipt, error: OutsideError) -> float | None:
    """Seconds until taking back is tried again; None: it would not help, or was tried often enough."""
    if error.retry.when != "after":
        return None
    return core.retry_wait(step, attempt=receipt.undo_attempts, asked=error.retry.seconds)
