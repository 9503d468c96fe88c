"""Flap damping: an alert that comes and goes again and again is held back until it has been quiet for a while. Pure.

As BGP damps routes (RFC 2439, sections 4.2 and 4.8): each time that it comes back adds a penalty, which halves with time. From
`suppress` on it is damped, below `reuse` it is free. The penalty has a ceiling, so that quiet sets it free within a known time.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass

EACH = 1.0
"""What one return adds."""


@dataclass(frozen=True)
class Damping:
    """Penalties are counted in returns."""

    half_life: dt.timedelta = dt.timedelta(minutes=15)
    suppress: float = 4.0
    reuse: float = 1.0
    longest_quiet: dt.timedelta = dt.timedelta(minutes=40)
    """At most so much quiet sets it free, however much it flapped."""
    longest: dt.timedelta = dt.timedelta(hours=2)
    """So long it is damped in one piece; then people are told, if it fires."""

    @property
    def ceiling(self) -> float:
        return max(self.suppress, self.reuse * math.exp2(self.longest_quiet / self.half_life))


@dataclass(frozen=True)
class Flaps:
    """How much an alert has flapped: its penalty as of `at`, and since when it is damped (None: it is not)."""

    penalty: float = 0.0
    at: dt.datetime | None = None
    since: dt.datetime | None = None


CALM = Flaps()


def penalty_now(flaps: Flaps, now: dt.datetime, rules: Damping) -> float:
    """What is left of it. A clock that went back takes nothing off."""
    if flaps.at is None:
        return 0.0
    aged = max(0.0, (now - flaps.at) / rules.half_life)
    return flaps.penalty * math.exp2(-aged)


def came_back(flaps: Flaps, now: dt.datetime, rules: Damping) -> Flaps:
    """It fires again after it was over."""
    left = penalty_now(flaps, now, rules)
    penalty = min(left + EACH, rules.ceiling)
    damped = flaps.since if left >= rules.reuse else None
    if damped is not None and now - damped >= rules.longest:
        damped, penalty = None, min(penalty, rules.suppress - EACH)  # people were told; it begins anew
    if damped is None and penalty >= rules.suppress:
        damped = now
    return Flaps(penalty, max(now, flaps.at or now), damped)


def free_at(flaps: Flaps, rules: Damping) -> dt.datetime | None:
    """When it is free if it stays quiet from now on, at the latest when it has been damped for `longest`; None: it is."""
    if flaps.since is None or flaps.at is None:
        return None
    halvings = math.log2(max(flaps.penalty, rules.reuse) / rules.reuse)
    return min(flaps.at + rules.half_life * halvings, flaps.since + rules.longest)
