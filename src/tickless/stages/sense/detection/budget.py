"""The only knob a person turns: alarms per series and week, kept whatever the scores look like.

A series' own tail of scores says how rare a score is: a quantile tracked by stochastic approximation, an exponential tail
above it. What that misjudges is put right by integral feedback on the alarms that were raised (Gibbs and Candès, 2021,
adaptive conformal inference): for each series, and for all that share a `Pool`, which learn from one another.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

WEEK: Final = 7 * 86_400.0
TAIL: Final = 0.05
"""Share of scores beyond the tracked quantile: only these can be alarms."""
WARM: Final = 50
"""Points before the first alarm."""
RAISE: Final = 0.15
"""Powers of ten by which an alarm makes the series' next one rarer."""
RAISE_ALL: Final = 0.02
"""The same for all series that share a pool."""
BOUND: Final = 3.0
LOWEST: Final = -1.5
"""How far a series' own correction may fall: what happens in quiet years is no licence."""
LONGEST_STEP: Final = 3_600.0
"""Seconds between two points that count as time watched."""
QUIET_POINTS: Final = 60.0
QUIET_SHARE: Final = 0.1
"""After an alarm a series says nothing for so many points, but for no more than this share of the time to the next."""
_PACE, _EXCESS_PACE = 0.02, 0.02


@dataclass
class Pool:
    """What the series of a house share: a correction of their tails, in powers of ten."""

    correction: float = 0.0

    def spend(self, alarms: int, allowed: float) -> None:
        """More alarms than allowed make the next ones rarer, fewer make them easier."""
        moved = self.correction + RAISE_ALL * (alarms - allowed) / max(1.0, allowed)
        self.correction = min(BOUND, max(-BOUND, moved))


def quiet_time(gone: float, alarms_per_week: float) -> float:
    """Seconds without alarm after one, for a series with so many seconds from point to point."""
    return min(QUIET_POINTS * gone, QUIET_SHARE * WEEK / alarms_per_week)


class Budget:
    """Which scores of one series are alarms. Raises ValueError for a budget that is not positive and finite."""

    def __init__(self, alarms_per_week: float, *, pool: Pool | None = None) -> None:
        self._pool = pool or Pool()
        self.alarms_per_week = alarms_per_week
        self._quantile, self._excess = 0.0, 1.0
        self._seen = 0
        self._correction = 0.0
        self._until = -math.inf

    @property
    def alarms_per_week(self) -> float:
        """The knob."""
        return self._asked

    @alarms_per_week.setter
    def alarms_per_week(self, asked: float) -> None:
        if not (math.isfinite(asked) and asked > 0):
            raise ValueError("a budget is a positive number of alarms per series and week")
        self._asked = asked

    def forgive(self, decades: float) -> None:
        """Make alarms rarer (positive) or easier (negative) by so many powers of ten; see `feedback`."""
        self._correction = min(BOUND, max(LOWEST, self._correction + decades))

    def rarity(self, score: float) -> float:
        """`-log10` of the chance of such a score in this series; 0 for ordinary ones."""
        over = score - self._quantile
        return -math.log10(TAIL) + over / (self._excess * math.log(10)) if over > 0 else 0.0

    def push(self, score: float, *, time: float, gone: float) -> bool:
        """Whether this score is an alarm, `gone` seconds after the last. Scores are 0 or more, and finite."""
        rarity = self.rarity(score)
        self._learn(score)
        if self._seen <= WARM:
            return False
        allowed = self._asked * min(gone, LONGEST_STEP) / WEEK
        self._correction = max(LOWEST, self._correction - RAISE * allowed)
        wanted = -math.log10(min(1.0, allowed)) + self._correction + self._pool.correction
        alarm = rarity > 0 and rarity > wanted and time >= self._until
        if alarm:
            self._correction = min(BOUND, self._correction + RAISE)
            self._until = time + quiet_time(min(gone, LONGEST_STEP), self._asked)
        self._pool.spend(int(alarm), allowed)
        return alarm

    def _learn(self, score: float) -> None:
        self._seen += 1
        over = score - self._quantile
        pace = max(_PACE, 1.0 / self._seen)
        if over > 0:
            self._excess += max(_EXCESS_PACE, 1.0 / self._seen) * (min(over, 6 * self._excess) - self._excess)
            self._excess = max(self._excess, 1e-3)
        self._quantile = max(0.0, self._quantile + 10 * pace * self._excess * ((over > 0) - TAIL))
