"""Whether there is time: until a limit is met, against how long the runbook usually takes. Pure."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from tickless.domain.sighting import Crossing

ENOUGH: Final = 5
"""Runs from which "nine in ten" is said; below, the longest one counts."""


@dataclass(frozen=True)
class Lead:
    """`enough`: even where it meets its limit early and the runbook takes long; None where nobody can say."""

    enough: bool | None
    told: str


def lead(crossing: Crossing, taken: Sequence[float], *, runbook: str, now: dt.datetime) -> Lead | None:
    """`taken`: seconds from the opening of a case to its end, of cases that this runbook mended. None: nothing is foreseen."""
    first = crossing.earliest or crossing.likely
    if first is None:
        return None
    left = (first - now).total_seconds()
    until = f"The limit may be met at {first:%d %b %H:%M} UTC, in {spoken(left)}"
    if left <= 0:
        return Lead(
            False, f"The limit may be met by now: too late to prevent it for sure. {runbook} is the mend all the same."
        )
    if not taken:
        return Lead(None, f"{until}; how long {runbook} takes is not known yet.")
    usual, slow = median(taken), _slow(taken)
    held = "nine in ten within" if len(taken) >= ENOUGH else "at most"
    runs = "1 case" if len(taken) == 1 else f"{len(taken)} cases"
    known = f"{runbook} usually takes {spoken(usual)} ({runs}, {held} {spoken(slow)})"
    if slow < left:
        return Lead(True, f"{until}; {known}: there is time.")
    if usual < left:
        return Lead(False, f"{until}; {known}: it may come too late.")
    return Lead(False, f"{until}; {known}: too late to act by itself. People should look now.")


def _slow(taken: Sequence[float]) -> float:
    ordered = sorted(taken)
    return ordered[math.ceil(0.9 * len(ordered)) - 1] if len(ordered) >= ENOUGH else ordered[-1]


def spoken(seconds: float) -> str:
    """A length as people say it."""
    if seconds < 1:
        return "less than a second"
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 5_400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3_600:.0f} h" if seconds < 172_800 else f"{seconds / 86_400:.0f} days"
