"""The account of every edge: where it is from, how sure it is, how often trouble passed along it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from tickless.stages.correlate.edges.together import Together

Source = Literal["map", "trace", "text", "together"]

USUAL = 0.5
"""Chance that trouble passes along an edge of which nothing is known yet."""
WEIGHT = 3.0
"""How many observations that counts for."""
SURE_OF = {"map": 0.9, "trace": 0.97, "text": 0.5, "together": 0.5}
"""How sure one word of that source is."""
MUST_SHOW = 4
"""Troubles of what is needed after which a drawn edge that never passed any loses confidence quickly."""
KEPT = 0.45
"""Confidence below which an edge is not followed."""
CAUTION, MOST_LEAK = 0.3, 0.03
MOST = 20_000
"""Edges that are learnt at most beside those that were drawn."""


@dataclass
class Edge:
    """`service` needs `needs`. `told`: how often each source said so; `passed` of `tried` troubles went along it."""

    service: str
    needs: str
    told: dict[Source, float] = field(default_factory=dict)
    passed: float = 0.0
    tried: float = 0.0
    last_seen: float = 0.0

    @property
    def source(self) -> Source:
        """The surest of its sources."""
        return max(self.told, key=lambda one: (SURE_OF[one], one))

    @property
    def chance(self) -> float:
        """That trouble passes along it."""
        return (self.passed + USUAL * WEIGHT) / (self.tried + WEIGHT)

    @property
    def confidence(self) -> float:
        """That there is such an edge: what the sources say, less what failed to show."""
        doubt = 1.0
        for source, times in self.told.items():
            doubt *= (1 - SURE_OF[source]) ** min(times, 5.0)
        odds = (1 - doubt) / max(doubt, 1e-6)
        if "trace" not in self.told:  # what was seen to call needs no further sign
            silent = self.tried - self.passed
            odds *= 0.6**silent * 1.5**self.passed
        return odds / (1 + odds)


class EdgeBook:
    """Learns edges of one part of the map. Times are seconds; give what happened in the order in which it did."""

    def __init__(self, drawn: Iterable[tuple[str, str]] = (), *, at: float = 0.0) -> None:
        self._edges: dict[tuple[str, str], Edge] = {}
        self._needs: dict[str, set[str]] = {}
        self._back: dict[str, set[str]] = {}
        self._together = Together(self._explained)
        self._seen = [9.0, 1.0]
        self.draw(drawn, at=at)

    def draw(self, edges: Iterable[tuple[str, str]], *, at: float = 0.0) -> None:
        """Take in what the map has now; what it no longer has stays as far as it was seen."""
        now = set(edges)
        for key, edge in self._edges.items():
            if key not in now and edge.told.pop("map", None) is not None and not edge.told:
                edge.told["map"] = 0.0
        for service, needs in now:
            known = self._edges.get((service, needs))
            if known is None or not known.told.get("map"):
                self._tell(service, needs, "map", 1.0, at)

    def saw_call(self, caller: str, callee: str, *, at: float) -> bool:
        """A trace has `caller` calling `callee`. Returns whether no trace had said so before."""
        if caller == callee:
            return False
        known = self._edges.get((caller, callee))
        news = known is None or "trace" not in known.told
        self._probe(caller, callee)
        self._tell(caller, callee, "trace", 1.0, at)
        return news

    def recall(self, service: str, needs: str, source: Source, *, at: float) -> None:
        """An edge that was learnt before a restart and stands on the map: believed, and not drawn."""
        if service != needs:
            self._tell(service, needs, source, 1.0 if source == "trace" else 2.0, at)

    def saw_blame(self, service: str, named: str, *, at: float) -> None:
        """An alert of `service` names another thing."""
        if service != named and not self._explained(named, service, one_way=True):
            self._probe(service, named)
            self._tell(service, named, "text", 1.0, at)

    def saw_alert(self, node: str, *, at: float) -> None:
        """A thing began to alert."""
        self._together.saw(node, at)

    def saw_group(self, first: Mapping[str, float]) -> None:
        """A closed group: thing → second of its first alert. Edges between what was hit passed trouble; others did not."""
        for node, began in first.items():
            for who in self._back.get(node, ()):
                edge = self._edges[who, node]
                hit = who in first and first[who] >= began - 120
                edge.tried += 1
                edge.passed += hit
                if hit:
                    edge.last_seen = max(edge.last_seen, first[who])

    def learn(self) -> None:
        """Takes up what alerted together."""
        for pair in self._together.linked():
            known = self._edges.get((pair.service, pair.needs)) or self._edges.get((pair.needs, pair.service))
            if known is None or set(known.told) == {"together"}:
                self._tell(pair.service, pair.needs, "together", 0.0, pair.last)
                edge = self._edges.get((pair.service, pair.needs))
                if edge is not None:
                    edge.told["together"] = float(pair.times - 1)

    @property
    def leak(self) -> float:
        """Which share of trouble is to be expected where the map has no way: by how many of the calls and of the things that
        texts blame the drawn map lacks, cautiously, because what is missing is being learnt."""
        return min(MOST_LEAK, max(0.01, CAUTION * self._seen[1] / sum(self._seen)))

    def edges(self) -> list[Edge]:
        """Every edge that is known of, also those that are hardly believed any more."""
        return list(self._edges.values())

    def chances(self) -> dict[tuple[str, str], float]:
        """(who needs, what is needed) → chance that trouble passes, of edges that are believed."""
        return {key: edge.chance * edge.confidence for key, edge in self._edges.items() if edge.confidence >= KEPT}

    def _tell(self, service: str, needs: str, source: Source, times: float, at: float) -> None:
        edge = self._edges.get((service, needs))
        if edge is None:
            if len(self._edges) >= MOST and source != "map":
                return
            edge = self._edges[service, needs] = Edge(service, needs)
            self._needs.setdefault(service, set()).add(needs)
            self._back.setdefault(needs, set()).add(service)
        edge.told[source] = edge.told.get(source, 0.0) + times
        edge.last_seen = max(edge.last_seen, at)

    def _probe(self, service: str, needs: str) -> None:
        """One more look at how much the drawn map has."""
        edge = self._edges.get((service, needs))
        drawn = edge is not None and "map" in edge.told
        self._seen = [self._seen[0] + drawn, self._seen[1] + (not drawn)]

    def _explained(self, one: str, other: str, *, one_way: bool = False) -> bool:
        if other in self._needs.get(one, ()):
            return True
        return not one_way and one in self._needs.get(other, ())
