"""How far a forecast may be off, learnt from how far it was off. Pure; state is given and returned in place.

Split-conformal quantiles of the forecast's own signed errors, one set a horizon, with adaptive conformal inference (Gibbs and
Candès 2021) on either side: where the measure drifts and errors grow, the band widens until it covers what it promises.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
KEPT = 336
"""Errors remembered for each horizon."""
FEWEST = 24
"""Errors below which a horizon borrows from the next shorter one."""
PACE = 0.02
"""How fast a side's share adapts after a miss."""
BEYOND = 0.5
"""Below a share of zero the band reaches beyond the greatest error: so much of it for each 0.1."""


class Bands:
    """`count` horizons; `miss`: the share of values that may lie below the band, and above it, each."""

    def __init__(self, count: int, *, miss: float = 0.05) -> None:
        self.miss = miss
        self.errors = np.full((count, KEPT), np.nan)
        self.at = np.zeros(count, dtype=np.int64)
        self.shares = np.full((2, count), miss)

    def learn(self, horizon: int, error: float, below: float, above: float) -> None:
        """An actual value came: `error` = actual - forecast; `below`, `above`: the band's edges then, as errors."""
        self.errors[horizon, self.at[horizon] % KEPT] = error
        self.at[horizon] += 1
        if not np.isfinite(below + above):
            return
        for side, missed in ((0, error < below), (1, error > above)):
            moved = self.shares[side, horizon] + PACE * (self.miss - float(missed))
            self.shares[side, horizon] = min(max(moved, -0.5), 0.25)

    def edges(self, steps: Floats) -> tuple[Floats, Floats]:
        """The band's edges as errors, lower and upper, for every horizon; NaN while nothing is known. `steps`: the horizons."""
        lower, upper = np.full(len(steps), np.nan), np.full(len(steps), np.nan)
        for horizon in range(len(steps)):
            known = self.errors[horizon, : min(self.at[horizon], KEPT)]
            if len(known) >= FEWEST:
                lower[horizon] = -_reach(-known, self.shares[0, horizon])
                upper[horizon] = _reach(known, self.shares[1, horizon])
            elif horizon:  # a random walk's spread grows with the root of time
                grown = np.sqrt(steps[horizon] / steps[horizon - 1])
                lower[horizon], upper[horizon] = lower[horizon - 1] * grown, upper[horizon - 1] * grown
        return lower, upper


def _reach(errors: Floats, share: float) -> float:
    """The value that a share of the errors exceeds."""
    if share > 0:
        return float(np.quantile(errors, 1 - share, method="higher"))
    greatest = float(np.max(errors))
    return greatest + abs(greatest) * BEYOND * -share * 10
