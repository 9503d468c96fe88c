"""Plays weeks of trouble in a made-up company and writes down what the monitors send, and what it really was. No method."""

from __future__ import annotations

import datetime as dt
import math
import random
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from bench.storm_texts import FAULTS, SYMPTOMS, Fault, filled, new_code
from bench.storm_world import StormWorld

START = dt.datetime(2026, 2, 2, tzinfo=dt.UTC)
SOURCES = {"prometheus": (15.0, 45.0), "apm": (5.0, 30.0), "zabbix": (30.0, 120.0), "synthetic": (20.0, 180.0)}
"""Monitor → how many seconds it takes at least and at most to notice."""
AGAIN = 4 * 3_600
"""Seconds in which a thing that broke does not break anew: that would be the same trouble back again."""


@dataclass(frozen=True)
class SentAlert:
    """One transition as a monitor sends it. The true origin is kept apart, in `Storms.truth`."""

    at: dt.datetime
    source: str
    fingerprint: str
    state: Literal["firing", "resolved"]
    name: str
    node: str | None
    """What the labels say it is about; some say nothing usable."""
    app: str | None
    text: str
    severity: str


@dataclass
class Storms:
    """The stream and the truth. `truth`: fingerprint → incident; `roots`: incident → what broke;
    `apart`: fingerprints of chronic flapping and of maintenance, which belong to no incident."""

    stream: list[SentAlert] = field(default_factory=list)
    truth: dict[str, str] = field(default_factory=dict)
    roots: dict[str, str] = field(default_factory=dict)
    noise: set[str] = field(default_factory=set)
    """Incidents that are a single trouble of one thing."""
    apart: set[str] = field(default_factory=set)
    maintenance: list[tuple[str, dt.datetime, dt.datetime]] = field(default_factory=list)
    firing: dict[tuple[str, str], float] = field(default_factory=dict)
    """(thing, alert name) → the second until which it fires: what fires already is not sent as something new."""
    calls: list[tuple[str, str, dt.datetime]] = field(default_factory=list)
    """Traces of those services that send any: caller, callee, when."""


def play(world: StormWorld, seed: int, *, incidents: int = 200, days: int = 7) -> Storms:
    """Incidents that cascade, a third of them while another runs; noise, chronic flapping, maintenance, traces."""
    rng = random.Random(f"play-{seed}")
    storms = Storms()
    weak = _weak_spots(world, rng)
    times: list[float] = []
    while len(times) < incidents:
        beside = bool(times) and rng.random() < 0.5
        times.append(times[-1] + rng.uniform(5, 400) if beside else rng.uniform(0, days * 86_400))
    running: list[tuple[float, set[str]]] = []
    broke: dict[str, float] = {}
    for number, second in enumerate(sorted(times)):
        hurt = {name for over, names in running if over > second for name in names}
        hurt |= {name for name, when in broke.items() if second - when < AGAIN}
        root = rng.choices(
            weak, [0 if name in hurt else _frailty(world, name) / (place + 3) for place, name in enumerate(weak)]
        )[0]
        fault = rng.choice([one for one in FAULTS if world.nodes[root].kind in one.on])
        broke[root] = second
        running.append(_incident(world, storms, rng, name=f"i{number}", root=root, fault=fault, start=second))
    for number in range(int(incidents * 0.4)):
        _single(world, storms, rng, f"n{number}", rng.uniform(0, days * 86_400))
    for number in range(8):
        _chronic(world, storms, rng, f"f{number}", days)
    for number in range(6):
        _maintenance(world, storms, rng, f"m{number}", days)
    _traces(world, storms, rng, days)
    storms.stream.sort(key=lambda alert: (alert.at, alert.fingerprint, alert.state))
    return storms


