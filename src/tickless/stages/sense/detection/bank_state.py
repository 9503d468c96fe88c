"""What the bank remembers of each series, as one array for each number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tickless.stages.sense.detection.reading import Which

BUCKETS: Final = 96
BUCKET_SECONDS: Final = 900.0
_ROWS: Final = 9
_CLOCKS: Final = 3
BYTES_PER_SERIES: Final = 4 * BUCKETS + 4 * _ROWS + 8 * _CLOCKS

FIRST_QUANTILE: Final = 2.5
FIRST_EXCESS: Final = 0.2


@dataclass(frozen=True)
class BankState:
    """`season[bucket, series]`; `rows[number, series]`; `clocks[number, series]`, seconds since the epoch."""

    season: NDArray[np.float32]
    rows: NDArray[np.float32]
    clocks: NDArray[np.float64]

    @classmethod
    def empty(cls, capacity: int, alarms_per_week: float) -> BankState:
        """Nothing known of any series."""
        state = cls(
            np.zeros((BUCKETS, capacity), np.float32),
            np.zeros((_ROWS, capacity), np.float32),
            np.zeros((_CLOCKS, capacity), np.float64),
        )
        state.budget[:] = alarms_per_week
        state.clear(slice(None))
        return state

    @classmethod
    def of(cls, arrays: Mapping[str, NDArray[np.float32] | NDArray[np.float64]]) -> BankState:
        """What `export` gave. Raises KeyError or ValueError for anything else."""
        season = np.array(arrays["season"], np.float32)
        rows, clocks = np.array(arrays["rows"], np.float32), np.array(arrays["clocks"], np.float64)
        capacity = season.shape[-1]
        if (season.shape, rows.shape, clocks.shape) != ((BUCKETS, capacity), (_ROWS, capacity), (_CLOCKS, capacity)):
            raise ValueError("these are not the arrays of a bank")
        return cls(season, rows, clocks)

    @property
    def capacity(self) -> int:
        """How many series there is room for."""
        return int(self.season.shape[1])

    @property
    def level(self) -> NDArray[np.float32]:
        """Where the series is, its season apart."""
        return self.rows[0, :]

    @property
    def scale(self) -> NDArray[np.float32]:
        """Mean absolute deviation from what was expected, large ones clipped."""
        return self.rows[1, :]

    @property
    def quantile(self) -> NDArray[np.float32]:
        """Deviation, in scales, that one in twenty exceeds."""
        return self.rows[2, :]

    @property
    def state(self) -> NDArray[np.float32]:
        """How abnormal each series still is."""
        return self.rows[3, :]

    @property
    def seen(self) -> NDArray[np.float32]:
        """Points taken in."""
        return self.rows[4, :]

    @property
    def mean(self) -> NDArray[np.float32]:
        """Where the series is over days; the season is what lies between."""
        return self.rows[5, :]

    @property
    def budget(self) -> NDArray[np.float32]:
        """Alarms per week."""
        return self.rows[6, :]

    @property
    def excess(self) -> NDArray[np.float32]:
        """Mean logarithm of deviation over quantile, of those beyond it."""
        return self.rows[7, :]

    @property
    def correction(self) -> NDArray[np.float32]:
        """Powers of ten by which alarms must be rarer than the tail says."""
        return self.rows[8, :]

    @property
    def last(self) -> NDArray[np.float64]:
        """Time of the last point."""
        return self.clocks[0, :]

    @property
    def until(self) -> NDArray[np.float64]:
        """No alarm before this time."""
        return self.clocks[1, :]

    @property
    def since(self) -> NDArray[np.float64]:
        """Time of the last change of `correction`."""
        return self.clocks[2, :]

    def clear(self, which: Which) -> None:
        """Forget these series, but for their budgets."""
        self.season[:, which] = 0.0
        for row in (self.level, self.scale, self.state, self.seen, self.mean, self.correction):
            row[which] = 0.0
        self.quantile[which] = FIRST_QUANTILE
        self.excess[which] = FIRST_EXCESS
        self.clocks[:, which] = -np.inf

    def export(self) -> dict[str, NDArray[np.float32] | NDArray[np.float64]]:
        """Copies of all there is."""
        return {"season": self.season.copy(), "rows": self.rows.copy(), "clocks": self.clocks.copy()}
