"""The rich detector, for suspects and service-level series: three features, one onset, a state, and alarms by budget.

How strange each feature is becomes how rare that is for this series (`tails.py`); the rarities are added with equal weights.
An onset is a sum that stands out from those lately: the threshold falls back over some 150 points. About 30,000 points a
second; `Bounds`, `TimeOfDay` and `Shape` remember 20,000 numbers each, 0.7 MB a series.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tickless.stages.sense.detection.budget import Budget, Pool
from tickless.stages.sense.detection.features import Bounds, Shape, TimeOfDay
from tickless.stages.sense.detection.tails import Tail

NOTABLE: Final = 4.4
"""An onset that people would call an anomaly; fitted on public series. Alarms go by the budget, not by this."""
WARM: Final = 50
"""Points before the first onset."""
GAP: Final = 6 * 3_600.0
"""A silence of so many seconds, and of 30 points, breaks shapes."""
_GAP_POINTS: Final = 30
_LATELY: Final = math.exp(-1 / 150)
_FADE: Final = 0.99
_BAND: Final = 0.95


class Parts(NamedTuple):
    """Where a judgement comes from: the rarity of each feature, `-log10` of its chance."""

    time_of_day: float = 0.0
    bounds: float = 0.0
    shape: float = 0.0


class Judgement(NamedTuple):
    """What is said of one point.

    `onset`: how strange what begins here is, 0 while it goes on; `state`: how strange it is still; both add up rarities and
    reach 36. The value was expected between `expected_low` and `expected_high`, which 95 of 100 are. `alarm`: by budget.
    """

    onset: float
    state: float
    expected_low: float
    expected_high: float
    alarm: bool
    parts: Parts = Parts()


class RichDetector:
    """One series. Feed it points in order of time; it has no clock and no randomness."""

    def __init__(self, *, alarms_per_week: float = 0.5, pool: Pool | None = None) -> None:
        self.budget = Budget(alarms_per_week, pool=pool)
        self._of_day, self._bounds, self._shape = TimeOfDay(), Bounds(), Shape()
        self._tails = (Tail(), Tail(), Tail())
        self._seen = 0
        self._last = -math.inf
        self._step = 0.0
        self._lately = self._state = 0.0

    def update(self, time: float, value: float) -> Judgement:
        """Judge a point (seconds since the epoch, UTC), then learn it. What is not finite, or not later than the last,
        is passed over: its onset is 0 and nothing is learnt."""
        if not (math.isfinite(time) and math.isfinite(value) and time > self._last and abs(value) < 1e150):
            low, high = self.expected(time if math.isfinite(time) else self._last)
            return Judgement(0.0, self._state, low, high, alarm=False)
        gone = time - self._last if self._seen else 0.0
        if self._seen and gone > GAP and gone > _GAP_POINTS * self._step:
            self._shape.restart()
        self._step = gone if self._seen <= 1 else self._step + 0.05 * (min(gone, 10 * self._step) - self._step)
        self._last = time
        self._seen += 1
        low, high = self.expected(time) if self._seen > 1 else (value, value)
        parts = self._rarities(time, value)
        if self._seen <= WARM:
            return Judgement(0.0, 0.0, low, high, alarm=False, parts=parts)
        score = sum(parts)
        self._lately *= _LATELY
        onset = score if score > self._lately else 0.0
        self._lately = max(self._lately, score)
        self._state = max(score, self._state * _FADE)
        alarm = self.budget.push(onset, time=time, gone=gone)
        return Judgement(onset, self._state, low, high, alarm, parts)

    @property
    def seen(self) -> int:
        """Points taken in."""
        return self._seen

    def dump(self) -> dict[str, NDArray[np.float64]]:
        """Everything that is known, as arrays; the pool apart."""
        own = np.array([self._seen, self._last, self._step, self._lately, self._state])
        parts = {"own": own, "budget": self.budget.dump(), "day": self._of_day.dump(), "bounds": self._bounds.dump()}
        return parts | {"shape": self._shape.dump()} | {f"tail{i}": one.dump() for i, one in enumerate(self._tails)}

    def load(self, dumped: Mapping[str, NDArray[np.float64]]) -> None:
        """Go on where the dumped one was, from a detector that is new. Raises KeyError, ValueError, IndexError."""
        seen, self._last, self._step, self._lately, self._state = (float(one) for one in dumped["own"])
        self._seen = int(seen)
        self.budget.load(dumped["budget"])
        self._of_day.load(dumped["day"])
        self._bounds.load(dumped["bounds"])
        self._shape.load(dumped["shape"])
        for place, tail in enumerate(self._tails):
            tail.load(dumped[f"tail{place}"])

    def expected(self, time: float) -> tuple[float, float]:
        """The band in which a value is expected at that time; 0 and 0 before the first point."""
        middle = self._of_day.expected(time) if self._seen else 0.0
        if not math.isfinite(middle):
            return 0.0, 0.0
        width = self._tails[0].quantile(_BAND)
        return middle - width, middle + width

    def _rarities(self, time: float, value: float) -> Parts:
        strange = (self._of_day.push(time, value), self._bounds.push(value), self._shape.push(value))
        return Parts(*(0.0 if one is None else tail.push(one) for tail, one in zip(self._tails, strange, strict=True)))
