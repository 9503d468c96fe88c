"""One measure's forecaster: experts weighed by how they did, a band by how far off they were. It looks at the past only."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tickless.stages.sense.forecast.bands import Bands
from tickless.stages.sense.forecast.experts import ask, council

Floats = NDArray[np.float64]
HOURS = (1, 2, 4, 6, 9, 12, 18, 24)
"""How far ahead."""
HISTORY_DAYS = 15
FORGET = 0.97
"""Of an expert's error, kept at each refresh."""
SHARPNESS = 4.0
"""How much better experts are preferred."""


@dataclass(frozen=True)
class Forecast:
    """For each of `hours` ahead: the forecast, and the band that holds nine values in ten."""

    hours: tuple[int, ...]
    middle: Floats
    low: Floats
    high: Floats

    @property
    def known(self) -> bool:
        """Whether there is a band already."""
        return bool(np.all(np.isfinite(self.low)) and np.all(np.isfinite(self.high)))


@dataclass
class Made:
    """What was said at some step, to be compared when the time has come."""

    each: Floats
    middle: Floats
    below: Floats
    above: Floats


class Forecaster:
    """Feed it every step of a regular grid, and ask it as often as you like (an hour apart is plenty).

    `hour`: steps of an hour (6 for a value every ten minutes). Memory: 15 days of values and a day of forecasts, some 60 kB
    with ten-minute steps.
    """

    def __init__(self, hour: int = 6) -> None:
        self._steps = np.array([hours * hour for hours in HOURS], dtype=np.int64)
        self._experts = council(hour)
        self.history: deque[float] = deque(maxlen=HISTORY_DAYS * 24 * hour)
        self.made: dict[int, Made] = {}
        self.errors = np.zeros((len(self._experts), len(HOURS)))
        self.counts = np.zeros((len(self._experts), len(HOURS)))
        self.bands = Bands(len(HOURS))
        self.step = -1

    def add(self, value: float) -> None:
        """The next step's value; NaN when nothing was measured."""
        self.history.append(value)
        self.step += 1
        if not math.isnan(value):
            self._compare(value)
        self.made.pop(self.step - int(self._steps[-1]), None)

    def _compare(self, value: float) -> None:
        """Hold the value against everything that was said about this step."""
        for place, steps in enumerate(self._steps):
            made = self.made.get(self.step - int(steps))
            if made is None:
                continue
            wrong = np.abs(made.each[:, place] - value)
            said = np.isfinite(wrong)
            self.errors[said, place] = FORGET * self.errors[said, place] + wrong[said]
            self.counts[said, place] = FORGET * self.counts[said, place] + 1
            if np.isfinite(made.middle[place]):
                self.bands.learn(place, value - made.middle[place], made.below[place], made.above[place])

    def forecast(self) -> Forecast:
        """From here on. All NaN while nothing was measured."""
        history = np.array(self.history)
        each = ask(self._experts, history, self._steps)
        middle = self._weighed(each)
        below, above = self.bands.edges(self._steps.astype(np.float64))
        self.made[self.step] = Made(each, middle, below, above)
        return Forecast(HOURS, middle, middle + below, middle + above)

    @property
    def last(self) -> Forecast | None:
        """What was said last, while it is remembered."""
        if not self.made:
            return None
        made = self.made[max(self.made)]
        return Forecast(HOURS, made.middle, made.middle + made.below, made.middle + made.above)

    def _weighed(self, each: Floats) -> Floats:
        """The experts' mean, the better ones counting more; their median while nobody knows who is better."""
        with np.errstate(invalid="ignore", divide="ignore"):
            off = np.where(self.counts > 0, self.errors / self.counts, np.nan)
        usual = np.nanmin(np.where(np.isfinite(off), off, np.inf), axis=0)
        weights = np.exp(-SHARPNESS * (off / np.maximum(usual, 1e-12) - 1))
        weights = np.where(np.isfinite(each) & np.isfinite(weights), weights, 0.0)
        total = weights.sum(axis=0)
        said = (weights * np.where(np.isfinite(each), each, 0.0)).sum(axis=0)
        mean = said / np.maximum(total, 1e-300)
        plain = np.array([np.median(one[np.isfinite(one)]) if np.any(np.isfinite(one)) else np.nan for one in each.T])
        return np.where(total > 0, mean, plain)
