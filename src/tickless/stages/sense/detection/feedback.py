"""What people say of alarms, useful or noise, as how rare a series' alarms must be. Pure; the budget stays the knob."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Literal

Said = Literal["useful", "noise"]
NOISE: Final = 0.5
"""Powers of ten by which a series' alarms must be rarer after one that was noise."""
USEFUL: Final = -0.5
"""The same after a useful one."""
MOST: Final = 1.5
"""No series is silenced, or made to cry, by feedback alone."""


def decades_of(said: Iterable[Said]) -> float:
    """What to give to `Budget.forgive` or `Bank.forgive`, once, for what was newly said of one series, oldest first.

    It wears off by itself: a series that alarms less than its budget allows is made easier again by the integral feedback.
    """
    sum_ = 0.0
    for one in said:
        sum_ = min(MOST, max(-MOST, sum_ + (NOISE if one == "noise" else USEFUL)))
    return sum_
