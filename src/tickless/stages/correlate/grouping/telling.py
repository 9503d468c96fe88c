"""What the class of an alert tells of where trouble began: known of some classes, learnt of all from storms that ended."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

BROKEN = frozenset({
    "account_lockout", "backup_failed", "certificate_expired", "certificate_expiring", "clock_skew", "cpu_high",
    "crash_looping", "disk_filling", "disk_full", "heartbeat_missed", "host_down", "licence_expiring", "memory_high",
    "pool_exhausted", "process_down", "service_down",
})  # fmt: skip
"""Classes that say what is broken: the trouble often began there."""
HURT = frozenset({"error_rate_high", "http_errors", "latency_high", "slow"})
"""Classes that say that something hurts, wherever it began."""
USUAL, USUAL_BROKEN, USUAL_HURT = 0.35, 0.65, 0.15
"""How often trouble began at a thing whose alert is of some class, before anything was seen."""
WEIGHT = 10.0
"""For how many things seen that counts."""
MOST = 1.5
"""What a class may say at most (logarithm of the odds)."""
CLASSES = 2_000
"""Classes that are counted."""


class Telling:
    """Counts where storms began."""

    def __init__(self) -> None:
        self._began: dict[str, float] = {}
        self._seen: dict[str, float] = {}

    def chance(self, need: str) -> float:
        """That trouble began at a thing with an alert of this class."""
        usual = USUAL_BROKEN if need in BROKEN else USUAL_HURT if need in HURT else USUAL
        return (self._began.get(need, 0.0) + usual * WEIGHT) / (self._seen.get(need, 0.0) + WEIGHT)

    def weight(self, need: str) -> float:
        """The same against any class (logarithm of the odds); 0 where there is none."""
        if not need:
            return 0.0
        chance = min(max(self.chance(need), 1e-6), 1 - 1e-6)
        odds = math.log(chance / (1 - chance)) - math.log(USUAL / (1 - USUAL))
        return max(-MOST, min(MOST, odds))

    def learn(self, classes: Mapping[str, Iterable[str]], chances: Mapping[str, float]) -> None:
        """A storm ended. `classes`: thing → those of its alerts; `chances`: thing → that it began there."""
        for node, needs in classes.items():
            for need in sorted(needs):
                if need in self._seen or len(self._seen) < CLASSES:
                    self._seen[need] = self._seen.get(need, 0.0) + 1
                    self._began[need] = self._began.get(need, 0.0) + chances.get(node, 0.0)
