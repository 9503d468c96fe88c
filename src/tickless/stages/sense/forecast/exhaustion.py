"""When something with a limit will be used up, and whether that is worth acting on now. Pure.

Spoken of as what *rises* to its limit: give free space as its negative, seats and addresses as what is taken.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tickless.stages.sense.forecast.forecaster import Forecast

Floats = NDArray[np.float64]
SURE_WITHIN = 24.0
"""Hours: alarm when even the band's lower edge meets the limit by then."""
LIKELY_WITHIN = 6.0
"""Hours: alarm when the forecast itself meets it by then."""
IN_A_ROW = 2
"""Refreshes that have to agree, to begin."""
QUIET = 6
"""Refreshes without reason, to end."""


@dataclass(frozen=True)
class Crossing:
    """Hours until the limit is met: as forecast, at the earliest and the latest (nine in ten); None: not within a day."""

    likely: float | None
    earliest: float | None
    latest: float | None

    @property
    def pressing(self) -> bool:
        """Sure within a day, or likely within a quarter of one."""
        sure = self.latest is not None and self.latest <= SURE_WITHIN
        return sure or (self.likely is not None and self.likely <= LIKELY_WITHIN)


def crossing(now: float, limit: float, forecast: Forecast) -> Crossing:
    """When the paths of forecast and band meet the limit, between the horizons in a straight line."""
    if now >= limit:
        return Crossing(0.0, 0.0, 0.0)
    hours = np.concatenate([[0.0], np.array(forecast.hours, dtype=np.float64)])
    likely, early, late = (
        _meets(hours, np.concatenate([[now], path]), limit) for path in (forecast.middle, forecast.high, forecast.low)
    )
    return Crossing(likely, early, late)


def _meets(hours: Floats, path: Floats, limit: float) -> float | None:
    over = np.flatnonzero(path >= limit)
    if not len(over):
        return None
    place = int(over[0])
    before, after = path[place - 1], path[place]
    share = (limit - before) / (after - before) if after > before else 1.0
    return float(hours[place - 1] + share * (hours[place] - hours[place - 1]))


class Watch:
    """Says when an alarm begins and ends, so that one that hovers at the edge does not flap."""

    def __init__(self) -> None:
        self.on = False
        self._agree = 0
        self._quiet = 0

    def dump(self) -> tuple[int, int, int]:
        """What it remembers, as numbers."""
        return int(self.on), self._agree, self._quiet

    def load(self, dumped: Sequence[int]) -> None:
        """Go on from there. Raises ValueError."""
        on, self._agree, self._quiet = dumped
        self.on = bool(on)

    def see(self, found: Crossing) -> bool:
        """One refresh; returns whether an alarm begins with it."""
        self._agree = self._agree + 1 if found.pressing else 0
        self._quiet = 0 if found.pressing else self._quiet + 1
        if self.on and self._quiet >= QUIET:
            self.on = False
        begins = not self.on and self._agree >= IN_A_ROW
        self.on = self.on or begins
        return begins


def told(what: str, now: float, limit: float, found: Crossing, *, unit: str = "") -> str:
    """In words: `/var is at 81 of 100 %: full in about 9 hours, between 7 and 14.`"""
    at = f"{what} is at {now:.4g} of {limit:.4g}{unit}"
    if found.likely is None:
        return f"{at}: not used up within a day."
    late = f"and {found.latest:.0f}" if found.latest is not None else "and more than 24"
    early = f"{found.earliest:.0f}" if found.earliest is not None else "0"
    return f"{at}: used up in about {found.likely:.0f} hours, between {early} {late}."
