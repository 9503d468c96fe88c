"""Evidence for the autonomy ladder. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from tickless.domain.measure import Resolution

GOOD = frozenset({"verified", "prevented", "confirmed"})
BAD = frozenset({"regressed"})
RUNGS = ("observe", "suggest", "approve", "auto")
PROMOTE_AT = 0.90
"""Lower confidence bound of verified success at which a promotion is proposed."""
MIN_DAYS = 5
"""Different days on which it must have been seen."""
DEMOTE_RECENT = 5
"""The latest tries that are looked at for a demotion."""
DEMOTE_BAD = 2
"""So many bad ones among them, and the runbook falls to `approve` at once."""


@dataclass(frozen=True)
class Evidence:
    """How a runbook did. `bound`: lower end of the 95 % interval of its success rate."""

    runbook: str
    tries: int
    good: int
    days: int
    bound: float
    recent_bad: int


def wilson_lower(good: int, tries: int, z: float = 1.96) -> float:
    """Lower end of Wilson's score interval for a proportion (Wilson 1927); 0 without tries or successes."""
    if good == 0 or tries == 0:
        return 0.0
    share = good / tries
    middle = share + z * z / (2 * tries)
    spread = z * math.sqrt(share * (1 - share) / tries + z * z / (4 * tries * tries))
    return max(0.0, (middle - spread) / (1 + z * z / tries))


def evidence(runbook: str, resolutions: Iterable[Resolution], *, failures: int = 0) -> Evidence:
    """Count tries (ends that a run of this runbook brought about, and runs that did not hold)."""
    own = sorted((r for r in resolutions if r.runbook == runbook), key=lambda r: r.at)
    good = sum(1 for r in own if r.outcome in GOOD)
    tries = sum(1 for r in own if r.outcome in GOOD | BAD) + failures
    recent_bad = sum(1 for r in own[-DEMOTE_RECENT:] if r.outcome in BAD)
    return Evidence(
        runbook, tries, good, len({r.at.date() for r in own}), wilson_lower(good, tries), recent_bad + failures
    )


def proposal(rung: str, found: Evidence) -> str | None:
    """The rung that the evidence speaks for, one step up at most and only ever proposed; None: stay."""
    at = RUNGS.index(rung)
    if found.bound >= PROMOTE_AT and found.days >= MIN_DAYS and at + 1 < len(RUNGS):
        return RUNGS[at + 1]
    return None


def demotion(rung: str, found: Evidence) -> str | None:
    """The rung to fall to at once, or None."""
    return "approve" if rung == "auto" and found.recent_bad >= DEMOTE_BAD else None
