"""The storms that run just now, kept in memory, each under the name of its case: what speaks for each of them, and edges that
the map lacks. Every answer that is taken is written with its reasons, so that what happened can be read without it.
"""

from __future__ import annotations

import datetime as dt
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

from tickless.domain.signal import Signal
from tickless.domain.world import World
from tickless.stages.correlate.core import Trouble
from tickless.stages.correlate.corrected import kind_of
from tickless.stages.correlate.edges.book import Edge, Source
from tickless.stages.correlate.grouping.alarm import Alarm, Heard
from tickless.stages.correlate.grouping.corrections import NONE, Corrections
from tickless.stages.correlate.grouping.roots import Root
from tickless.stages.correlate.regroup.doubts import Alike, alike_of
from tickless.stages.correlate.storms import Storms

CALLS = 20_000
"""Calls of traces that wait for the next alert."""
BELIEVED = 0.75
"""Confidence from which a learnt edge is put on the map."""
SHOWN = 2
"""Storms in which trouble passed along a learnt edge before it is put on the map: what texts say alone puts nothing there."""
SAID = {"trace": "seen in traces", "text": "named in alerts", "together": "alerts that come together", "map": "the map"}
_SOURCE: dict[str, Source] = {
    "seen in traces": "trace",
    "named in alerts": "text",
    "alerts that come together": "together",
}
LEARNT = frozenset(SAID.values()) - {"the map"}
"""Sources of edges that were learnt here: they are no drawn map."""
GROUPING_LABELS = ("app", "application", "cluster", "namespace", "team", "env")


@dataclass
class _Tenant:
    storms: Storms
    world: World
    nodes: frozenset[str]
    needs: frozenset[tuple[str, str]]


class Advice:
    """One storm book for each tenant; a storm has the name of its case. Not shared between threads: the intake has one worker
    at a time."""

    def __init__(self) -> None:
        self._tenants: dict[str, _Tenant] = {}
        self._calls: deque[tuple[str, str, str, dt.datetime]] = deque(maxlen=CALLS)

    def weigh(self, signal: Signal, trouble: Trouble, world: World, corrections: Corrections = NONE) -> Heard:
        """What speaks for each storm that runs, heeding what people put right; nothing is put anywhere yet."""
        tenant = self._tenant(signal.tenant, world)
        self._take_calls()
        tenant.storms.correct(corrections)
        labels = [f"{name}={text.tame(80)}" for name in GROUPING_LABELS if (text := signal.labels.get(name))]
        alarm = Alarm(
            key=f"{signal.source} {signal.fingerprint}",
            at=trouble.at,
            node=trouble.service if trouble.service in world.services else None,
            text=f"{signal.title.tame(300)} {signal.body.tame(1_500)}",
            labels=tuple(labels),
            kind=kind_of(trouble),
        )
        return Heard(signal.tenant, alarm, tenant.storms.weigh(alarm))

    def settle(self, heard: Heard, case: str) -> None:
        """It stands in that case, whoever decided so."""
        self._tenants[heard.tenant].storms.settle(heard.alarm, heard.weighed, case)

    def unions(self, tenant: str, case: str) -> list[Alike]:
        """Storms that turn out to be one with that of a case, in which something was new just now. Never by time alone."""
        return alike_of(self._tenants[tenant].storms.unions(case))

    def unite(self, tenant: str, into: str, gone: str) -> None:
        """Two cases are one: their storms are, too."""
        known = self._tenants.get(tenant)
        if known is not None and into != gone:
            known.storms.unite(into, gone)

    def are_two(self, tenant: str, one: str, other: str) -> None:
        """They stay apart, whatever speaks for their being one."""
        known = self._tenants.get(tenant)
        if known is not None:
            known.storms.are_two(one, other)

    def saw_calls(self, tenant: str, calls: Iterable[tuple[str, str, dt.datetime]]) -> None:
        """Traces have callers calling callees. Safe from any thread: taken up with the next alert."""
        self._calls.extend((tenant, *call) for call in calls)

    def roots(self, tenant: str, case: str) -> tuple[Root, ...]:
        """Where the alerts of a case say that it began, likeliest first; nothing when its storm is not remembered."""
        known = self._tenants.get(tenant)
        return known.storms.roots(case) if known is not None else ()

    def _take_calls(self) -> None:
        while self._calls:
            tenant, caller, callee, at = self._calls.popleft()
            known = self._tenants.get(tenant)
            if known is not None and {caller, callee} <= known.nodes:
                known.storms.saw_call(caller, callee, at=at)

    def learnt(self, tenant: str) -> list[tuple[Edge, str]]:
        """Edges that are believed and that the map lacks, with where they are known from; told again when that changes much."""
        known = self._tenants.get(tenant)
        if known is None:
            return []
        found = [
            (edge, SAID[edge.source])
            for edge in known.storms.take_learnt(BELIEVED, storms=SHOWN)
            if {edge.service, edge.needs} <= known.nodes
        ]
        return [one for one in found if (one[0].service, one[0].needs) not in known.needs]

    def _tenant(self, name: str, world: World) -> _Tenant:
        known = self._tenants.get(name)
        if known is not None and known.world is world:
            return known
        nodes = frozenset(world.services)
        needs = frozenset((edge.service, edge.needs) for edge in world.dependencies if edge.source not in LEARNT)
        if known is None:
            storms = Storms(nodes=nodes, needs=sorted(needs))
            storms.recall(_learnt_of(world))
            known = self._tenants[name] = _Tenant(storms, world, nodes, needs)
        elif (known.nodes, known.needs) != (nodes, needs):
            known.storms.redraw(nodes=nodes, needs=sorted(needs))
            known.nodes, known.needs = nodes, needs
        known.world = world
        return known


def _learnt_of(world: World) -> list[tuple[str, str, Source, float]]:
    """What was learnt before and stands on the map."""
    return [
        (edge.service, edge.needs, _SOURCE[edge.source], edge.last_seen.timestamp())
        for edge in world.dependencies
        if edge.source in LEARNT
    ]
