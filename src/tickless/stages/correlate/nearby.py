"""What a service needs and whom it hurts, step by step, with how sure the way is. One for each snapshot of the world; answers
are kept, so that a storm asks once. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tickless.domain.service import Dependency
from tickless.domain.world import World

HOPS = 4
"""How far along the service map trouble is followed."""


@dataclass(frozen=True)
class Way:
    """From one service to another: steps of the map, and how sure all of them are together (product of confidences)."""

    steps: int
    trust: float
    weakest: Dependency
    """The edge of it that is least sure."""


class Nearby:
    """The neighbourhood of every service of a world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._below: dict[str, list[tuple[str, Dependency]]] = {}
        self._above: dict[str, list[tuple[str, Dependency]]] = {}
        for edge in world.dependencies:
            if edge.needs in world.needs.get(edge.service, ()):
                self._below.setdefault(edge.service, []).append((edge.needs, edge))
                self._above.setdefault(edge.needs, []).append((edge.service, edge))
        self._needs: dict[str, dict[str, Way]] = {}
        self._hurts: dict[str, dict[str, Way]] = {}
        self._around: dict[str, frozenset[str]] = {}

    def needs(self, service: str) -> Mapping[str, Way]:
        """What it needs, directly or not, at most `HOPS` steps away; not itself."""
        if service not in self._needs:
            self._needs[service] = _walk(self._below, service)
        return self._needs[service]

    def hurts(self, service: str) -> Mapping[str, Way]:
        """Who needs it, likewise."""
        if service not in self._hurts:
            self._hurts[service] = _walk(self._above, service)
        return self._hurts[service]

    def around(self, service: str) -> frozenset[str]:
        """Every service whose trouble can have to do with this one's: itself, what it needs, who needs it, and who needs
        something that it needs."""
        if service not in self._around:
            below = {service, *self.needs(service)}
            self._around[service] = frozenset(below | {who for one in below for who in self.hurts(one)})
        return self._around[service]

    def name(self, service: str | None) -> str:
        """As people call it."""
        known = self.world.services.get(service or "")
        return known.name if known else (service or "an unknown service")


def _walk(edges: Mapping[str, list[tuple[str, Dependency]]], start: str) -> dict[str, Way]:
    """The shortest way to everything within `HOPS`, of several the surest."""
    found: dict[str, Way] = {}
    front: dict[str, Way | None] = {start: None}
    for steps in range(1, HOPS + 1):
        following: dict[str, Way] = {}
        for node, way in front.items():
            for other, edge in edges.get(node, ()):
                trust = (way.trust if way else 1.0) * edge.confidence
                weakest = edge if way is None or edge.confidence < way.weakest.confidence else way.weakest
                known = following.get(other)
                if other != start and other not in found and (known is None or trust > known.trust):
                    following[other] = Way(steps, trust, weakest)
        found |= following
        front = dict(following)
    return found
