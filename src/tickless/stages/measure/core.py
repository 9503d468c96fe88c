"""The first numbers. Pure: from resolutions to figures."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from tickless.domain.case import Outcome
from tickless.domain.measure import Resolution

SHOWN = ("verified", "confirmed", "assumed", "regressed", "handed_off", "prevented", "muted")
"""Always shown side by side; `refused` and `withdrawn` follow where there are any."""
PROVEN: frozenset[Outcome] = frozenset({"verified", "prevented"})
"""Ends of which the time to a verified end is told."""
SAVING: frozenset[Outcome] = PROVEN | {"confirmed"}
"""Ends that have held so far and saved what their runbook says."""


def outcomes(resolutions: Iterable[Resolution]) -> dict[str, int]:
    """How the cases ended: every outcome that is always shown, and the others that occurred."""
    return side_by_side(Counter(resolution.outcome for resolution in resolutions))


def side_by_side(found: Mapping[str, int]) -> dict[str, int]:
    """Counts of outcomes as they are shown."""
    others = {name: count for name, count in found.items() if name not in SHOWN}
    return {**{name: found.get(name, 0) for name in SHOWN}, **others}


def percentile(values: Sequence[float], share: float) -> float | None:
    """Nearest-rank percentile (the smallest value that at least `share` of the values do not exceed); None for none."""
    if not values:
        return None
    ranked = sorted(values)
    return ranked[max(0, math.ceil(share * len(ranked)) - 1)]


def seconds_to_verified(resolutions: Iterable[Resolution]) -> dict[str, float | None]:
    """p50 and p99 of the seconds from the first signal to a verified (or prevented) end."""
    seconds = [r.seconds for r in resolutions if r.outcome in PROVEN]
    return {"p50": percentile(seconds, 0.50), "p99": percentile(seconds, 0.99)}


def minutes_saved(resolutions: Iterable[Resolution]) -> float:
    """Minutes by the runbooks' own figures, for what was verified, prevented or confirmed and has held so far."""
    return sum(r.minutes_saved for r in resolutions if r.outcome in SAVING)
