"""One series that the rich detector looks at: what was said of each of its last points, and the levels it went over to.

Fed in order of time; causal, no clock.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping
from typing import Final, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tickless.stages.sense.detection.budget import Pool
from tickless.stages.sense.detection.changes import Change, ChangeFinder
from tickless.stages.sense.detection.rich import NOTABLE, Judgement, RichDetector
from tickless.stages.sense.telemetry.focus.week import Week

POINTS: Final = 512
"""Points that are kept with what was said of them."""
READY: Final = 300
"""Points after which the rich detector decides in the bank's stead."""
CHANGES: Final = 5
SILENT: Final = 10.0
"""Times the usual step without a value, after which a series counts as missing."""
SHORTEST_SILENCE: Final = 600.0

Why = Literal["service_level", "suspect", "in_trouble"]


class Judged(NamedTuple):
    """One point and what was said of it when it came."""

    time: float
    value: float
    low: float
    high: float
    onset: float
    alarm: bool


class Close:
    """See the module."""

    def __init__(self, why: Why, *, alarms_per_week: float, pool: Pool) -> None:
        self.why: Why = why
        self.detector = RichDetector(alarms_per_week=alarms_per_week, pool=pool)
        self.week, self.finder = Week(), ChangeFinder()
        self.points: deque[Judged] = deque(maxlen=POINTS)
        self.changes: deque[Change] = deque(maxlen=CHANGES)
        self.since: float | None = None
        """When what goes on began, by this detector's word."""
        self.state = 0.0
        self.step = 0.0
        self.troubled_at = -math.inf
        """When it was last suspect."""

    @property
    def ready(self) -> bool:
        """Whether this detector decides."""
        return self.detector.seen >= READY

    @property
    def last(self) -> float:
        """Time of the last point; -inf before it."""
        return self.points[-1].time if self.points else -math.inf

    def feed(self, time: float, value: float) -> tuple[Judgement, bool] | None:
        """Judge a point: (what is said, whether an anomaly begins). None for what is passed over. What is usual at this hour
        of the week, as three weeks have shown, is no anomaly."""
        if not (math.isfinite(time) and math.isfinite(value)) or time <= self.last:
            return None
        gone = time - self.last
        self.step = gone if self.step == 0 else self.step + 0.1 * (min(gone, 10 * self.step) - self.step)
        self.step = 0.0 if not math.isfinite(self.step) else self.step
        usual = self.week.usual(time, value)
        judged = self.detector.update(time, value)
        self.week.push(time, value)
        self.state = 0.0 if usual else judged.state
        begins = judged.alarm and not usual and self.ready
        self.points.append(Judged(time, value, judged.expected_low, judged.expected_high, judged.onset, begins))
        change = self.finder.push(time, value)
        if change is not None:
            self.changes.append(change)
        if self.state >= NOTABLE:
            self.troubled_at = time
        return judged, begins

    def silent(self, now: float) -> bool:
        """Whether it should have been heard again by now."""
        return bool(self.points) and self.step > 0 and now - self.last > max(SILENT * self.step, SHORTEST_SILENCE)

    def dump(self) -> dict[str, NDArray[np.float64]]:
        """Everything known, as arrays."""
        own = np.array([math.nan if self.since is None else self.since, self.state, self.step, self.troubled_at])
        points = np.array(self.points, np.float64).reshape(-1, 6)
        changes = np.array(self.changes, np.float64).reshape(-1, 3)
        return self.detector.dump() | {
            "close": own, "week": self.week.dump(), "finder": self.finder.dump(), "points": points, "changes": changes,
        }  # fmt: skip

    def load(self, dumped: Mapping[str, NDArray[np.float64]]) -> None:
        """Go on from there. Raises KeyError, ValueError, IndexError."""
        self.detector.load(dumped)
        self.week.load(dumped["week"])
        self.finder.load(dumped["finder"])
        since, self.state, self.step, self.troubled_at = dumped["close"].tolist()
        self.since = None if math.isnan(since) else since
        rows = dumped["points"].reshape(-1, 6).tolist()
        self.points.extend(
            Judged(at, value, low, high, onset, bool(alarm)) for at, value, low, high, onset, alarm in rows
        )
        self.changes.extend(Change(*row) for row in dumped["changes"].reshape(-1, 3).tolist())
