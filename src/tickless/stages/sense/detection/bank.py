"""The bank: a baseline and an alarm for every series, thousands at once in one array update.

    bank = Bank(capacity=100_000)
    reading = bank.update(indices, times, values)   # → Reading(onset, state, expected_low, expected_high, alarm)

`indices` says which series each value belongs to: a `slice` (quickest: a whole scrape in order) or an integer array, in
any order, a series more than once if need be (then in order of time). `times` is one float or an array, in seconds since
the epoch (UTC); `values` are floats. NaN, infinities and what is not later than the series' last point are passed over:
they get onset 0 and change nothing. Counters go through `counters.CounterRates` first.

What a series costs: `Bank.BYTES_PER_SERIES` (444) for 96 seasonal buckets of a quarter of an hour, level, scale, tail and
alarm state. `export()` / `Bank.restore()` give and take everything as arrays, so that a restart forgets nothing;
`forget(indices)` makes room for other series; `set_budget(indices, alarms_per_week)` is the only knob.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tickless.stages.sense.detection.bank_state import BUCKET_SECONDS, BUCKETS, BYTES_PER_SERIES, BankState
from tickless.stages.sense.detection.bank_step import LIGHTEST_EXCESS, Batch, step
from tickless.stages.sense.detection.budget import BOUND, LOWEST, Pool
from tickless.stages.sense.detection.reading import F32, Reading, Which

CHUNK: Final = 16_384
"""Series in one go: what is worked on stays in the processor's cache."""


