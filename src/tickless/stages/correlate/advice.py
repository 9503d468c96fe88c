"""What storms look like just now, kept in memory: joins symptoms that no rule places, and learns edges that the map lacks.

Only advice: it is asked when the rules find nothing, and after a restart it knows nothing until alerts come. Every answer that
is taken is written with its reasons, so that what happened can be read without it.
"""

from __future__ import annotations

import datetime as dt
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from tickless.domain.case import Case
from tickless.domain.signal import Signal
from tickless.domain.world import World
from tickless.stages.correlate.core import Placed, Trouble, recent
from tickless.stages.correlate.corrected import kind_of
from tickless.stages.correlate.edges.book import Edge, Source
from tickless.stages.correlate.grouping.alarm import Alarm, Grouped
from tickless.stages.correlate.grouping.corrections import NONE, Corrections
from tickless.stages.correlate.grouping.roots import Root
from tickless.stages.correlate.regroup.doubts import Alike, alike_of
from tickless.stages.correlate.storms import Storms

CASES = 5_000
"""Groups whose case is remembered."""
CALLS = 20_000
"""Calls of traces that wait for the next alert."""
SURE_LIVE = 0.8
"""Probability that it is nothing new from which advice is given: putting apart later costs more than one case more."""
TELLING_TEXT = 2.5
"""Weight from which a text links what the map does not: an identifier that both have."""
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
    cases: OrderedDict[str, str]
    """Group → its case."""
    groups: OrderedDict[str, str] = field(default_factory=OrderedDict)
    """Case → the group that its newest alert is of."""


class Advice:
    """One storm book for each tenant. Not shared between threads: the intake has one worker at a time."""

    def __init__(self) -> None:
        self._tenants: dict[str, _Tenant] = {}
        self._calls: deque[tuple[str, str, str, dt.datetime]] = deque(maxlen=CALLS)

    def hear(self, signal: Signal, trouble: Trouble, world: World, corrections: Corrections = NONE) -> Grouped:
        """Take an alert in that fires; say with what it belongs together, heeding what people put right."""
        tenant = self._tenant(signal.tenant, world)
        self._take_calls()
        tenant.storms.correct(corrections)
        labels = [f"{name}={text.tame(80)}" for name in GROUPING_LABELS if (text := signal.labels.get(name))]
        return tenant.storms.place(
            Alarm(
                key=f"{signal.source} {signal.fingerprint}",
                at=trouble.at,
                node=trouble.service if trouble.service in world.services else None,
                text=f"{signal.title.tame(300)} {signal.body.tame(1_500)}",
                labels=tuple(labels),
                kind=kind_of(trouble),
            )
        )

    def better(
        self, placed: Placed, heard: Grouped, trouble: Trouble, signal: Signal, *, find: Callable[[str], Case | None]
    ) -> Placed:
        """Where it goes in the end: what the rules say; where they see several causes, the one of its storm; and for a symptom
        that they leave alone, the case of its storm."""
        if heard.how != "join" or not _links(heard):
            return placed
        name = self._tenants[signal.tenant].cases.get(heard.group)
        if placed.case is not None:
            other = next((case for case in placed.others if case.id == name), None)
            if other is None or heard.sure < SURE_LIVE:
                return placed
            return Placed("join", other, f"Of several causes that it needs, this is the likeliest. {heard.why}")
        if heard.sure < SURE_LIVE or not trouble.symptom:
            return placed
        case = find(name) if name else None
        if case is None or not _takes(case, trouble):
            return placed
        return Placed("join", case, f"It belongs to a storm that runs (sure by {heard.sure:.0%}). {heard.why}")

    def saw_calls(self, tenant: str, calls: Iterable[tuple[str, str, dt.datetime]]) -> None:
        """Traces have callers calling callees. Safe from any thread: taken up with the next alert."""
        self._calls.extend((tenant, *call) for call in calls)

    def roots(self, tenant: str, case: str) -> tuple[Root, ...]:
        """Where the alerts of a case say that it began, likeliest first; nothing when its storm is not remembered."""
        known = self._tenants.get(tenant)
        group = known.groups.get(case) if known is not None else None
        return known.storms.roots(group) if known is not None and group is not None else ()

    def _take_calls(self) -> None:
        while self._calls:
            tenant, caller, callee, at = self._calls.popleft()
            known = self._tenants.get(tenant)
            if known is not None and {caller, callee} <= known.nodes:
                known.storms.saw_call(caller, callee, at=at)

    def settled(self, signal: Signal, heard: Grouped, case: Case) -> None:
        """In which case an alert of a group is."""
        cases = self._tenants[signal.tenant].cases
        if heard.how in {"open", "join"} and heard.group not in cases:
            cases[heard.group] = case.id
        while len(cases) > CASES:
            cases.popitem(last=False)
        groups = self._tenants[signal.tenant].groups
        groups[case.id] = heard.group
        while len(groups) > CASES:
            groups.popitem(last=False)

    def alike(self, tenant: str, heard: Grouped) -> list[Alike]:
        """Cases that grouping takes for the same as the one of this alert."""
        return alike_of(heard, self._tenants[tenant].cases)

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
            known = self._tenants[name] = _Tenant(storms, world, nodes, needs, OrderedDict())
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


def _links(heard: Grouped) -> bool:
    """Time alone joins nothing: the map or an identifier in the text has to."""
    return any(
        (one.kind == "map" and one.weight > 0) or (one.kind == "text" and one.weight >= TELLING_TEXT)
        for one in heard.reasons
    )


def _takes(case: Case, trouble: Trouble) -> bool:
    fits = case.live and case.door == "machine" and case.kind == "incident"
    return fits and recent(trouble.at, case) and not _personal(case)


def _personal(case: Case) -> bool:
    return (case.subject or "").startswith("person:")
