"""Intervals by resampling (the bootstrap, Efron 1979). The same data give the same interval. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Draws = NDArray[np.float64]
DRAWS = 2_000
LARGE = 1_000
"""Above so many values their mean is drawn from its normal limit: the same, a thousand times quicker."""


def means(values: Sequence[float], *, seed: int) -> Draws:
    """Means of `DRAWS` resamples of the values; of one value alone, and of none (0), always the same."""
    found = np.asarray(values, dtype=np.float64)
    rng = np.random.default_rng(seed)
    if found.size == 0:
        return np.zeros(DRAWS)
    if found.size > LARGE:
        return rng.normal(found.mean(), found.std(ddof=1) / math.sqrt(found.size), DRAWS)
    places = rng.integers(0, found.size, size=(DRAWS, found.size))
    return np.asarray(found[places].mean(axis=1))


def interval(draws: Draws) -> tuple[float, float]:
    """Where the middle 95 of 100 draws lie."""
    low, high = np.quantile(draws, (0.025, 0.975))
    return float(low), float(high)
