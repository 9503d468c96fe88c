"""Looks at what runs achieved: proposes promotions (a person grants them) and demotes at once."""

from __future__ import annotations

import datetime as dt

from tickless.journal import Journal, Tx
from tickless.stages.learn.core import DEMOTE_RECENT, Evidence, demotion, evidence, proposal

_MANY = 10_000
_FAILED = frozenset({"failed", "undone", "unverified"})


class LearnRoom:
    """The ladder's evidence. `default_rung`: where a runbook stands that nobody moved."""

    def __init__(self, *, journal: Journal, default_rung: str) -> None:
        self._journal = journal
        self._default = default_rung

    def evidence(self, tx: Tx, runbook: str) -> Evidence:
        """How a runbook did so far."""
        runs = tx.runs.by(runbook=runbook, limit=_MANY)
        failures = sum(1 for run in runs[-DEMOTE_RECENT:] if run.state in _FAILED and not run.dry_run)
        return evidence(runbook, tx.resolutions.by(runbook=runbook, limit=_MANY), failures=failures)

    def proposed(self, runbook: str) -> str | None:
        """The rung that a person may grant now, by the evidence."""
        with self._journal.read() as tx:
            rung = tx.coordination.rungs().get(runbook, self._default)
            return proposal(rung, self.evidence(tx, runbook))

    def after_failure(self, tx: Tx, runbook: str, *, now: dt.datetime) -> None:
        """Demote at once where the evidence says so; called in the transaction that records the failure."""
        rung = tx.coordination.rungs().get(runbook, self._default)
        found = self.evidence(tx, runbook)
        lower = demotion(rung, found)
        if lower is None:
            return
        tx.coordination.set_rung(runbook, rung=lower, by="tickless", at=now)
        tx.audit.append(
            at=now,
            actor="tickless",
            action="autonomy.demoted",
            subject=f"runbook:{runbook}",
            detail={"from": rung, "to": lower, "tries": found.tries, "recent_bad": found.recent_bad},
        )
