"""How rare a number is among those seen before."""

from __future__ import annotations

import math
from array import array
from bisect import bisect_left, insort
from collections import deque
from typing import Final

import numpy as np
from numpy.typing import NDArray

MEMORY: Final = 20_000
"""How many numbers are remembered; what is labelled an anomaly is rare in weeks, not in hours."""
FEWEST: Final = 20
"""Below this many nothing is rare."""
HIGHEST: Final = 12.0
_TOP: Final = 0.03
_STEEPEST: Final = 0.03
_RELATIVE: Final = 1e-9


class Tail:
    """Turns numbers into `-log10 P(X > x)`, each judged by those before it: counted below the 97th percentile, a Pareto tail
    (Hill, 1975, on the excess over that percentile) above it. From 0 to 12; ties are ordinary."""

    def __init__(self, memory: int = MEMORY) -> None:
        self._order: deque[float] = deque(maxlen=memory)
        self._sorted = array("d")

    def dump(self) -> NDArray[np.float64]:
        """What it remembers, oldest first."""
        return np.array(self._order, np.float64)

    def load(self, dumped: NDArray[np.float64]) -> None:
        """Go on from there."""
        self._order.extend(dumped.tolist())
        self._sorted = array("d", sorted(self._order))

    def push(self, number: float) -> float:
        """The rarity of a finite number; then it is remembered."""
        rarity = self.rarity(number)
        if len(self._order) == self._order.maxlen:
            del self._sorted[bisect_left(self._sorted, self._order[0])]
        self._order.append(number)
        insort(self._sorted, number)
        return rarity

    def rarity(self, number: float) -> float:
        """The rarity of a number, which is not remembered."""
        known, count = self._sorted, len(self._sorted)
        if count < FEWEST:
            return 0.0
        top = max(3, int(count * _TOP))
        edge = known[-top]
        if number <= edge:
            return -math.log10(min(1.0, (count - bisect_left(known, number) + 1) / (count + 1)))
        unit = max(edge - known[count // 2], _RELATIVE * abs(edge), 1e-300)
        slope = float(np.log1p((np.frombuffer(known)[-top:] - edge) / unit).mean())
        beyond = math.log1p((number - edge) / unit) / max(slope, _STEEPEST)
        return min(HIGHEST, -math.log10((top + 1) / (count + 1)) + beyond / math.log(10))

    def quantile(self, share: float) -> float:
        """The number that so many of those remembered do not exceed; 0 where there are none."""
        return self._sorted[min(len(self._sorted) - 1, int(share * len(self._sorted)))] if self._sorted else 0.0