class Bank:
    """Baselines of `capacity` series. See the module for the terms."""

    BYTES_PER_SERIES: Final = BYTES_PER_SERIES

    def __init__(self, capacity: int, *, alarms_per_week: float = 0.5) -> None:
        self._state = BankState.empty(capacity, alarms_per_week)
        self._pool = Pool(lightest=LIGHTEST_EXCESS, start=0.0)
        self._first = np.empty(capacity, np.intp)

    @property
    def capacity(self) -> int:
        """How many series there is room for."""
        return self._state.capacity

    def update(self, indices: slice | ArrayLike, times: ArrayLike, values: ArrayLike) -> Reading:
        """Take the values in. Raises IndexError for an index out of range, ValueError for lengths that differ."""
        with np.errstate(over="ignore", invalid="ignore"):  # what is out of range is passed over
            points = np.asarray(values, np.float32)
            moments = np.asarray(times, np.float64)
            if isinstance(indices, slice):
                return self._range(indices, moments, points)
            return self._picked(np.asarray(indices, np.intp), moments, points)

    def _picked(self, which: NDArray[np.intp], moments: NDArray[np.float64], points: F32) -> Reading:
        if which.shape != points.shape or moments.shape not in {(), points.shape}:
            raise ValueError("indices, times and values must be of one length")
        if len(which) and (which.min() < 0 or which.max() >= self.capacity):
            raise IndexError("a series outside the bank")
        if len(which) and which[-1] - which[0] == len(which) - 1 and (np.diff(which) == 1).all():
            return self._range(slice(int(which[0]), int(which[-1]) + 1), moments, points)
        reading = Reading.blank(len(points))
        for rows in self._rounds(which):
            self._chunks(which, moments, points, rows, reading)
        return reading

    def set_budget(self, indices: Which, alarms_per_week: ArrayLike) -> None:
        """How many alarms a week these series may raise. Raises ValueError for what is not positive and finite."""
        wanted = np.asarray(alarms_per_week, np.float32)
        if not np.all(np.isfinite(wanted) & (wanted > 0)):
            raise ValueError("a budget is a positive number of alarms per series and week")
        self._state.budget[indices] = wanted

    def forgive(self, indices: Which, decades: ArrayLike) -> None:
        """Make these series' alarms rarer (positive) or easier (negative) by so many powers of ten, until told otherwise
        by what happens: see `feedback`."""
        moved = self._state.correction[indices] + np.asarray(decades, np.float32)
        self._state.correction[indices] = np.clip(moved, LOWEST, BOUND)

    def states(self, indices: Which) -> F32:
        """How abnormal these series still are."""
        return self._state.state[indices]

    def corrections(self, indices: Which) -> F32:
        """Powers of ten by which these series' alarms must be rarer than their tails say."""
        return self._state.correction[indices]

    def forget(self, indices: Which) -> None:
        """Make these places empty, for other series. Their budgets stay."""
        self._state.clear(indices)

    def expected(self, indices: Which, time: float) -> tuple[F32, F32]:
        """The band in which the next values of these series are expected at that time."""
        state, row = self._state, bucket_of(time)
        middle = state.level[indices] + state.season[row][indices]
        width = state.quantile[indices] * state.scale[indices]
        return middle - width, middle + width

    def export(self) -> dict[str, NDArray[np.float32] | NDArray[np.float64]]:
        """Everything that is known, as copies of arrays."""
        return self._state.export() | {"pool": self._pool.corrections.copy()}

    @classmethod
    def restore(cls, arrays: Mapping[str, NDArray[np.float32] | NDArray[np.float64]]) -> Bank:
        """A bank that goes on where the exported one was. Raises KeyError or ValueError for other arrays."""
        state = BankState.of(arrays)
        bank = cls(state.capacity)
        bank._state = state
        bank._pool.corrections[:] = arrays["pool"]
        return bank

    def _range(self, series: slice, moments: NDArray[np.float64], points: F32) -> Reading:
        start, stop, stride = series.indices(self.capacity)
        if stride != 1 or stop - start != len(points) or moments.shape not in {(), points.shape}:
            raise ValueError("a slice of the bank must be as long as the values, without a step")
        reading = Reading.blank(len(points))
        for begin in range(0, len(points), CHUNK):
            rows = slice(begin, min(begin + CHUNK, len(points)))
            where = slice(start + rows.start, start + rows.stop)
            self._buckets(where, moments if moments.ndim == 0 else moments[rows], points[rows], reading.rows(rows))
        return reading

    def _chunks(
        self, which: NDArray[np.intp], moments: NDArray[np.float64], points: F32, rows: Which, reading: Reading
    ) -> None:
        count = len(which[rows])
        numbers = np.arange(len(which))[rows]
        for begin in range(0, count, CHUNK):
            some = numbers[begin : begin + CHUNK]
            part = Reading.blank(len(some))
            self._buckets(which[some], moments if moments.ndim == 0 else moments[some], points[some], part)
            reading.put(some, part)

    def _buckets(self, where: Which, moments: NDArray[np.float64], points: F32, out: Reading) -> None:
        """One step for each seasonal bucket that the times fall in; nearly always that is one."""
        if not len(points):
            return
        if moments.ndim == 0:
            step(self._state, self._pool, Batch(where, bucket_of(float(moments)), moments, points), out)
            return
        bucket = bucket_of(float(moments[0]))
        begun = moments[0] // BUCKET_SECONDS * BUCKET_SECONDS
        if begun <= moments.min() and moments.max() < begun + BUCKET_SECONDS:
            step(self._state, self._pool, Batch(where, bucket, moments, points), out)
            return
        finite = np.where(np.isfinite(moments), moments, 0.0)
        buckets = ((finite // BUCKET_SECONDS) % BUCKETS).astype(np.intp)
        numbers = np.arange(where.start, where.stop) if isinstance(where, slice) else where
        for one in np.unique(buckets):
            rows = np.flatnonzero(buckets == one)
            part = Reading.blank(len(rows))
            step(self._state, self._pool, Batch(numbers[rows], int(one), moments[rows], points[rows]), part)
            out.put(rows, part)

    def _rounds(self, which: NDArray[np.intp]) -> list[Which]:
        """Rows such that no round holds a series twice, each series' values in order."""
        rounds: list[Which] = []
        left = np.arange(len(which))
        while len(left):
            self._first[which[left[::-1]]] = left[::-1]
            fresh = self._first[which[left]] == left
            if fresh.all():
                rounds.append(slice(None) if not rounds else left)
                break
            rounds.append(left[fresh])
            left = left[~fresh]
        return rounds


def bucket_of(time: float) -> int:
    """The quarter of an hour of the day, UTC, that a time falls in."""
    return int(time // BUCKET_SECONDS) % BUCKETS if np.isfinite(time) else 0
