"""Simple ways to go on from a history, each right for some measures; which, is learnt. Pure.

A history is an array on a regular grid, the newest value last, NaN where nothing was measured. Each expert gives a value for
every horizon (a number of steps), NaN where it has too little to go by.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Steps = NDArray[np.int64]
MOST_POINTS = 48
"""Of a window, for the median of slopes: evenly chosen where there are more."""
DAYS, WEEKS = 7, 2
SETTLED = 3
"""Values whose median counts as the last one."""


def last(history: Floats, horizons: Steps) -> Floats:
    """It stays as it is."""
    return np.full(len(horizons), level(history))


def level(history: Floats) -> float:
    """The median of the newest values; NaN when nothing was measured lately."""
    newest = history[-SETTLED:]
    return float(np.median(newest[~np.isnan(newest)])) if np.any(~np.isnan(newest)) else float("nan")


def slope(history: Floats, window: int) -> float:
    """The median of the slopes between all pairs of points (Theil 1950, Sen 1968), a step; NaN for fewer than three points."""
    part = history[-window:]
    places = np.flatnonzero(~np.isnan(part))
    if len(places) < 3 or len(part) < window // 2:
        return float("nan")
    if len(places) > MOST_POINTS:
        places = places[np.linspace(0, len(places) - 1, MOST_POINTS).astype(np.int64)]
    left, right = _pairs(len(places))
    return float(np.median((part[places[right]] - part[places[left]]) / (places[right] - places[left])))


@lru_cache(maxsize=64)
def _pairs(count: int) -> tuple[Steps, Steps]:
    left, right = np.triu_indices(count, 1)
    return left, right


def trend(window: int) -> Callable[[Floats, Steps], Floats]:
    """It goes on as in the last `window` steps."""

    def expert(history: Floats, horizons: Steps) -> Floats:
        return np.asarray(level(history) + slope(history, window) * horizons, dtype=np.float64)

    return expert


def as_before(period: int, most: int) -> Callable[[Floats, Steps], Floats]:
    """It changes as it changed from this time of the period on, in the median of the last `most` of them.

    With a day and 7: as on other days; with a week and 2: as on the same day of other weeks. `period`: steps of one.
    """

    def expert(history: Floats, horizons: Steps) -> Floats:
        now = len(history) - 1
        back = now - period * np.arange(1, most + 1)
        back = back[back >= 0]
        if not len(back):
            return np.full(len(horizons), np.nan)
        then = np.minimum(back[:, None] + horizons[None, :], now)
        moved = history[then] - history[back][:, None]
        moved[back[:, None] + horizons[None, :] > now] = np.nan
        return np.asarray(level(history) + _median(moved), dtype=np.float64)

    return expert


def as_yesterday(day: int) -> Callable[[Floats, Steps], Floats]:
    """It is what it was at that time of day, in the median of the last three days."""

    def expert(history: Floats, horizons: Steps) -> Floats:
        ago = len(history) - 1 + horizons[None, :] - day * np.arange(1, 4)[:, None]
        known = (ago >= 0) & (ago < len(history))
        values = np.where(known, history[np.clip(ago, 0, len(history) - 1)], np.nan)
        return _median(values)

    return expert


def _median(rows: Floats) -> Floats:
    """By column, NaN where a column has no number."""
    counts = np.sum(~np.isnan(rows), axis=0)
    found = np.full(rows.shape[1], np.nan)
    some = counts > 0
    if np.any(some):
        found[some] = np.nanmedian(rows[:, some], axis=0)
    return found


def council(hour: int) -> tuple[Callable[[Floats, Steps], Floats], ...]:
    """All of them. `hour`: steps of an hour."""
    return (
        last,
        trend(max(3, hour)),
        trend(6 * hour),
        trend(48 * hour),
        as_before(24 * hour, DAYS),
        as_before(7 * 24 * hour, WEEKS),
        as_yesterday(24 * hour),
    )


def ask(experts: Sequence[Callable[[Floats, Steps], Floats]], history: Floats, horizons: Steps) -> Floats:
    """What each says: experts × horizons."""
    return np.stack([expert(history, horizons) for expert in experts])
