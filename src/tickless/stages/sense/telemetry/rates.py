"""Counters → what happened in a second, across batches and restarts of the counter."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from tickless.stages.sense.telemetry.batch import Floats, Ints
from tickless.stages.sense.telemetry.labels import Kind

NEWS: Final = 900.0
"""Seconds for which it is news that a counter began anew."""


class Rates:
    """The last value and time of every slot. NaN where nothing was seen."""

    def __init__(self) -> None:
        self.value: Floats = np.zeros(0)
        self.time: Floats = np.zeros(0)
        self.reset: Floats = np.zeros(0)
        """When each counter began anew last, seconds since 1970; kept in memory only."""

    def grow(self, room: int) -> None:
        """Make room for so many slots."""
        more = room - len(self.value)
        self.value = np.concatenate([self.value, np.full(more, np.nan)])
        self.time = np.concatenate([self.time, np.full(more, np.nan)])
        self.reset = np.concatenate([self.reset, np.full(more, np.nan)])

    def forget(self, slots: Ints) -> None:
        self.value[slots] = self.time[slots] = self.reset[slots] = np.nan

    def reset_before(self, slot: int, at: float) -> float | None:
        """When a counter began anew, if that was within a quarter of an hour before that time."""
        found = float(self.reset[slot])
        return found if 0.0 <= at - found <= NEWS else None

    def per_second(self, slots: Ints, times: Floats, values: Floats, *, kinds: NDArray[np.int8], once: bool) -> Floats:
        """What to watch of each value, in the same order; NaN where there is nothing to compare with yet.

        `kinds` are those of the rows; `once`: no series comes twice. A counter that is lower than before began again at
        zero. Rows of one series must be in the order of their times; those that are not later than the one before give NaN
        and change nothing.
        """
        counted = np.flatnonzero((kinds != Kind.GAUGE) & np.isfinite(values))
        watched = values.copy()
        watched[(kinds != Kind.GAUGE)] = np.nan
        if not len(counted):
            return watched
        if not once:
            counted = counted[np.argsort(slots[counted], kind="stable")]
        slot, time, value = slots[counted], times[counted], values[counted]
        before_time, before = self.time[slot], self.value[slot]
        if not once:
            again = np.flatnonzero(slot[1:] == slot[:-1]) + 1
            before_time[again], before[again] = time[again - 1], value[again - 1]
        passed = time - before_time
        with np.errstate(invalid="ignore", divide="ignore"):
            grown = np.where(kinds[counted] == Kind.DELTA, value, value - before)
            anew = (grown < 0) & (passed > 0)
            grown = np.where(grown < 0, value, grown)
            rate = np.where(passed > 0, grown / passed, np.nan)
        watched[counted] = rate
        self.reset[slot[anew]] = time[anew]
        last = True if once else np.concatenate([slot[1:] != slot[:-1], [True]])
        newer = last & ~(time <= self.time[slot])
        self.value[slot[newer]], self.time[slot[newer]] = value[newer], time[newer]
        return watched
