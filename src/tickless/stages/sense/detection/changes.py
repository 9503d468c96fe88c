"""Change points: when a series went over to another level, and from which to which."""

from __future__ import annotations

from collections import deque
from statistics import median
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

WIDTH: Final = 30
"""Points on either side of a change."""
CLEAR: Final = 5.0
"""How many mean deviations two levels must be apart."""
_FLAT: Final = 1e-6


class Change(NamedTuple):
    """The level before and after, as medians of 30 points, and the time of the first point after."""

    time: float
    before: float
    after: float


class ChangeFinder:
    """One series. A change is told once, 30 points after it happened; one spike is none."""

    def __init__(self) -> None:
        self._points: deque[tuple[float, float]] = deque(maxlen=2 * WIDTH)
        self._wait = 0

    def dump(self) -> NDArray[np.float64]:
        """What it remembers, as numbers."""
        return np.array([float(self._wait), *(x for point in self._points for x in point)])

    def load(self, dumped: NDArray[np.float64]) -> None:
        """Go on from there. Raises ValueError, IndexError."""
        self._wait = int(dumped[0])
        self._points.extend((time, value) for time, value in dumped[1:].reshape(-1, 2).tolist())

    def push(self, time: float, value: float) -> Change | None:
        """The change that this point makes certain. Give finite values, in order of time."""
        self._points.append((time, value))
        self._wait = max(0, self._wait - 1)
        if self._wait or len(self._points) < 2 * WIDTH:
            return None
        values = [one for _, one in self._points]
        old, new = values[:WIDTH], values[WIDTH:]
        before, after = median(old), median(new)
        spread = median([abs(one - before) for one in old] + [abs(one - after) for one in new])
        if abs(after - before) <= CLEAR * spread + _FLAT * abs(before) or not _parted(old, new):
            return None
        self._wait = WIDTH
        return Change(self._points[WIDTH][0], before, after)


def _parted(old: list[float], new: list[float]) -> bool:
    """Whether nearly all of the old points lie on one side of nearly all of the new ones: the change was here, not within."""
    middle = (median(old) + median(new)) / 2
    rising = median(new) > median(old)
    strayed = sum((one > middle) is rising for one in old) + sum((one > middle) is not rising for one in new)
    return strayed <= WIDTH // 10
