"""What is read of metrics, and how far each thing is from its normal when the target suffers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Symptom = Literal["latency", "errors"]
NORMAL_SCALE = 1.4826
"""Median absolute deviation → standard deviation of a normal distribution."""
SUFFERS = 0.5
"""A moment is a bad one when the target is at least this share of the way from its normal to its worst."""


@dataclass(frozen=True)
class Metrics:
    """Rows are moments, columns are `nodes`. `latency` in any unit, `errors` as a share 0..1, `requests` per row; NaN is
    unknown."""

    nodes: tuple[str, ...]
    latency: Floats
    errors: Floats
    requests: Floats

    def of(self, symptom: Symptom) -> Floats:
        return self.latency if symptom == "latency" else self.errors

    def rows(self, chosen: Sequence[int] | slice) -> Metrics:
        """Some of its moments."""
        return Metrics(self.nodes, self.latency[chosen], self.errors[chosen], self.requests[chosen])


@dataclass(frozen=True)
class Normal:
    """What is usual of every node: the middle, the spread of single moments, requests a row."""

    middle: Floats
    spread: Floats
    requests: Floats


def normal_of(metrics: Metrics, symptom: Symptom) -> Normal:
    """Median and robust spread of every node; a node without values has NaN."""
    values = metrics.of(symptom)
    middle = _median(values)
    spread = NORMAL_SCALE * _median(np.abs(values - middle))
    floor = 0.02 * np.abs(middle) if symptom == "latency" else np.full_like(middle, 0.002)
    return Normal(
        middle, np.maximum(np.nan_to_num(spread), np.maximum(np.nan_to_num(floor), 1e-9)), _median(metrics.requests)
    )


def excess(window: Metrics, normal: Normal, symptom: Symptom, target: int) -> tuple[Floats, Floats]:
    """How much worse each node is while the target suffers: in units, and in spreads.

    Compared with the moments of the same window at which the target is well, if there are any, else with normal times: so that
    what has drifted since, but has nothing to do with it, says nothing.
    """
    values = window.of(symptom)
    bad, well = bad_rows(values[:, target], normal, target)
    base = normal.middle
    if well.any():
        own = _median(values[well])
        base = np.where(np.isnan(own), base, own)
    delta = np.nan_to_num(_mean(values[bad]) - base)
    return delta, delta / normal.spread


def bad_rows(values: Floats, normal: Normal, target: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Moments at which the target suffers, and at which it is well."""
    off = np.nan_to_num(values - normal.middle[target])
    bad = off >= max(SUFFERS * float(off.max()), 1e-12)
    well = (np.abs(off) <= 2 * normal.spread[target]) & ~bad
    return (bad if bad.any() else np.ones(len(values), dtype=bool)), well


def suffering(window: Metrics, normal: Normal, symptom: Symptom, target: int) -> float:
    """By how many spreads the target is off in its worst two moments of a window."""
    off = np.sort(np.nan_to_num(window.of(symptom)[:, target] - normal.middle[target]))[-2:]
    return float(off.mean() / normal.spread[target]) if len(off) else 0.0


def _median(values: Floats) -> Floats:
    return _by_column(values, np.median)


def _mean(values: Floats) -> Floats:
    return _by_column(values, np.mean)


def _by_column(values: Floats, how: Callable[[Floats], np.float64]) -> Floats:
    """A statistic of what is known in each column; NaN where nothing is."""
    found = np.full(values.shape[1], np.nan)
    for column in range(values.shape[1]):
        known = values[:, column][~np.isnan(values[:, column])]
        if len(known):
            found[column] = how(known)
    return found
