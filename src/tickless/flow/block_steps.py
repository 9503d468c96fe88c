"""The steps of blocks inside a run: synchronous, small, safe to run again."""

from __future__ import annotations

from typing import Any

from tickless.domain.plan import Run
from tickless.domain.receipt import Receipt
from tickless.flow import names
from tickless.flow.rooms import Rooms
from tickless.flow.run_steps import STOPPED, RunSteps
from tickless.stages.act.blocks import CANNOT, checks_in, output_of, outputs_of
from tickless.stages.act.places import values_at

AGAIN = "I looked, and it is not done yet."


class BlockSteps:
    """One method per step; every argument and result is small JSON."""

    def __init__(self, rooms: Rooms, steps: RunSteps) -> None:
        self._rooms = rooms
        self._run_steps = steps

    def wave(self, run: str, work: list[list[Any]]) -> list[dict[str, Any]]:
        """Several steps side by side: [reference, attempt] → what each answers, in their order."""
        return self._rooms.act.wave(work, lambda ref, attempt: self._run_steps.step(run, ref, attempt))

    def look(self, run: str, step: str, phase: str, index: int, refs: list[str]) -> list[dict[str, Any]]:
        """Read one check of a block for several of its places: {"held", "evidence", "otherwise", "because"} of each."""
        record, receipts, case = self._read(run)
        check = checks_in(record.plan, step, phase)[index]
        told = []
        for ref in refs:
            values = values_at(record.plan, receipts, ref, case=case)
            reading = self._rooms.verify.look_at(check, values, key=f"{run}:{ref}:{phase}:{index}")
            told.append({"held": reading.held, "evidence": reading.evidence, "otherwise": check.otherwise,
                         "because": check.because or f"A precondition {reading.evidence}."})  # fmt: skip
        return told

    def close_block(self, run: str, step: str, total: int, failed: list[str]) -> dict[str, Any]:
        """Write down how a loop or steps side by side ended."""
        record, receipts, _ = self._read(run)
        output = output_of(record.plan, step, receipts, total=total, failed=failed)
        return self._rooms.act.settle(run, step, output, f"{total - len(failed)} of {total} are done")

    def close_call(self, run: str, step: str, done: bool) -> dict[str, Any]:
        """Write down what the called runbook gives; `done` False: there was nothing to do."""
        record, receipts, case = self._read(run)
        output = outputs_of(record.plan, step, receipts, case=case) if done else {}
        return self._rooms.act.settle(run, step, output, "done and read back" if done else "there was nothing to do")

    def close_wait(self, run: str, step: str, held: bool) -> dict[str, Any]:
        """Write down whether it became so."""
        return self._rooms.act.settle(run, step, {"held": held}, "it is so" if held else "it did not become so in time")

    def ask(self, run: str, step: str, told: dict[str, Any], turn: int) -> dict[str, Any]:
        """Ask a person to do it: {"end": None}, or how the run ends because nobody can be asked."""
        text = told["text"] if turn == 0 else f"{AGAIN} {told['text']}"
        asked = self._run_steps.ask(run, step, {**told, "text": text, "turn": turn})
        if asked is None:
            return {"end": {"end": "handed_off", "reason": "nobody could be asked", "service": None}}
        if asked == STOPPED:
            return {"end": {"end": "stopped", "reason": "the case was closed meanwhile"}}
        return {"end": None}

    def heard(self, run: str, step: str, heard: dict[str, Any]) -> bool:
        """Whether the person says that it is done."""
        now = self._rooms.clock.now()
        with self._rooms.journal.write() as tx:
            case = tx.cases.need(tx.runs.need(run).case, lock=True)
            if names.belongs(run, case):
                tx.cases.put(case.model_copy(update={"state": "acting", "updated_at": now}))
        return str(heard["text"]).strip().casefold() != CANNOT.casefold()

    def close_manual(self, run: str, step: str, heard: dict[str, Any]) -> dict[str, Any]:
        return self._rooms.act.settle(run, step, {"answer": str(heard["text"])}, "done by a person, and read back")

    def _read(self, run: str) -> tuple[Run, list[Receipt], dict[str, Any]]:
        with self._rooms.journal.read() as tx:
            record = tx.runs.need(run)
            case = tx.cases.need(record.case)
            return record, tx.receipts_of(run), {"id": case.id, "number": case.number}
