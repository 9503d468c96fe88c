"""Clean series of several kinds, with nothing in them that anybody should be told of. Knows nothing of any detector."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
START: Final = 1_767_225_600.0
"""A Thursday, 2026-01-01 00:00 UTC."""
_DAY: Final = 86_400.0


def moments(weeks: int, step: float) -> Floats:
    """Times of so many weeks, one every `step` seconds."""
    return START + step * np.arange(round(weeks * 7 * _DAY / step), dtype=np.float64)


def white(times: Floats, series: int, rng: np.random.Generator) -> Floats:
    """Independent normal noise about a level."""
    return 50.0 + rng.normal(size=(len(times), series))


def autoregressive(times: Floats, series: int, rng: np.random.Generator) -> Floats:
    """A value that leans on the one before, by 0.5 to 0.95, otherwise in each series."""
    return _leaning(rng.normal(size=(len(times), series)), rng.uniform(0.5, 0.95, series)) + 20.0


def daily(times: Floats, series: int, rng: np.random.Generator) -> Floats:
    """A day's curve, its height and hour otherwise in each series, with noise."""
    return 100.0 + _curve(times, series, rng) + rng.normal(size=(len(times), series)) * rng.uniform(1, 5, series)


def weekly(times: Floats, series: int, rng: np.random.Generator) -> Floats:
    """A day's curve that is lower at weekends, with leaning noise."""
    weekend = ((times // _DAY + 3) % 7 >= 5)[:, None]
    noise = _leaning(rng.normal(size=(len(times), series)), np.full(series, 0.6))
    return 200.0 + _curve(times, series, rng) * np.where(weekend, 0.4, 1.0) + 2.0 * noise


def heavy_tailed(times: Floats, series: int, rng: np.random.Generator) -> Floats:
    """Like latencies: mostly small, now and then very large (Student's t, three degrees of freedom)."""
    return 10.0 + np.abs(rng.standard_t(3, size=(len(times), series)))


def counts(times: Floats, series: int, rng: np.random.Generator) -> Floats:
    """Events in each step, by a rate that follows the day."""
    rate = rng.uniform(2, 30, series)
    follows: Floats = 1 + 0.6 * _curve(times, series, rng) / 20.0
    seen: Floats = rng.poisson(rate * follows.clip(0.05)).astype(np.float64)
    return seen


def drifting(times: Floats, series: int, rng: np.random.Generator) -> Floats:
    """A level that wanders slowly, with noise."""
    return (
        500.0 + np.cumsum(rng.normal(size=(len(times), series)) * 0.05, axis=0) + rng.normal(size=(len(times), series))
    )


KINDS: Final[dict[str, Callable[[Floats, int, np.random.Generator], Floats]]] = {
    "white": white,
    "autoregressive": autoregressive,
    "daily": daily,
    "weekly": weekly,
    "heavy_tailed": heavy_tailed,
    "counts": counts,
    "drifting": drifting,
}


def _curve(times: Floats, series: int, rng: np.random.Generator) -> Floats:
    hour = rng.uniform(0, 2 * np.pi, series)
    phase = 2 * np.pi * (times % _DAY / _DAY)[:, None]
    return rng.uniform(5, 20, series) * (np.sin(phase + hour) + 0.4 * np.sin(2 * phase + 2 * hour))


def _leaning(noise: Floats, by: Floats) -> Floats:
    out = np.empty_like(noise)
    level = noise[0] / np.sqrt(1 - by**2)
    for row, shock in enumerate(noise):
        level = by * level + shock
        out[row] = level
    return out
