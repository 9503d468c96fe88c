"""What is usual at this hour of the week, once two weeks or more have shown it. Pure; state is bounded by 168 hours."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

HOURS: Final = 168
HOUR: Final = 3_600.0
WEEKS: Final = 3
"""Weeks that must have shown an hour before it counts."""
KEPT: Final = 8
"""Weeks that are remembered, the oldest fading."""
WIDE: Final = 3.0
_MONDAY: Final = 4 * 86_400.0
"""1 January 1970 was a Thursday."""


class Week:
    """The extremes of each hour of the week (UTC), in the mean of the weeks."""

    def __init__(self) -> None:
        self._hours = np.zeros((HOURS, 4))
        """For each: weeks seen, mean of the lowest, mean of the highest, mean of their distance."""
        self._now = -1
        self._low = self._high = 0.0

    def push(self, time: float, value: float) -> None:
        """Take a value in, in order of time."""
        hour = int((time - _MONDAY) // HOUR)
        if hour != self._now:
            if self._now >= 0:
                self._close(self._now % HOURS)
            self._now, self._low, self._high = hour, value, value
        self._low, self._high = min(self._low, value), max(self._high, value)

    def expected(self, time: float) -> tuple[float, float] | None:
        """Between what a value is usual in that hour; None while too few weeks have shown it."""
        seen, low, high, apart = self._hours[int((time - _MONDAY) // HOUR) % HOURS].tolist()
        if seen < WEEKS:
            return None
        return low - apart / WIDE, high + apart / WIDE

    def usual(self, time: float, value: float) -> bool:
        """Whether so much is what other weeks had at that hour."""
        band = self.expected(time)
        return band is not None and band[0] <= value <= band[1]

    def dump(self) -> NDArray[np.float64]:
        """Everything known."""
        return np.concatenate([[self._now, self._low, self._high], self._hours.ravel()])

    def load(self, dumped: NDArray[np.float64]) -> None:
        """Go on from there. Raises ValueError."""
        self._hours = dumped[3:].reshape(HOURS, 4).copy()
        self._now, self._low, self._high = int(dumped[0]), float(dumped[1]), float(dumped[2])

    def _close(self, hour: int) -> None:
        seen, low, high, apart = self._hours[hour].tolist()
        count = min(seen + 1, KEPT)
        self._hours[hour] = (
            count,
            low + (self._low - low) / count,
            high + (self._high - high) / count,
            apart + (self._high - self._low - apart) / count,
        )
