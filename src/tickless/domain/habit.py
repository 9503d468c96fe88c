"""How alerts of one kind usually go: how long they fire, and how many of them heal alone."""

from __future__ import annotations

from typing import Literal

from tickless.domain.record import Record

STEPS: tuple[float, ...] = (15.0, 30.0, 60.0, 120.0, 180.0, 300.0)
"""Seconds: within which of these an alert was over that healed alone."""


class Habit(Record):
    """Of one source, class and severity. `healed[i]`: how many healed alone within `STEPS[i]` and not before; what took
    longer, or what something was done about, is in `seen` only."""

    version: Literal[1] = 1
    id: str
    source: str
    need: str
    severity: str
    seen: int = 0
    healed: tuple[int, ...] = (0,) * len(STEPS)
