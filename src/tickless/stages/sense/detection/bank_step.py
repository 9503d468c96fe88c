"""One step of the bank: prediction, surprise, learning, for many series in one seasonal bucket.

Additive Holt–Winters in error-correction form, with the errors clipped (Gelper, Fried and Croux, 2010); the tail of the
deviations by a quantile that is tracked by stochastic approximation and a Pareto tail above it; the alarm threshold by
integral feedback on the alarms raised (Gibbs and Candès, 2021, adaptive conformal inference).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tickless.stages.sense.detection.bank_state import BUCKET_SECONDS, BankState
from tickless.stages.sense.detection.budget import (
    BOUND,
    HEAVINESSES,
    LONGEST_STEP,
    LOWEST,
    QUIET_POINTS,
    QUIET_SHARE,
    RAISE,
    TAIL,
    WARM,
    WEEK,
    Pool,
)
from tickless.stages.sense.detection.reading import F32, Reading, Which

GAP: Final = 6 * 3_600.0
"""Seconds of silence after which a series is placed anew, without alarm."""
LARGEST: Final = 1e30
"""Deviations beyond are no measurements."""
LIGHTEST_EXCESS: Final = 0.05
"""Mean logarithmic excess of the lightest tail of deviations."""
HIGHEST: Final = 30.0
"""The highest onset."""
LEAST_ALLOWED: Final = 1e-30
"""Of a moment in which no time has gone: nothing is allowed, and its logarithm must stay a number."""
_YOUNG: Final = 10
_LEVEL, _SCALE, _SEASON = 0.05, 0.01, 0.4
_QUANTILE, _EXCESS = 0.05, 0.02
_FADE: Final = 0.98
_CLIP, _GIVE = 3.0, 0.05
_FAR: Final = 10.0
"""How many scales from the mean and season a value can teach them."""
_NEW: Final = 2_000
"""Points until the mean of days is as slow as days are, at any step."""
DAY: Final = 86_400.0


@dataclass(frozen=True)
class Batch:
    """One value for each of some series, none twice, all in one seasonal bucket; `moments` is one time or one for each."""

    where: Which
    bucket: int
    moments: NDArray[np.float64]
    points: F32

    @property
    def numbers(self) -> NDArray[np.intp]:
        """The series, by number."""
        return np.arange(self.where.start, self.where.stop) if isinstance(self.where, slice) else self.where

    def series(self, rows: NDArray[np.intp]) -> NDArray[np.intp]:
        """The series of those rows."""
        return rows + self.where.start if isinstance(self.where, slice) else self.where[rows]

    def times(self, rows: NDArray[np.intp]) -> NDArray[np.float64]:
        """The times of those rows, one for each."""
        return np.full(len(rows), self.moments) if self.moments.ndim == 0 else self.moments[rows]


def step(state: BankState, pool: Pool, batch: Batch, out: Reading) -> None:
    """Take the values in; fills `out`."""
    where, bucket, moments, points = batch.where, batch.bucket, batch.moments, batch.points
    if isinstance(where, slice):
        rows, season, last = state.rows[:, where], state.season[bucket, where], state.clocks[0, where]
    else:
        rows, season, last = state.rows.take(where, axis=1), state.season[bucket].take(where), state.last.take(where)
    level, scale, quantile, lasting = rows[:4]
    gone = moments - last
    middle = level + season
    error = points - middle
    size = np.abs(error)
    if not (gone.min() > 0 and size.max() < LARGEST):  # not a number is neither
        usable = (gone > 0) & (size < LARGEST)
        _some(state, pool, batch, usable, out)
        return
    if gone.max() > GAP:
        lost = gone > GAP
        level[lost] = (points - season)[lost]
        fresh = lost & (rows[4] == 0)
        rows[5][fresh] = points[fresh]
        middle[lost] = points[lost]
        error[lost] = size[lost] = 0.0
        np.minimum(gone, LONGEST_STEP, out=gone)
    since = gone.astype(np.float32)
    unit = np.abs(middle)
    unit *= 1e-6
    unit += scale
    unit += 1e-30
    deviation = size / unit
    beyond = np.flatnonzero(deviation > quantile)

    unit = np.multiply(quantile, scale, out=unit)
    np.subtract(middle, unit, out=out.expected_low)
    np.add(middle, unit, out=out.expected_high)
    lasting *= _FADE
    quantile *= math.exp(-_QUANTILE * TAIL)
    _learn(rows, season, points, error=error, size=size, gone=since)
    last[...] = moments
    if len(beyond):
        onset, raised = _judge(state, pool, batch, beyond, deviation=deviation[beyond], gone=since[beyond], rows=rows)
        out.onset[beyond] = onset
        out.alarm[beyond[raised]] = True
    out.state[...] = lasting
    if not isinstance(where, slice):
        for kept, row in zip(state.rows, rows[:6], strict=False):
            kept[where] = row
        state.season[bucket, where] = season
        state.clocks[0, where] = last


def _learn(rows: F32, season: F32, points: F32, *, error: F32, size: F32, gone: F32) -> None:
    level, scale, seen, mean = rows[0], rows[1], rows[4], rows[5]
    limit = size * _GIVE
    limit += _CLIP * scale
    np.minimum(limit, size, out=limit)
    seen += 1.0
    pace: F32 | float = _SCALE
    faster: F32 | float = _LEVEL
    slower = gone * (1.0 / DAY)
    newest = seen.min()
    if newest <= _NEW:
        fresh = 1.0 / seen
        np.maximum(slower, fresh, out=slower)
        if newest * _SCALE <= 1.0:
            young = seen <= _YOUNG
            limit[young] = size[young]
            pace, faster = np.maximum(fresh, _SCALE), np.maximum(fresh, _LEVEL)
    clipped = np.copysign(limit, error, out=error)
    limit -= scale
    limit *= pace
    scale += limit
    level += np.multiply(clipped, faster, out=limit)
    # The season learns from the distance to the mean of days, not to the level, which follows the season while it is unknown.
    apart = points - mean
    apart -= season
    bound = np.multiply(scale, _FAR, out=limit)
    np.minimum(apart, bound, out=apart)
    np.maximum(apart, np.negative(bound, out=bound), out=apart)
    slower *= apart
    mean += slower
    np.minimum(gone, BUCKET_SECONDS, out=limit)
    limit *= _SEASON / BUCKET_SECONDS
    apart *= limit
    season += apart


def _judge(
    state: BankState, pool: Pool, batch: Batch, beyond: NDArray[np.intp], *, deviation: F32, gone: F32, rows: F32
) -> tuple[F32, NDArray[np.intp]]:
    """Onset of the few that lie beyond their quantile, and which of them alarm; their tails learn."""
    series = batch.series(beyond)
    quantiles, lasting, seen, budgets = rows[2], rows[3], rows[4], rows[6]
    quantile, excess = quantiles[beyond], state.excess[series]
    over = np.log(np.minimum(deviation, 1e12) / quantile)
    onset = over / (excess * math.log(10))
    onset += -math.log10(TAIL)
    np.minimum(onset, HIGHEST, out=onset)
    excess += _EXCESS * (np.minimum(over, 6 * excess) - excess)
    state.excess[series] = np.maximum(excess, 0.02)
    quantiles[beyond] = np.minimum(np.maximum(quantile * math.exp(_QUANTILE), 1.0), 1e9)
    warm = seen[beyond] > WARM
    onset *= warm
    lasting[beyond] = np.maximum(lasting[beyond], onset)

    allowed = budgets[beyond] * gone / WEEK
    heaviness = pool.heavinesses(excess)
    wanted = pool.corrections[heaviness] - np.log10(np.clip(allowed, LEAST_ALLOWED, 1.0))
    near = np.flatnonzero(onset > wanted + LOWEST)
    raised = near
    if len(near):
        raised = near[_raise(state, series[near], batch.times(beyond[near]), onset[near] - wanted[near], gone[near])]
    alarms = np.bincount(heaviness[raised], minlength=HEAVINESSES)
    granted = np.bincount(heaviness, allowed * warm, minlength=HEAVINESSES) / TAIL  # for those within, too
    pool.spend_many(alarms, granted)
    return onset, raised


def _raise(
    state: BankState, series: NDArray[np.intp], now: NDArray[np.float64], spare: NDArray[np.floating], gone: F32
) -> NDArray[np.bool_]:
    """Which of these alarm: those whose onset has so much to spare that their own correction and their quiet time let
    them. The correction falls with time as fast as alarms may come, and rises with each alarm."""
    budget = state.budget[series]
    waited = np.where(np.isfinite(state.since[series]), now - state.since[series], 0.0)
    correction = np.maximum(state.correction[series] - RAISE * budget * waited / WEEK, LOWEST)
    raised: NDArray[np.bool_] = (spare > correction) & (now >= state.until[series])
    state.correction[series] = np.minimum(correction + RAISE * raised, BOUND)
    state.since[series] = now
    quiet = now + np.minimum(QUIET_POINTS * gone, QUIET_SHARE * WEEK / budget)
    state.until[series[raised]] = quiet[raised]
    return raised


def _some(state: BankState, pool: Pool, batch: Batch, usable: NDArray[np.bool_], out: Reading) -> None:
    """The usable ones are stepped; for the others what was expected is told, and nothing is learnt."""
    numbers = batch.numbers
    middle = state.level[numbers] + state.season[batch.bucket, numbers]
    width = state.quantile[numbers] * state.scale[numbers]
    out.expected_low[...], out.expected_high[...] = middle - width, middle + width
    out.state[...] = state.state[numbers]
    rows = np.flatnonzero(usable)
    if len(rows):
        part = Reading.blank(len(rows))
        step(state, pool, Batch(numbers[rows], batch.bucket, batch.times(rows), batch.points[rows]), part)
        out.put(rows, part)
