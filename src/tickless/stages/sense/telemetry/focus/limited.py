"""One series with a limit: its measure on a grid, its forecast, and whether that is worth acting on now.

Fed in order of time; causal, no clock. What is learnt is bounded: 15 days of values in steps of ten minutes.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from tickless.stages.sense.forecast.exhaustion import Crossing, Watch, crossing
from tickless.stages.sense.forecast.forecaster import HISTORY_DAYS, Forecast, Forecaster
from tickless.stages.sense.forecast.limits import LimitRule
from tickless.stages.sense.forecast.trend import Slope, seconds_to, slope_of

STEP: Final = 600.0
"""Seconds of the grid."""
HOUR: Final = 6
EVERY: Final = 3
"""Steps between two forecasts."""
POINTS: Final = 240
"""Values as they came, for the trend and the picture."""
LATELY: Final = 16
"""Of them, those that a trend is drawn through."""
HIGH, SOON = 80.0, 3_600.0
"""A trend alarms when so much is used, and the limit is surely met within so many seconds."""
STEADY: Final = frozenset({"disk", "inodes", "quota", "addresses", "seats"})
"""Kinds that fill without being emptied every few minutes, so that a trend tells something."""
ROOM: Final = 2.0
"""Points of a hundred by which a measure must fall, at least, to count as relieved."""
DAY: Final = 86_400.0
_AGREE, _CALM = 2, 6
_NEVER: Final = -1

Basis = Literal["calibrated", "trend", "calendar"]


@dataclass(frozen=True)
class Course:
    """What is foreseen, and by what: hours from `at` on, the limit's crossing in hours too."""

    at: float
    now: float
    basis: Basis
    hours: tuple[float, ...]
    middle: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    crossing: Crossing


