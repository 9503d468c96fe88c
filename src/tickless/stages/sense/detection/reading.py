"""What a detector says of each value."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

F32 = NDArray[np.float32]
Which = slice | NDArray[np.intp]
"""Series, or rows: a range, or their numbers."""


class Reading(NamedTuple):
    """One row for each value, in the order given.

    `onset`: how rare the deviation that begins here is, `-log10` of its chance for this series; 0 is ordinary. `state`: how
    abnormal the series still is, the onset fading. The value was expected between `expected_low` and `expected_high` (about
    95 of 100 are). `alarm`: the onset is rare enough for the budget, and nothing was said lately.
    """

    onset: F32
    state: F32
    expected_low: F32
    expected_high: F32
    alarm: NDArray[np.bool_]

    @classmethod
    def blank(cls, count: int) -> Reading:
        """So many rows of nothing."""
        floats = np.zeros((4, count), np.float32)
        return cls(floats[0], floats[1], floats[2], floats[3], np.zeros(count, np.bool_))

    def rows(self, which: Which) -> Reading:
        """Some rows: a view for a slice, a copy for numbers."""
        low, high = self.expected_low[which], self.expected_high[which]
        return Reading(self.onset[which], self.state[which], low, high, self.alarm[which])

    def put(self, which: Which, part: Reading) -> None:
        """Set some rows."""
        self.onset[which], self.state[which], self.alarm[which] = part.onset, part.state, part.alarm
        self.expected_low[which], self.expected_high[which] = part.expected_low, part.expected_high
