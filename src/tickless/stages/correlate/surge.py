"""Many people with the same trouble at once: is that more than chance? Pure.

Reports are alike when they are about one service (or about services of which one needs the other), when they have the same
need, or when they say much the same. They are a surge when so many *different* people within the window would be rarer than
`RARE` at the rate that is usual for such reports (Poisson), and never fewer than `LEAST` people.
"""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from tickless.domain.world import World
from tickless.kit.likeness import likeness

WINDOW = dt.timedelta(minutes=20)
LEAST = 3
RARE = 0.001
ALIKE = 0.5
"""Likeness of two texts from which they say the same."""
HOPS = 2
QUIET_RATE = 0.1
"""Reports an hour that are assumed at least, where little or nothing is known."""


@dataclass(frozen=True)
class Report:
    """One person's word of trouble. `who`: the person, or the conversation of somebody unknown."""

    case: str
    who: str
    need: str | None
    service: str | None
    text: str
    at: dt.datetime


@dataclass(frozen=True)
class Surge:
    """Reports that belong together, and why that is no chance."""

    reports: tuple[Report, ...]
    people: int
    service: str | None
    """The service that most of them are about, as far as they say."""
    usual: float
    """People that a window of this length usually brings."""
    chance: float

    @property
    def why(self) -> str:
        usual = "hardly ever one" if self.usual < 0.5 else f"about {self.usual:.0f}"
        minutes = int(WINDOW.total_seconds() // 60)
        return f"{self.people} people reported it within {minutes} minutes, where usually there is {usual}."


def alike(one: Report, other: Report, world: World) -> bool:
    """Whether two reports may be about the same trouble."""
    if one.service and other.service:
        return one.service == other.service or _linked(one.service, other.service, world)
    if one.need is not None and one.need == other.need and one.need != "incident_report":
        return True
    return likeness(one.text, other.text) >= ALIKE


def _linked(one: str, other: str, world: World) -> bool:
    return other in world.upstream_of(one, hops=HOPS) or one in world.upstream_of(other, hops=HOPS)


def find_surge(new: Report, recent: Iterable[Report], *, usual_per_hour: float, world: World) -> Surge | None:
    """The surge that `new` belongs to, if it makes or continues one. `recent` may hold it, and older ones."""
    near = [r for r in recent if r.case != new.case and abs(new.at - r.at) <= WINDOW and alike(new, r, world)]
    found = sorted([*near, new], key=lambda report: (report.at, report.case))
    people = len({report.who for report in found})
    usual = max(usual_per_hour, QUIET_RATE) * WINDOW.total_seconds() / 3_600
    chance = at_least(people, usual)
    if people < LEAST or chance > RARE:
        return None
    named = Counter(report.service for report in found if report.service)
    service = _deepest([name for name, _ in named.most_common()], world) if named else None
    return Surge(tuple(found), people, service, usual, chance)


def _deepest(named: list[str], world: World) -> str:
    """The one that the others need, if there is one; else the one that is named most."""
    for service in named:
        others = [other for other in named if other != service]
        if others and all(service in world.upstream_of(other, hops=HOPS) for other in others):
            return service
    return named[0]


def at_least(count: int, mean: float) -> float:
    """The chance of `count` or more events where `mean` are expected (Poisson)."""
    if count <= 0:
        return 1.0
    if mean <= 0:
        return 0.0
    term = below = math.exp(-mean)
    for k in range(1, count):
        term *= mean / k
        below += term
    return max(0.0, 1.0 - below)
