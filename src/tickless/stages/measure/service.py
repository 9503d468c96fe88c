"""Reads the first numbers out of the journal."""

from __future__ import annotations

from dataclasses import dataclass

from tickless.journal import Journal
from tickless.stages.measure import core

_ALL = 10_000_000


@dataclass(frozen=True)
class FirstNumbers:
    """See `flow.desk.Numbers`."""

    cases: int
    live: int
    doors: dict[str, int]
    outcomes: dict[str, int]
    seconds_to_verified: dict[str, float | None]
    minutes_saved: float
    waiting_for_approval: int


class MeasureRoom:
    """Read-only."""

    def __init__(self, *, journal: Journal) -> None:
        self._journal = journal

    def numbers(self) -> FirstNumbers:
        """Counts and times over everything that happened so far."""
        with self._journal.read() as tx:
            resolutions = tx.resolutions.where(limit=_ALL)
            table = tx.cases.table.c
            return FirstNumbers(
                cases=tx.cases.count(),
                live=tx.cases.count_live(),
                doors={door: tx.cases.count(table.door == door) for door in ("human", "machine")},
                outcomes=core.outcomes(resolutions),
                seconds_to_verified=core.seconds_to_verified(resolutions),
                minutes_saved=core.minutes_saved(resolutions),
                waiting_for_approval=tx.approvals.count(tx.approvals.table.c.state == "pending"),
            )
