"""A made-up company for storms: services, hosts and what needs what, by seed. Knows nothing of any method.

The map that a method is given is a copy with a share of the edges left out and a share of wrong ones put in.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["web", "api", "worker", "db", "cache", "queue", "host", "switch", "platform"]

_APPS = (
    "orion", "kestrel", "ledger", "harbour", "tally", "beacon", "quarry", "willow", "cobalt", "ferry",
    "lumen", "atlas", "pepper", "rook", "saffron", "tundra", "gable", "hazel", "iris", "juniper", "marble", "nectar",
    "opal", "pixel", "raven", "sable", "thistle", "umber", "velvet", "wharf",
)  # fmt: skip
_PARTS = (
    "pricing", "basket", "search", "profile", "billing", "stock", "quotes", "routing", "claims", "ratings", "export",
    "import", "mailer", "labels", "offers", "reports", "booking", "refunds", "catalog", "session",
)  # fmt: skip
_PLATFORM = (
    "identity",
    "eventbus",
    "objectstore",
    "apigateway",
    "paybridge",
    "featureflags",
    "secretstore",
    "searchindex",
    "smtprelay",
    "geocoder",
)


@dataclass(frozen=True)
class Node:
    """One thing that can alert. `app`: its business application, if it has one."""

    name: str
    kind: Kind
    app: str | None = None


@dataclass
class StormWorld:
    """What there is and what really needs what. `coupling`: the chance that trouble passes along an edge."""

    nodes: dict[str, Node] = field(default_factory=dict)
    coupling: dict[tuple[str, str], float] = field(default_factory=dict)
    """(who needs, what is needed) → chance."""

    def needed_by(self, name: str) -> list[tuple[str, float]]:
        return [(who, chance) for (who, what), chance in self.coupling.items() if what == name]


def make_world(seed: int, *, apps: int = 24) -> StormWorld:
    """Applications of several layers on hosts behind switches, with shared platforms; some names say nothing."""
    rng = random.Random(f"world-{seed}")
    world = StormWorld()
    switches = [_add(world, f"sw-{row}{n}", "switch") for row in "abcdefgh" for n in (1, 2)]
    hosts = []
    for _ in range(apps * 4):
        host = _add(world, f"{rng.choice(('lx', 'vm', 'node'))}{rng.randrange(1000, 9999)}", "host")
        world.coupling[host, rng.choice(switches)] = 0.9
        hosts.append(host)
    platforms = [_add(world, name, "platform") for name in _PLATFORM]
    for name in platforms:
        world.coupling[name, rng.choice(hosts)] = 0.5
    fronts = [_application(world, rng, app, hosts, platforms) for app in rng.sample(_APPS, apps)]
    apis = [name for name, node in world.nodes.items() if node.kind == "api"]
    for name in rng.sample(apis, len(apis) // 3):  # calls between applications
        other = rng.choice(apis)
        if world.nodes[other].app != world.nodes[name].app and not _reaches(world, other, name):
            world.coupling[name, other] = rng.choice((0.7, 0.4, 0.2))
    assert fronts
    return world


def _application(world: StormWorld, rng: random.Random, app: str, hosts: list[str], platforms: list[str]) -> list[str]:
    parts = rng.sample(_PARTS, rng.randrange(3, 8))
    fronts = [_add(world, f"{app}-{front}", "web", app) for front in rng.sample(("web", "mobile", "partner"), 2)]
    apis = [_add(world, _named(rng, app, part), "api" if rng.random() < 0.8 else "worker", app) for part in parts]
    for place, api in enumerate(apis):
        for front in fronts:
            if rng.random() < 0.6 or place == 0:
                world.coupling[front, api] = rng.choice((0.9, 0.6, 0.35))
        for deeper in apis[place + 1 :]:
            if rng.random() < 0.3:
                world.coupling[api, deeper] = rng.choice((0.9, 0.6, 0.3))
        for kind in rng.sample(("db", "cache", "queue"), rng.choice((0, 1, 1, 2))):
            store = _add(world, f"{api}-{kind}", _store(kind), app)
            world.coupling[api, store] = {"db": 0.95, "cache": 0.6, "queue": 0.5}[kind]
            world.coupling[store, rng.choice(hosts)] = 0.95
        for host in rng.sample(hosts, rng.choice((1, 1, 2))):
            world.coupling[api, host] = 0.8
        for platform in rng.sample(platforms, rng.choice((0, 1, 1, 2))):
            world.coupling[api, platform] = rng.choice((0.7, 0.4))
    for front in fronts:
        world.coupling[front, rng.choice(hosts)] = 0.7
        world.coupling[front, rng.choice(("apigateway", "identity"))] = 0.5
    return fronts


def _store(kind: str) -> Kind:
    return "db" if kind == "db" else "cache" if kind == "cache" else "queue"


def _named(rng: random.Random, app: str, part: str) -> str:
    """Most names tell the application, old ones don't."""
    return f"{app}-{part}" if rng.random() < 0.65 else f"{part}svc{rng.randrange(10, 99)}"


def _add(world: StormWorld, name: str, kind: Kind, app: str | None = None) -> str:
    while name in world.nodes:
        name = f"{name}x"
    world.nodes[name] = Node(name, kind, app)
    return name


def _reaches(world: StormWorld, start: str, goal: str) -> bool:
    """Whether `start` needs `goal`, directly or not."""
    seen, queue = {start}, [start]
    while queue:
        one = queue.pop()
        for who, what in world.coupling:
            if who == one and what not in seen:
                seen.add(what)
                queue.append(what)
    return goal in seen


def drawn_map(world: StormWorld, seed: int, *, missing: float, wrong: float) -> list[tuple[str, str]]:
    """The map as somebody has drawn it: (who needs, what is needed), a share left out, a share made up."""
    rng = random.Random(f"map-{seed}-{missing}-{wrong}")
    edges = sorted(world.coupling)
    kept = [edge for edge in edges if rng.random() >= missing]
    names = sorted(world.nodes)
    while kept and wrong and sum(edge not in world.coupling for edge in kept) < wrong * len(edges):
        edge = (rng.choice(names), rng.choice(names))
        if edge[0] != edge[1] and edge not in kept:
            kept.append(edge)
    return kept