def _weak_spots(world: StormWorld, rng: random.Random) -> list[str]:
    """Things that break, those first that break most; things that many need break less often, but they do."""
    fit = {kind for fault in FAULTS for kind in fault.on}
    names = [name for name, node in sorted(world.nodes.items()) if node.kind in fit and node.kind != "web"]
    rng.shuffle(names)
    return sorted(names[: len(names) * 2 // 3], key=lambda name: not world.needed_by(name))


def _frailty(world: StormWorld, name: str) -> float:
    """Networks and platforms are built to last, what runs on them is not."""
    return 0.25 if world.nodes[name].kind in {"switch", "platform"} else 1.0


def _incident(
    world: StormWorld, storms: Storms, rng: random.Random, *, name: str, root: str, fault: Fault, start: float
) -> tuple[float, set[str]]:
    """One incident in full. Returns when it is over and what it hurt: that can't break anew meanwhile."""
    code = new_code(rng, fault.name)
    hit = _cascade(world, rng, root, start)
    storms.roots[name] = root
    over = start + 60 * math.exp(rng.gauss(math.log(30), 0.6))
    over = max(over, max(at for at, _ in hit.values()) + 120)
    sent = 0
    for node, (at, through) in hit.items():
        if node == root:
            if rng.random() < 0.06 and len(hit) > 3:
                continue  # nobody watches it
            for alert, text in fault.says[: rng.choice((1, 2, 2))]:
                late = rng.uniform(60, 420) if rng.random() < 0.25 else 0.0
                says = (alert, filled(text, rng, node=node, code=code))
                sent += _send(world, storms, rng, name, node=node, says=says, at=at + late, over=over)
        kinds = SYMPTOMS[world.nodes[node].kind]
        wanted = min(len(kinds), max(node != root, int(rng.expovariate(1 / 2.2) + 0.5)))
        for alert, text in rng.sample(kinds, wanted):
            said = filled(text, rng, node=node, code=code)
            said += _blame(world, rng, fault, code=code, node=node, through=through)
            sent += _send(world, storms, rng, name, node=node, says=(alert, said), at=at, over=over)
    if not sent:
        alert, text = fault.says[0]
        says = (alert, filled(text, rng, node=root, code=code))
        sent = _send(world, storms, rng, name, node=root, says=says, at=start, over=over)
    if len(hit) == 1:
        storms.noise.add(name)
    return over, set(hit)


def _cascade(world: StormWorld, rng: random.Random, root: str, start: float) -> dict[str, tuple[float, str | None]]:
    """Who is hit, when, and through whom."""
    hit: dict[str, tuple[float, str | None]] = {root: (start, None)}
    queue = deque([root])
    while queue:
        one = queue.popleft()
        for who, chance in sorted(world.needed_by(one)):
            if who not in hit and rng.random() < chance:
                hit[who] = (hit[one][0] + math.exp(rng.gauss(math.log(35), 0.9)), one)
                queue.append(who)
    return hit


def _blame(world: StormWorld, rng: random.Random, fault: Fault, *, code: str, node: str, through: str | None) -> str:
    """What a monitor quotes from logs: the thing that failed it, the error, or nothing; now and then the wrong thing."""
    said = ""
    if through is not None and rng.random() < 0.3:
        blamed = through if rng.random() < 0.88 else rng.choice(sorted(world.nodes))
        said += f" calling {blamed}"
    if rng.random() < 0.35:
        said += ": " + filled(rng.choice(fault.heard), rng, node=node, code=code)
    return said


def _send(
    world: StormWorld,
    storms: Storms,
    rng: random.Random,
    incident: str,
    *,
    node: str,
    says: tuple[str, str],
    at: float,
    over: float,
) -> int:
    """One alert with its repeats, flaps and end. Returns how many alerts: none if just this fires there already."""
    name, text = says
    source = rng.choice(sorted(SOURCES))
    at += rng.uniform(*SOURCES[source])
    if storms.firing.get((node, name), 0.0) > at:
        return 0
    storms.firing[node, name] = max(over, at + 500) + 180
    fingerprint = f"{incident}/{len(storms.truth)}"
    told = node if rng.random() < 0.95 else None
    app = world.nodes[node].app if rng.random() < 0.7 else None
    severity = rng.choice(("critical", "warning", "warning"))

    def say(when: float, state: Literal["firing", "resolved"]) -> None:
        storms.stream.append(
            SentAlert(START + dt.timedelta(seconds=when), source, fingerprint, state, name, told, app, text, severity)
        )

    storms.truth[fingerprint] = incident
    say(at, "firing")
    if rng.random() < 0.1:  # it flaps while the incident runs
        for turn in range(rng.randrange(1, 5)):
            say(at + 40 + turn * 90, "resolved")
            say(at + 85 + turn * 90, "firing")
    elif rng.random() < 0.4:  # its monitor reminds as long as it lasts
        when = at + 300
        while when < over:
            say(when, "firing")
            when += 600
    say(max(over, at + 500) + rng.uniform(0, 180), "resolved")
    return 1


def _single(world: StormWorld, storms: Storms, rng: random.Random, name: str, at: float) -> None:
    """Something small of its own: one or two alerts of one thing, in the same words that incidents use."""
    node = rng.choice(sorted(world.nodes))
    kind = world.nodes[node].kind
    storms.roots[name] = node
    storms.noise.add(name)
    fault = rng.choice(FAULTS)
    for alert, text in rng.sample(SYMPTOMS[kind], 1 if rng.random() < 0.8 else 2):
        said = filled(text, rng, node=node, code=new_code(rng, fault.name)) + _blame(
            world, rng, fault, code="", node=node, through=None
        )
        over = at + rng.uniform(120, 1800)
        _send(world, storms, rng, name, node=node, says=(alert, said), at=at, over=over)


def _chronic(world: StormWorld, storms: Storms, rng: random.Random, name: str, days: int) -> None:
    """An alert that comes and goes for weeks and means nothing."""
    node = rng.choice(sorted(world.nodes))
    alert, text = rng.choice(SYMPTOMS[world.nodes[node].kind])
    storms.apart.add(name)
    at = rng.uniform(0, 3_600)
    while at < days * 86_400:
        for state, when in (("firing", at), ("resolved", at + rng.uniform(30, 200))):
            said = filled(text, rng, node=node, code="")
            storms.stream.append(
                SentAlert(START + dt.timedelta(seconds=when), "zabbix", name, "firing" if state == "firing" else "resolved",
                          alert, node, world.nodes[node].app, said, "warning")
            )  # fmt: skip
        at += rng.expovariate(1 / rng.choice((400, 900, 4_000)))
        at += 240


def _maintenance(world: StormWorld, storms: Storms, rng: random.Random, name: str, days: int) -> None:
    """A host is worked on; it and what runs there complain; the window is known beforehand."""
    host = rng.choice([one for one, node in sorted(world.nodes.items()) if node.kind == "host"])
    start = rng.uniform(0, days * 86_400)
    begins = START + dt.timedelta(seconds=start)
    ends = begins + dt.timedelta(hours=2)
    for node in [host, *(who for who, _ in world.needed_by(host))]:
        storms.maintenance.append((node, begins, ends))
        for turn, (alert, text) in enumerate(SYMPTOMS[world.nodes[node].kind][:2]):
            fingerprint = f"{name}/{node}/{turn}"
            storms.apart.add(fingerprint)
            at = begins + dt.timedelta(seconds=rng.uniform(30, 3_600))
            said = filled(text, rng, node=node, code="")
            for state, when in (("firing", at), ("resolved", at + dt.timedelta(minutes=9))):
                storms.stream.append(
                    SentAlert(when, "prometheus", fingerprint, "firing" if state == "firing" else "resolved", alert, node,
                              world.nodes[node].app, said, "warning")
                )  # fmt: skip


def _traces(world: StormWorld, storms: Storms, rng: random.Random, days: int) -> None:
    """Half of the services send traces: once a day each of their calls is seen."""
    traced = {name for name, node in sorted(world.nodes.items()) if node.kind in {"web", "api"} and rng.random() < 0.5}
    for day in range(days):
        when = START + dt.timedelta(days=day, hours=rng.uniform(0, 24))
        for who, what in _calls(world):
            if who in traced:
                storms.calls.append((who, what, when))
    storms.calls.sort(key=lambda call: call[2])


def _calls(world: StormWorld) -> Iterator[tuple[str, str]]:
    for who, what in sorted(world.coupling):
        if world.nodes[what].kind not in {"host", "switch"}:
            yield who, what
