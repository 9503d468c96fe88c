"""Inhibition: what is down only because something that it needs is known to be down. Explained with the edge. Pure.

Only *what is broken* inhibits, never a symptom; and only what says "down" is inhibited: symptoms join the case of their cause
by themselves, and any other trouble is trouble of its own.
"""

from __future__ import annotations

import datetime as dt
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tickless.domain.case import Case
from tickless.domain.service import Dependency
from tickless.domain.world import World
from tickless.stages.correlate.hygiene.news import HOST_LABELS, Held, News, bare_host, says_host_down

SURE = 0.8
"""How sure the whole way from one to the other has to be."""
HOPS = 4
LONGEST = dt.timedelta(minutes=30)
"""So long an alert is inhibited at most: who does not come back with what it needs has trouble of its own."""
DOWN = frozenset({"service_down", "host_down", "process_down"})
_LABEL = "label:"


@dataclass(frozen=True)
class Broken:
    """A case about something that is down, live: a service or a machine."""

    case: str
    number: int
    service: str | None
    host: str | None
    since: dt.datetime
    title: str
    fingerprints: frozenset[str] = frozenset()


def broken_of(case: Case) -> Broken | None:
    """What a live case of the machine door says is down; None where it says nothing of the kind."""
    if case.kind != "incident" or case.door != "machine" or case.need not in DOWN:
        return None
    told = f"{case.inputs.get(_LABEL + 'alertname', '')} {case.title.tame(300)}"
    labels = (case.inputs.get(_LABEL + name) for name in HOST_LABELS)
    host = bare_host(next((text for text in labels if text), None)) if says_host_down(case.need or "", told) else None
    if host is None and case.service is None:
        return None
    return Broken(
        case=case.id,
        number=case.number,
        service=None if host else case.service,
        host=host,
        since=case.opened_at,
        title=case.title.tame(120),
    )


def covered(news: News, broken: Iterable[Broken], world: World, *, now: dt.datetime) -> Held | None:
    """What already explains this alert, if anything does: its machine first, then the nearest thing that it needs."""
    found = list(broken)
    if not found or news.need not in DOWN:
        return None
    until = now + LONGEST
    for one in found:
        if one.host is not None and not news.host_down and news.host == one.host:
            why = f"It runs on {one.host}, which is down since {one.since:%H:%M} UTC (case {one.number})."
            return Held("inhibited", until, why, one.case)
    down = {one.service: one for one in found if one.service is not None and one.service != news.service}
    if news.service is None or news.host_down or not down:
        return None
    way = surest_way(news.service, down, world)
    if way is None:
        return None
    cause = down[way[-1].needs]
    return Held("inhibited", until, _why(way, cause, world), cause.case)


def surest_way(service: str, down: Mapping[str, object], world: World) -> tuple[Dependency, ...] | None:
    """The shortest way over the map to something that is down, sure enough as a whole."""
    edges: dict[str, list[Dependency]] = {}
    for edge in world.dependencies:
        edges.setdefault(edge.service, []).append(edge)
    queue: deque[tuple[str, tuple[Dependency, ...], float]] = deque([(service, (), 1.0)])
    seen = {service}
    while queue:
        node, way, sure = queue.popleft()
        for edge in sorted(edges.get(node, ()), key=lambda one: -one.confidence):
            if edge.needs in seen or sure * edge.confidence < SURE:
                continue
            seen.add(edge.needs)
            longer = (*way, edge)
            if edge.needs in down:
                return longer
            if len(longer) < HOPS:
                queue.append((edge.needs, longer, sure * edge.confidence))
    return None


def _why(way: tuple[Dependency, ...], cause: Broken, world: World) -> str:
    sure = 1.0
    for edge in way:
        sure *= edge.confidence
    over = ", which needs ".join(_name(edge.needs, world) for edge in way)
    source = way[0].source
    return (
        f"{_name(way[0].service, world)} needs {over} ({source}, {sure:.0%} sure), "
        f"down since {cause.since:%H:%M} UTC (case {cause.number})."
    )


def _name(service: str, world: World) -> str:
    known = world.services.get(service)
    return known.name if known else service
