"""Three ways to be unlike oneself: at this time of day, beyond all bounds, and in shape. Each is fed every point in order
and answers how strange it is, in the unit of the values, by what came before alone."""

from __future__ import annotations

import math
from array import array
from typing import Final

import numpy as np
from numpy.typing import NDArray

DAY: Final = 86_400.0
BUCKETS: Final = 96
WIDTH: Final = 48
"""Points of a shape."""
SHAPES: Final = 4_000
"""How many earlier shapes are compared with."""
_REMEMBERED: Final = 40
_EXACT_EVERY: Final = 512
_EXACT_AFTER: Final = 32
_ROUNDING: Final = 1e-14


class TimeOfDay:
    """Distance from the mean of this quarter of an hour (UTC), over the last 40 points in it or so."""

    def __init__(self) -> None:
        self._means: dict[int, tuple[float, int]] = {}
        self._last = math.nan

    def dump(self) -> NDArray[np.float64]:
        """What it remembers, as numbers."""
        return np.array([self._last, *(x for key, (mean, count) in self._means.items() for x in (key, mean, count))])

    def load(self, dumped: NDArray[np.float64]) -> None:
        """Go on from there. Raises ValueError."""
        rows = dumped[1:].reshape(-1, 3).tolist()
        self._means = {int(key): (mean, int(count)) for key, mean, count in rows}
        self._last = float(dumped[0])

    def expected(self, time: float) -> float:
        """What is expected at that time; the last value where nothing is known, not-a-number before there was one."""
        return self._means.get(self._bucket(time), (self._last, 0))[0]

    def push(self, time: float, value: float) -> float | None:
        """None for the first point of a bucket."""
        bucket = self._bucket(time)
        known = self._means.get(bucket)
        mean, count = known or (value, 0)
        count = min(count + 1, _REMEMBERED)
        self._means[bucket] = (mean + (value - mean) / count, count)
        self._last = value
        return abs(value - mean) if known else None

    def _bucket(self, time: float) -> int:
        return int(time % DAY * BUCKETS // DAY)


class Bounds:
    """How far beyond everything seen before."""

    def __init__(self) -> None:
        self.low, self.high = math.inf, -math.inf

    def push(self, value: float) -> float:
        """0 within the bounds, and for the first point."""
        beyond = max(value - self.high, self.low - value, 0.0) if self.low <= self.high else 0.0
        self.low, self.high = min(self.low, value), max(self.high, value)
        return beyond

    def dump(self) -> NDArray[np.float64]:
        """What it remembers, as numbers."""
        return np.array([self.low, self.high])

    def load(self, dumped: NDArray[np.float64]) -> None:
        """Go on from there. Raises ValueError."""
        self.low, self.high = (float(one) for one in dumped)


class Shape:
    """Distance of the last 48 points from the most similar 48 in a row among the 4,000 before: the left matrix profile
    without normalisation (Yeh et al., 2016), its distances carried on from point to point lag by lag."""

    def __init__(self) -> None:
        self._points = array("d")
        self._square: NDArray[np.float64] = np.zeros(0)
        self._peak, self._since = 0.0, 0
        self._origin = 0.0

    def restart(self) -> None:
        """After a silence: shapes do not straddle it."""
        self._points, self._square, self._peak, self._since = array("d"), np.zeros(0), 0.0, 0

    def dump(self) -> NDArray[np.float64]:
        """What it remembers, as numbers."""
        head = [self._peak, float(self._since), self._origin, float(len(self._square))]
        return np.concatenate([head, self._square, np.array(self._points)])

    def load(self, dumped: NDArray[np.float64]) -> None:
        """Go on from there. Raises ValueError, IndexError."""
        peak, since, origin, lags = (float(one) for one in dumped[:4])
        self._peak, self._since, self._origin = peak, int(since), origin
        self._square = dumped[4 : 4 + int(lags)].copy()
        self._points = array("d", dumped[4 + int(lags) :].tolist())

    def push(self, value: float) -> float | None:
        """None until there is an earlier shape that does not overlap."""
        if not self._points:
            self._origin = value
        self._points.append(value - self._origin)
        if len(self._points) > 2 * (SHAPES + 2 * WIDTH):
            self._points = self._points[-(SHAPES + 2 * WIDTH) :]
        lags = min(len(self._points) - 2 * WIDTH + 1, SHAPES)
        if lags <= 0:
            return None
        points = np.frombuffer(self._points)
        self._since += 1
        if lags > len(self._square):
            known = self._carried(points) if len(self._square) else self._square
            self._square = np.append(known, np.square(points[-WIDTH:] - points[:WIDTH]).sum())
        else:
            self._square = self._carried(points)
        return self._nearest(points)

    def _carried(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """The distances of one point ago, by lag from `WIDTH` on, with the newest point in and the oldest out."""
        lags = len(self._square)
        last = len(points) - 1
        entered = points[last] - points[last - WIDTH - lags + 1 : last - WIDTH + 1][::-1]
        left = points[last - WIDTH] - points[last - 2 * WIDTH - lags + 1 : last - 2 * WIDTH + 1][::-1]
        square: NDArray[np.float64] = self._square + np.square(entered)
        square -= np.square(left)
        return square

    def _nearest(self, points: NDArray[np.float64]) -> float:
        """Rounding errors grow while distances are carried on, so now and then, and when they could show, they are exact."""
        best = float(self._square.min())
        self._peak = max(self._peak, float(self._square.max()))
        doubtful = best < self._peak * _ROUNDING * 1e3 and self._since >= _EXACT_AFTER
        if doubtful or self._since >= _EXACT_EVERY:
            lags = len(self._square)
            rows = np.lib.stride_tricks.sliding_window_view(points[-2 * WIDTH - lags + 1 : len(points) - WIDTH], WIDTH)
            self._square = np.square(rows[::-1] - points[-WIDTH:]).sum(axis=1)
            best, self._peak, self._since = float(self._square.min()), float(self._square.max()), 0
        return math.sqrt(max(best - self._peak * _ROUNDING, 0.0))
