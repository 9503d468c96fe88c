"""When what was verified no longer holds: the rule that stops a runbook, or everything. Pure."""

from __future__ import annotations

import datetime as dt
import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from tickless.domain.brake import BrakeSettings
from tickless.domain.measure import Resolution

COUNTED = frozenset({"verified", "prevented", "regressed"})


@dataclass(frozen=True)
class Stop:
    """A switch to pull, and why."""

    name: str
    reason: str


def wilson_upper(good: int, tries: int, z: float = 1.96) -> float:
    """Upper end of Wilson's score interval for a proportion (Wilson 1927); 1 without tries."""
    if tries == 0:
        return 1.0
    share = good / tries
    middle = share + z * z / (2 * tries)
    spread = z * math.sqrt(share * (1 - share) / tries + z * z / (4 * tries * tries))
    return min(1.0, (middle + spread) / (1 + z * z / tries))


def stops(
    ends: Iterable[Resolution], rules: BrakeSettings, *, now: dt.datetime, released: Mapping[str, dt.datetime]
) -> Iterator[Stop]:
    """What ought to be stopped, by how the ends of the last days held. `released`: when a switch was released last; only what
    ended afterwards speaks against it."""
    since = now - dt.timedelta(days=rules.hold_days)
    of: dict[str, list[Resolution]] = defaultdict(list)
    for one in ends:
        if one.outcome not in COUNTED or one.at < since or one.runbook is None:
            continue
        for name in ("all", f"runbook:{one.runbook}"):
            if name not in released or one.at > released[name]:
                of[name].append(one)
    for name, own in sorted(of.items()):
        good = sum(one.outcome != "regressed" for one in own)
        least = rules.hold_least_all if name == "all" else rules.hold_least
        if len(own) >= least and wilson_upper(good, len(own)) < rules.hold_bar:
            days = rules.hold_days
            yield Stop(
                name, f"of {len(own)} verified results in {days} days only {good} held; a person has to look first"
            )
