"""The last two hours of every series, a value a minute, in one array. Bounded: 520 bytes a series."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.intp]
Floats = NDArray[np.float64]
MINUTES: Final = 128
BYTES_PER_SERIES: Final = 4 * MINUTES + 8
_NEVER: Final = -(2**40)


class Recent:
    """`ring[minute % 128, slot]`: the last value of that minute; NaN where there was none."""

    def __init__(self) -> None:
        self.ring: NDArray[np.float32] = np.zeros((MINUTES, 0), np.float32)
        self.last: NDArray[np.int64] = np.zeros(0, np.int64)

    def grow(self, room: int) -> None:
        """Make room for so many slots."""
        more = room - len(self.last)
        self.ring = np.concatenate([self.ring, np.full((MINUTES, more), np.nan, np.float32)], axis=1)
        self.last = np.concatenate([self.last, np.full(more, _NEVER, np.int64)])

    def forget(self, slots: Ints) -> None:
        """Make these places empty."""
        self.ring[:, slots] = np.nan
        self.last[slots] = _NEVER

    def note(self, slots: Ints, times: Floats, values: Floats) -> None:
        """Take values in; of one series in order of their times. What is older than what is known changes nothing."""
        if not len(slots):
            return
        first, last = int(times.min() // 60.0), int(times.max() // 60.0)
        if first == last:
            self._minute(first, slots, values)
            return
        minutes = (times // 60.0).astype(np.int64)
        order = np.argsort(minutes, kind="stable")
        sorted_minutes = minutes[order]
        edges = np.flatnonzero(np.diff(sorted_minutes)) + 1
        for rows in np.split(order, edges):
            self._minute(int(minutes[rows[0]]), slots[rows], values[rows])

    def _plain(self, minute: int, slots: Ints, values: Floats) -> bool:
        """The quick way for a scrape in order, without gaps; whether it could be gone."""
        where = slice(int(slots[0]), int(slots[-1]) + 1)
        if not (np.diff(slots) == 1).all():
            return False
        last = self.last[where]
        if not (last.min() >= minute - 1 and last.max() <= minute and np.isfinite(values).all()):
            return False
        self.ring[minute % MINUTES, where] = values
        self.last[where] = minute
        return True

    def window(self, slot: int) -> tuple[Floats, Floats]:
        """(times, values) of one series, oldest first: the beginnings of minutes, seconds since 1970."""
        minutes = self.last[slot] - np.arange(MINUTES - 1, -1, -1)
        values = self.ring[minutes % MINUTES, slot].astype(np.float64)
        known = np.isfinite(values) & (self.last[slot] > 0)
        return minutes[known] * 60.0, values[known]

    def _minute(self, minute: int, slots: Ints, values: Floats) -> None:
        if slots[-1] - slots[0] == len(slots) - 1 and self._plain(minute, slots, values):
            return
        known = np.isfinite(values)
        if not known.all():
            slots, values = slots[known], values[known]
        gone = minute - self.last[slots]
        if (gone < 0).any():
            fresh = gone >= 0
            slots, values, gone = slots[fresh], values[fresh], gone[fresh]
        if not len(slots):
            return
        longest = min(int(gone.max()), MINUTES)
        for back in range(1, longest):  # minutes that were passed over
            self.ring[(minute - back) % MINUTES, slots[gone > back]] = np.nan
        self.ring[minute % MINUTES, slots] = values
        self.last[slots] = minute
