"""Counters → what happened in a second, across batches and restarts of the counter."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tickless.stages.sense.telemetry.batch import Floats, Ints
from tickless.stages.sense.telemetry.labels import Kind


class Rates:
    """The last value and time of every slot. NaN where nothing was seen."""

    def __init__(self) -> None:
        self.value: Floats = np.zeros(0)
        self.time: Floats = np.zeros(0)

    def grow(self, room: int) -> None:
        """Make room for so many slots."""
        more = room - len(self.value)
        self.value = np.concatenate([self.value, np.full(more, np.nan)])
        self.time = np.concatenate([self.time, np.full(more, np.nan)])

    def forget(self, slots: Ints) -> None:
        self.value[slots] = self.time[slots] = np.nan

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
            grown = np.where(grown < 0, value, grown)
            rate = np.where(passed > 0, grown / passed, np.nan)
        watched[counted] = rate
        last = True if once else np.concatenate([slot[1:] != slot[:-1], [True]])
        newer = last & ~(time <= self.time[slot])
        self.value[slot[newer]], self.time[slot[newer]] = value[newer], time[newer]
        return watched
