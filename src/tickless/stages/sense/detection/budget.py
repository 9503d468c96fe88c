"""The only knob a person turns: alarms per series and week, kept whatever the scores look like.

A series' own tail of scores says how rare a score is: a quantile tracked by stochastic approximation, an exponential tail
above it. What that misjudges is put right by integral feedback on the alarms that were raised (Gibbs and Candès, 2021,
adaptive conformal inference): for each series, and for all that share a `Pool`, which learn from one another.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

WEEK: Final = 7 * 86_400.0
TAIL: Final = 0.05
"""Share of scores beyond the tracked quantile: only these can be alarms."""
WARM: Final = 50
"""Points before the first alarm."""
RAISE: Final = 1.0
"""Powers of ten by which an alarm makes the series' next one rarer."""
RAISE_ALL: Final = 0.03
"""The same for all series that share a pool."""
RAISE_ALIKE: Final = 0.05
"""The same, on top of it, for those among them with tails as heavy."""
MANY: Final = 20.0
"""Where alarms are allowed at every step, one step moves a correction by no more than a twentieth of that."""
MOST_SHARED, LEAST_SHARED = 1.0, -2.0
"""How far the correction of all may go."""
BOUND: Final = 3.0
"""How far a series' own correction may rise."""
LOWEST: Final = -1.5
"""How far a series' own correction may fall: what happens in quiet years is no licence."""
LONGEST_STEP: Final = 3_600.0
"""Seconds between two points that count as time watched."""
QUIET_POINTS: Final = 60.0
QUIET_SHARE: Final = 0.1
"""After an alarm a series says nothing for so many points, but for no more than this share of the time to the next."""
HEAVINESSES: Final = 16
LIGHTEST: Final = 0.3
"""Mean excess of the lightest tail of scores."""
START: Final = -0.3
"""What a pool of scores begins with: their tails fall a little faster than exponentially."""
_HEAVIER: Final = math.log(1.25)
_PACE, _EXCESS_PACE = 0.02, 0.02


class Pool:
    """What the series of a house share: corrections of their tails, in powers of ten, one for each heaviness of tail, so that
    what is learnt from spiky series is not laid upon smooth ones."""

    def __init__(self, *, lightest: float = LIGHTEST, start: float = START) -> None:
        self._lightest = lightest
        self.corrections = np.full(HEAVINESSES, start)

    def heaviness(self, excess: float) -> int:
        """The class of a mean excess over the quantile; each is a quarter heavier than the one before."""
        return min(HEAVINESSES - 1, max(0, int(math.log(excess / self._lightest) / _HEAVIER)))

    def heavinesses(self, excess: NDArray[np.float32]) -> NDArray[np.intp]:
        """The same for many."""
        classes: NDArray[np.intp] = (np.log(excess / self._lightest) / _HEAVIER).astype(np.intp)
        return np.minimum(np.maximum(classes, 0), HEAVINESSES - 1)

    def spend(self, heaviness: int, alarms: float, allowed: float) -> None:
        """More alarms than allowed make the next ones rarer, fewer make them easier. A storm counts as a few: it must not
        make the house deaf to what comes after it."""
        error = (min(alarms, 3.0 + 3.0 * allowed) - allowed) / max(1.0, MANY * allowed)
        self.corrections += RAISE_ALL * error
        self.corrections[heaviness] += RAISE_ALIKE * error
        self._bound()

    def spend_many(self, alarms: NDArray[np.intp], allowed: NDArray[np.float64]) -> None:
        """The same for every heaviness at once."""
        error = (np.minimum(alarms, 3.0 + 3.0 * allowed) - allowed) / np.maximum(1.0, MANY * allowed)
        self.corrections += RAISE_ALIKE * error + RAISE_ALL * error.sum()
        self._bound()

    def _bound(self) -> None:
        np.minimum(self.corrections, MOST_SHARED, out=self.corrections)
        np.maximum(self.corrections, LEAST_SHARED, out=self.corrections)


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

    @property
    def correction(self) -> float:
        """Powers of ten by which alarms must be rarer than the tail says."""
        return self._correction

    def dump(self) -> NDArray[np.float64]:
        """What it learnt, as numbers."""
        return np.array([self._asked, self._quantile, self._excess, self._seen, self._correction, self._until])

    def load(self, dumped: NDArray[np.float64]) -> None:
        """Go on from there. Raises ValueError."""
        asked, self._quantile, self._excess, seen, self._correction, self._until = (float(one) for one in dumped)
        self.alarms_per_week, self._seen = asked, int(seen)

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
        if self._seen <= WARM or gone <= 0:
            return False
        allowed = self._asked * min(gone, LONGEST_STEP) / WEEK
        self._correction = max(LOWEST, self._correction - RAISE * allowed)
        heaviness = self._pool.heaviness(self._excess)
        wanted = -math.log10(min(1.0, allowed)) + self._correction + float(self._pool.corrections[heaviness])
        alarm = rarity > max(0.0, wanted) and time >= self._until
        if alarm:
            self._correction = min(BOUND, self._correction + RAISE)
            self._until = time + quiet_time(min(gone, LONGEST_STEP), self._asked)
        self._pool.spend(heaviness, alarm, allowed)
        return alarm

    def _learn(self, score: float) -> None:
        self._seen += 1
        over = score - self._quantile
        pace = max(_PACE, 1.0 / self._seen)
        if over > 0:
            self._excess += max(_EXCESS_PACE, 1.0 / self._seen) * (min(over, 6 * self._excess) - self._excess)
            self._excess = max(self._excess, 1e-3)
        self._quantile = max(0.0, self._quantile + 10 * pace * self._excess * ((over > 0) - TAIL))
