"""A week of traffic as it arrives: the storms of a made-up company, late, out of order, or not at all. Knows no method."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass, field, replace

from bench.storm_play import SOURCES, START, SentAlert, Storms, play
from bench.storm_world import StormWorld, drawn_map, make_world

DAYS = 7
APPS = 14
INCIDENTS = 90
MISSING = 0.2
WRONG = 0.05
LATE = 0.05
"""Share of resolves that arrive ten minutes to three hours late."""
SWAPPED = 0.03
"""Share of news that is overtaken by what was said after it."""
LOST = ("synthetic", 4.4)
"""A source, and the day on which it falls silent for good."""
WATCHDOG = dt.timedelta(minutes=10)
"""How often each source says that it lives."""


@dataclass(frozen=True)
class Arrival:
    """One thing that arrives: an alert, a sign of life (None), or a deployment of a service."""

    at: dt.datetime
    source: str
    alert: SentAlert | None = None
    deployed: str | None = None


@dataclass
class WeekTraffic:
    """What arrives, in order, and the truth. `drawn`: the map as people drew it, with holes and errors. `fallen`: when the lost
    source said its last."""

    world: StormWorld
    storms: Storms
    drawn: list[tuple[str, str]]
    arrivals: list[Arrival] = field(default_factory=list)
    fallen: dt.datetime = START
    days: int = DAYS
    guilty: dict[str, str] = field(default_factory=dict)
    """Incident → the service that was deployed right before it broke."""


def make_week(seed: int, *, incidents: int = INCIDENTS, days: int = DAYS, apps: int = APPS) -> WeekTraffic:
    """A week by seed."""
    world = make_world(seed, apps=apps)
    storms = play(world, seed, incidents=incidents, days=days)
    drawn = drawn_map(world, seed, missing=MISSING, wrong=WRONG)
    week = WeekTraffic(world, storms, drawn, days=days, fallen=START + dt.timedelta(days=LOST[1] * days / DAYS))
    chance = random.Random(f"week-{seed}")
    for alert in storms.stream:
        arrives = alert.at + dt.timedelta(seconds=chance.uniform(0.2, 5))
        if alert.state == "resolved" and chance.random() < LATE:
            arrives += dt.timedelta(minutes=chance.uniform(10, 180))
        elif chance.random() < SWAPPED:
            arrives += dt.timedelta(seconds=chance.uniform(30, 300))
        if alert.source != LOST[0] or arrives < week.fallen:
            week.arrivals.append(Arrival(arrives, alert.source, replace(alert, fingerprint=_plain(alert.fingerprint))))
    _signs_of_life(week, days)
    _deployments(week, chance, days)
    week.arrivals.sort(key=lambda one: (one.at, one.source, one.alert.fingerprint if one.alert else ""))
    return week


def heard(week: WeekTraffic) -> set[str]:
    """Fingerprints that began to fire before their source fell silent."""
    return {one.alert.fingerprint for one in week.arrivals if one.alert and one.alert.state == "firing"}


def true_state(week: WeekTraffic) -> dict[str, str]:
    """Fingerprint → what its newest news that arrived says, by the monitor's own time."""
    newest: dict[str, SentAlert] = {}
    for one in week.arrivals:
        alert = one.alert
        if alert is not None and (alert.fingerprint not in newest or alert.at >= newest[alert.fingerprint].at):
            newest[alert.fingerprint] = alert
    return {fingerprint: alert.state for fingerprint, alert in newest.items()}


def _plain(fingerprint: str) -> str:
    """A fingerprint from which nothing can be read."""
    return f"{random.Random(fingerprint).getrandbits(64):016x}"


def truth(week: WeekTraffic) -> dict[str, str]:
    """Fingerprint as it is sent → incident."""
    return {_plain(key): incident for key, incident in week.storms.truth.items()}


def apart(week: WeekTraffic) -> set[str]:
    """Fingerprints, as they are sent, of what belongs to no incident."""
    return {_plain(key) for key in week.storms.apart}


def _signs_of_life(week: WeekTraffic, days: int) -> None:
    end = max(START + dt.timedelta(days=days), *(one.at for one in week.arrivals))
    for source in sorted(SOURCES):
        at = START
        while at < end and (source != LOST[0] or at < week.fallen):
            week.arrivals.append(Arrival(at, source))
            at += WATCHDOG


def _deployments(week: WeekTraffic, chance: random.Random, days: int) -> None:
    """Deployments all day, and some of them right before what they deploy breaks."""
    services = [name for name, node in sorted(week.world.nodes.items()) if node.kind in {"api", "web", "worker"}]
    for _ in range(days * 12):
        at = START + dt.timedelta(seconds=chance.uniform(0, days * 86_400))
        week.arrivals.append(Arrival(at, "deploys", deployed=chance.choice(services)))
    first: dict[str, dt.datetime] = {}
    for alert in week.storms.stream:
        incident = week.storms.truth.get(alert.fingerprint)
        if incident is not None:
            first[incident] = min(first.get(incident, alert.at), alert.at)
    for incident, root in sorted(week.storms.roots.items()):
        if root in services and incident in first and chance.random() < 0.4:
            at = first[incident] - dt.timedelta(minutes=chance.uniform(2, 25))
            week.arrivals.append(Arrival(at, "deploys", deployed=root))
            week.guilty[incident] = root
