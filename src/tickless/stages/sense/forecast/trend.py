"""When a limit is met if it goes on as it did lately: for what moves too fast, or is known too short, for the forecaster. Pure.

The median of the slopes between all pairs of points (Theil 1950), with the distribution-free interval that Sen (1968) gave for
it. It assumes that the course is a straight line with any noise about it; nothing is learnt from how often that was wrong.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
FEWEST: Final = 8
MOST: Final = 60
"""Points that are compared, evenly chosen where there are more."""
NINE_IN_TEN: Final = 1.6449


class Slope(NamedTuple):
    """In units a second: the median, and between what nine times in ten. `now`: the level at the last point, and `off`: how far
    nineteen of twenty points lie from the line."""

    middle: float
    low: float
    high: float
    now: float
    off: float


def slope_of(times: Floats, values: Floats) -> Slope | None:
    """The slope of the points, oldest first; None for fewer than eight, or when all are of one moment."""
    if len(times) > MOST:
        chosen = np.linspace(0, len(times) - 1, MOST).astype(np.intp)
        times, values = times[chosen], values[chosen]
    count = len(times)
    if count < FEWEST or times[-1] <= times[0]:
        return None
    left, right = np.triu_indices(count, 1)
    apart = times[right] - times[left]
    some = apart > 0
    slopes = np.sort((values[right] - values[left])[some] / apart[some])
    spread = NINE_IN_TEN * np.sqrt(count * (count - 1) * (2 * count + 5) / 18)
    low = max(0, int((len(slopes) - spread) / 2))
    high = min(len(slopes) - 1, int(np.ceil((len(slopes) + spread) / 2)))
    middle = float(np.median(slopes))
    flat = values - middle * (times - times[-1])
    level = float(np.median(flat))
    off = float(np.quantile(np.abs(flat - level), 0.95))
    return Slope(middle, float(slopes[low]), float(slopes[high]), level, off)


def seconds_to(limit: float, slope: Slope) -> tuple[float | None, float | None, float | None]:
    """(likely, earliest, latest) seconds until the limit is met; None: not if it goes on like that."""
    left = limit - slope.now
    if left <= 0:
        return 0.0, 0.0, 0.0
    early, late = max(0.0, left - slope.off), left + slope.off
    paths = ((left, slope.middle), (early, slope.high), (late, slope.low))
    likely, earliest, latest = (way / one if one > 0 else None for way, one in paths)
    return likely, earliest, latest
