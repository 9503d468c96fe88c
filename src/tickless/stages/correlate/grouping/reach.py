"""How far trouble spreads over the map: from what is needed to who needs it, weaker with every step."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping

HOPS = 5
"""Steps of the map that trouble is followed."""
FAINT = 0.02
"""Chance below which it is not followed any further."""


class Reach:
    """Chances that trouble of one thing shows at another. `edges`: (who needs, what is needed) → chance that it passes on.
    Answers are kept; make a new one when the edges change."""

    def __init__(self, edges: Mapping[tuple[str, str], float], nodes: Iterable[str] = ()) -> None:
        self._needs: dict[str, list[tuple[str, float]]] = {}
        self._needed_by: dict[str, list[tuple[str, float]]] = {}
        self.nodes = set(nodes)
        for (who, what), chance in edges.items():
            self._needs.setdefault(who, []).append((what, chance))
            self._needed_by.setdefault(what, []).append((who, chance))
            self.nodes |= {who, what}
        self._causes: dict[str, dict[str, float]] = {}
        self._spread: dict[str, dict[str, float]] = {}
        self._sums: dict[str, float] = {}

    @property
    def size(self) -> int:
        """How many things there are, at least two."""
        return max(len(self.nodes), 2)

    def causes_of(self, node: str) -> dict[str, float]:
        """What may be behind trouble of `node` → chance that its trouble shows here; `node` itself with 1."""
        if node not in self._causes:
            self._causes[node] = _walk(self._needs, node)
        return self._causes[node]

    def hurt_by(self, node: str) -> dict[str, float]:
        """Who suffers with `node` → chance; `node` itself with 1."""
        if node not in self._spread:
            self._spread[node] = _walk(self._needed_by, node)
        return self._spread[node]

    def needs(self, node: str) -> dict[str, float]:
        """What `node` needs directly → chance."""
        return dict(self._needs.get(node, ()))

    def spread_of(self, node: str) -> float:
        """How many things its trouble is expected to show at, itself included."""
        if node not in self._sums:
            self._sums[node] = sum(self.hurt_by(node).values())
        return self._sums[node]


def _walk(edges: Mapping[str, list[tuple[str, float]]], start: str) -> dict[str, float]:
    """The best product of chances over any path of at most `HOPS` steps."""
    best: dict[str, float] = {}
    queue: list[tuple[float, int, str]] = [(-1.0, 0, start)]
    while queue:
        minus, steps, node = heapq.heappop(queue)
        if node in best:
            continue
        best[node] = -minus
        if steps == HOPS:
            continue
        for other, chance in edges.get(node, ()):
            if other not in best and -minus * chance >= FAINT:
                heapq.heappush(queue, (minus * chance, steps + 1, other))
    return best