class Limited:
    """See the module. `act_days`: how many days before a date something is done about it."""

    def __init__(self, rule: LimitRule, *, act_days: float) -> None:
        self.rule = rule
        self.act_days = act_days
        self.forecaster, self.watch = Forecaster(HOUR), Watch()
        self.points: deque[tuple[float, float]] = deque(maxlen=POINTS)
        self.whole: float | None = None
        self.said: Forecast | None = None
        self.said_at = 0.0
        self.said_from = 0.0
        self.rising = False
        self.step, self.held = _NEVER, math.nan
        self.agree = self.calm = 0
        self.fast = False
        self.top = -math.inf
        """The highest measure since a trend alarmed."""

    @property
    def pressing(self) -> bool:
        """Whether something should be done about it now."""
        return self.fast or self.watch.on

    def feed(self, time: float, value: float) -> bool:
        """A value came; whether something new is to be said. What is not later than the last value is passed over."""
        measure = self.rule.measure(value, self.whole, at=time)
        if measure is None or not math.isfinite(measure) or (self.points and time <= self.points[-1][0]):
            return False
        if self.rule.reads == "expires" and value <= 0:
            return False
        self.points.append((time, measure))
        if self.rule.dated:
            return self._see(-measure <= self.act_days)
        refreshed = self._on_grid(int(time // STEP), measure)
        relieved = self._relieved(measure)
        return (not relieved and self._see(self._fast())) or refreshed or relieved

    def course(self) -> Course | None:
        """What is foreseen now; None while nothing can be said."""
        if not self.points:
            return None
        at, now = self.points[-1]
        if self.rule.dated:
            left = -now * 24.0
            found = Crossing(left, left, left) if left >= 0 else Crossing(0.0, 0.0, 0.0)
            path = (0.0, self.rule.full) if left >= 0 else (now, now)
            return Course(at, now, "calendar", (max(left, 0.0),), (path[1],), (path[1],), (path[1],), found)
        if self.said is not None and self.said.known and not self.fast:
            return self._calibrated(self.said, at, now)
        slope = self._slope()
        return None if slope is None else self._trend(slope, at)

    def trend(self) -> Course | None:
        """What is foreseen if it goes on as lately; None while there are too few points."""
        slope = None if self.rule.dated or not self.points else self._slope()
        return None if slope is None else self._trend(slope, self.points[-1][0])

    def _on_grid(self, step: int, measure: float) -> bool:
        """The value that holds at the end of a step counts for it; what was not measured is a gap."""
        if self.step == _NEVER:
            self.step, self.held = step, measure
            return False
        refreshed = False
        if step - self.step > HISTORY_DAYS * 24 * HOUR:
            self.forecaster, self.watch, self.said = Forecaster(HOUR), Watch(), None
            self.step = step - 1
        while self.step < step:
            self.forecaster.add(self.held)
            self.held = math.nan
            self.step += 1
            if self.forecaster.step % EVERY == 0:
                refreshed = self._refresh() or refreshed
        self.held = measure
        return refreshed

    def _refresh(self) -> bool:
        """Ask the forecaster anew; a measure that stands still at its limit is no forecast."""
        newest = self.forecaster.history[-1]
        if math.isnan(newest):
            return False
        self.said, self.said_at = self.forecaster.forecast(), self.step * STEP
        self.said_from = newest
        recent = np.array(list(self.forecaster.history)[-24 * HOUR :])
        self.rising = bool(np.nanmin(recent) < newest)
        found = crossing(newest, self.rule.full, self.said) if self.said.known else Crossing(None, None, None)
        before = self.watch.on
        self.watch.see(found if self.rising or before else Crossing(None, None, None))
        return True

    def _relieved(self, measure: float) -> bool:
        """Somebody made room: what was foreseen is over, and is not waited for."""
        if self.fast:
            self.top = max(self.top, measure)
            if measure < self.top - ROOM:
                self.fast, self.agree = False, 0
                return True
        if not self.watch.on or self.said is None:
            return False
        usual = float(self.said.middle[0] - self.said.low[0])
        if measure >= self.said_from - max(ROOM, 3 * usual):
            return False
        self.watch = Watch()
        return True

    def _see(self, found: bool) -> bool:
        """Count what agrees, so that one value begins and ends nothing."""
        self.agree = self.agree + 1 if found else 0
        self.calm = 0 if found else self.calm + 1
        before = self.fast
        if not before and self.agree >= _AGREE:
            self.fast, self.top = True, self.points[-1][1]
        elif before and self.calm >= (_AGREE if self.rule.dated else _CALM):
            self.fast = False
        return self.fast != before

    def _fast(self) -> bool:
        """Filling so quickly that the forecaster, which looks every half hour, would be late; and higher than lately."""
        if self.rule.kind not in STEADY or len(self.points) < 2 * LATELY or self.points[-1][1] < HIGH:
            return False
        earlier = [value for _, value in list(self.points)[:-LATELY]]
        slope = self._slope()
        if slope is None or self.points[-1][1] <= max(earlier) or self.points[-1][1] >= self.rule.full:
            return False
        latest = seconds_to(self.rule.full, slope)[2]
        return latest is not None and latest <= SOON

    def _slope(self) -> Slope | None:
        lately = np.array(list(self.points)[-LATELY:])
        return slope_of(lately[:, 0], lately[:, 1])

    def _trend(self, slope: Slope, at: float) -> Course:
        seconds = seconds_to(self.rule.full, slope)
        found = Crossing(*(None if one is None else one / 3_600 for one in seconds))
        end = max((one for one in seconds if one is not None), default=0.0)
        ahead = min(max(end, 60.0), DAY)
        hours = tuple(ahead * part / 8 / 3_600 for part in range(1, 9))
        middle, low, high = (
            tuple(slope.now + off + rate * hour * 3_600 for hour in hours)
            for rate, off in ((slope.middle, 0.0), (slope.low, -slope.off), (slope.high, slope.off))
        )
        return Course(at, slope.now, "trend", hours, middle, low, high, found)

    def _calibrated(self, said: Forecast, at: float, now: float) -> Course:
        hours = tuple(float(one) for one in said.hours)
        middle, low, high = (tuple(one.tolist()) for one in (said.middle, said.low, said.high))
        found = crossing(self.said_from, self.rule.full, said)
        return Course(self.said_at, self.said_from, "calibrated", hours, middle, low, high, found)
