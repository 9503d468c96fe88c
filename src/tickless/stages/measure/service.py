"""Reads the first numbers out of the journal."""

from __future__ import annotations

from dataclasses import dataclass

from tickless.journal import Journal
from tickless.stages.measure import core


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
            table, tallies = tx.cases.table.c, tx.resolutions.tally()
            return FirstNumbers(
                cases=tx.cases.count(),
                live=tx.cases.count_live(),
                doors={door: tx.cases.count(table.door == door) for door in ("human", "machine")},
                outcomes=core.side_by_side({outcome: one.count for outcome, one in tallies.items()}),
                seconds_to_verified={
                    name: tx.resolutions.seconds_at(share, outcomes=core.PROVEN)
                    for name, share in (("p50", 0.50), ("p99", 0.99))
                },
                minutes_saved=sum(one.minutes_saved for outcome, one in tallies.items() if outcome in core.SAVING),
                waiting_for_approval=tx.approvals.count(tx.approvals.table.c.state == "pending"),
            )
