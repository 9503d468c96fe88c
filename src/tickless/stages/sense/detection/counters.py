"""Counters become rates, before a detector sees them. Thousands at once; a counter that starts anew is no fall."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tickless.stages.sense.detection.reading import Which

LONGEST: Final = 3_600.0
"""After a longer silence there is no rate: the mean over it would hide what happened."""


class CounterRates:
    """The last point of each of `capacity` counters."""

    def __init__(self, capacity: int) -> None:
        self._times = np.full(capacity, np.nan)
        self._values = np.full(capacity, np.nan)

    def update(self, indices: Which, times: ArrayLike, values: ArrayLike) -> NDArray[np.float64]:
        """Increase per second since each counter's last point; no series twice in one call.

        NaN, which detectors pass over: for the first point, after an hour of silence, and for a point that is not finite or
        not later. A lower value than the last means that the counter began again at 0.
        """
        now, fresh = np.broadcast_arrays(np.asarray(times, np.float64), np.asarray(values, np.float64))
        before, known = self._times[indices], self._values[indices]
        usable = np.isfinite(now) & np.isfinite(fresh) & ~(now <= before)
        with np.errstate(invalid="ignore", over="ignore", divide="ignore"):
            gone = now - before
            rise = np.where(fresh < known, fresh, fresh - known)
            rates = np.where(usable & (gone <= LONGEST), rise / gone, np.nan)
        self._times[indices] = np.where(usable, now, before)
        self._values[indices] = np.where(usable, fresh, known)
        return np.asarray(np.where(np.isfinite(rates), rates, np.nan), np.float64)

    def forget(self, indices: Which) -> None:
        """Make these places empty, for other counters."""
        self._times[indices] = self._values[indices] = np.nan
