"""What could be done about an alert that tells too much. Pure: each proposal follows from what the alert did."""

from __future__ import annotations

from dataclasses import dataclass

from tickless.stages.measure.week.transitions import Doings

FLAPS = 6
"""Onsets in the span from which an alert flaps, if it heals soon each time."""
SOON = 15.0
"""Minutes."""
STANDS = 3 * 24 * 60.0
"""Minutes after which an alert that fires is furniture."""


@dataclass(frozen=True)
class Came:
    """What came of an alert: `own` cases that it led, `joined` those that it only belonged to, `held` times held back."""

    own: int = 0
    joined: int = 0
    held: int = 0
    standing_minutes: float = 0.0
    """How long it has fired by now, if it does."""


def flaps(doings: Doings) -> bool:
    """Whether it comes and goes."""
    typical = doings.median_minutes
    return doings.fired >= FLAPS and typical is not None and typical <= SOON


def proposal(doings: Doings, came: Came) -> str:
    """One sentence on what to change; empty when nothing speaks for a change."""
    typical = doings.median_minutes
    if came.standing_minutes >= STANDS:
        return (
            f"It has fired for {came.standing_minutes / 1440:.0f} days: mend what it tells of, or take the alert away."
        )
    if flaps(doings):
        pause = max(5, round((typical or 0.0) * 2))
        alone = f"It heals alone, usually within {_minutes(typical)}"
        return f"{alone}: have it fire only after {pause} minutes, or widen its threshold."
    if came.joined and not came.own:
        return "It never led a case: send it as a warning, its cause is told by others."
    if came.held and came.held >= doings.fired:
        return "It was held back every time: ask whether anybody needs it."
    if doings.fired >= FLAPS and came.own:
        return "It comes back: look for what is behind it, or write a runbook that heals it."
    return ""


def _minutes(value: float | None) -> str:
    if value is None or value < 1:
        return "a minute"
    return f"{value:.0f} minutes"
