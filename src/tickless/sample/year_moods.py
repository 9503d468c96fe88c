"""What people say of how it was, from how long it took and whether it came back. Pure."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

SILENT_ABOVE = 0.55
"""Whose mood is above this says nothing: more than half do not answer."""


@dataclass(frozen=True)
class Rated:
    """Satisfaction and effort from 1 to 5."""

    satisfaction: int
    effort: int
    expected: Literal["worse", "as_expected", "better"]


def rated(mood: float, waited: dt.timedelta, *, came_back: bool = False) -> Rated | None:
    """None: they do not answer. `waited`: from the asking until it was over."""
    if mood > SILENT_ABOVE:
        return None
    easily = mood / SILENT_ABOVE
    hours = waited.total_seconds() / 3_600
    best = 4.9 if hours < 0.25 else 4.2 if hours < 4 else 3.5 if hours < 24 else 2.6
    score = best + 1.2 * (easily - 0.6) - (1.3 if came_back else 0.0)
    satisfaction = max(1, min(5, round(score)))
    effort = 1 if satisfaction == 5 else 2 if satisfaction == 4 else 3 if satisfaction == 3 else 4
    expected: Literal["worse", "as_expected", "better"] = (
        "better" if satisfaction == 5 and easily > 0.3 else "worse" if satisfaction <= 2 else "as_expected"
    )
    return Rated(satisfaction, effort, expected)
