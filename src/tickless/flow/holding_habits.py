"""How alerts of a kind usually go, learnt while they end. In the intake's transaction."""

from __future__ import annotations

from tickless.domain.case import Case
from tickless.domain.habit import Habit
from tickless.domain.signal import Signal
from tickless.journal import Tx
from tickless.journal.alerts import Alert
from tickless.kit.canonical import digest
from tickless.stages.correlate.hygiene.pausing import seen_more

BY_PEOPLE = frozenset({"silenced", "maintenance"})
"""Reasons that people gave."""
_NOTHING_DONE = frozenset({"open", "awaiting_approval", "awaiting_person"})


class Habits:
    """Reads each kind once a batch, and writes what changed at its end."""

    def __init__(self, tx: Tx) -> None:
        self._tx = tx
        self._known: dict[str, Habit] = {}
        self._changed: set[str] = set()

    def of(self, source: str, need: str, severity: str | None) -> Habit:
        identity = digest([source, need, severity or ""])[:32]
        if identity not in self._known:
            known = self._tx.alert_habits.get(identity)
            self._known[identity] = known or Habit(id=identity, source=source, need=need, severity=severity or "")
        return self._known[identity]

    def learn(self, signal: Signal, known: Alert, case: Case | None) -> None:
        """It is over. It healed alone when nothing was done in its case; while people work on its service it tells nothing."""
        if known.fired_at is None or signal.kind != "alert" or known.held in BY_PEOPLE:
            return
        habit = self.of(known.source, known.need or "unknown", known.severity)
        alone = case is None or case.state in _NOTHING_DONE or case.outcome == "muted"
        seconds = max(0.0, (signal.occurred_at - known.fired_at).total_seconds())
        self._known[habit.id] = seen_more(habit, seconds=seconds, alone=alone)
        self._changed.add(habit.id)

    def save(self) -> None:
        """Call it at the end of the batch."""
        for identity in sorted(self._changed):
            self._tx.alert_habits.put(self._known[identity])
