"""What a request changed out there: the receipts of its own runs and of its parts."""

from __future__ import annotations

from dataclasses import dataclass

from tickless.domain.case import Case, is_part
from tickless.domain.plan import Run
from tickless.domain.receipt import Receipt, stays
from tickless.journal.journal import Tx

MOST_PARTS = 2_000


@dataclass(frozen=True)
class Change:
    """One effect, and the run that had it."""

    run: Run
    receipt: Receipt

    @property
    def title(self) -> str:
        """What was done, in the runbook's words."""
        step = next((one for one in self.run.plan.steps if one.id == self.receipt.step), None)
        return (step.title if step and step.title else self.receipt.step)[:120]


def parts_of(tx: Tx, case: Case) -> list[Case]:
    """The parts of a request, oldest first."""
    table = tx.cases.table.c
    mine = table.requester.is_(None) if case.requester is None else table.requester == case.requester
    later = tx.cases.where(mine, table.number > case.number, order=table.number, limit=MOST_PARTS)
    return [one for one in later if one.parent == case.id and is_part(one)]


def changes_of(tx: Tx, case: Case) -> list[Change]:
    """Everything that the request and its parts changed and that stands or was taken back, the latest first."""
    found = []
    for one in (case, *parts_of(tx, case)):
        for run in tx.runs.by(case=one.id):
            receipts = tx.receipts_of(run.id)
            undoable = [r for r in receipts if r.changed and r.state in {"done", "undone"} and r.undo is not None]
            found += [Change(run, receipt) for receipt in (*undoable, *stays(receipts))]
    return sorted(found, key=lambda one: (one.receipt.started_at, one.receipt.key), reverse=True)
