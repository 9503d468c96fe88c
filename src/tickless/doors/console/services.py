"""The service map: drawn on the server, filtered, folded, around one service, as it stood; and the same as a list."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.routing import BaseRoute

from tickless.domain.case import Case, Impact
from tickless.domain.errors import NotFound
from tickless.domain.service import Dependency, Service
from tickless.domain.world import World
from tickless.doors.console.book import names_of
from tickless.doors.console.frame import Form, Frame, Screen, Visit
from tickless.doors.console.map import lay_out, reach
from tickless.doors.console.map_view import FOLDS, READABLE, Facts, Filter, View, choices, neighbourhood, see
from tickless.doors.console.wording import Tone
from tickless.journal import Tx
from tickless.journal.cases import CaseFilter
from tickless.practices.services.standing import MapAt, map_at, service_words
from tickless.stages.correlate.impact import impact

FILTERS = ("text", "team", "system", "owner", "criticality", "source", "state")
MOST_EDGES_LISTED = 100
STATED = ("criticality", "owner", "team", "system", "supplier", "lifecycle", "hours", "description")


@dataclass(frozen=True)
class Standing:
    """How a service is: its live cases, and whether something it needs has trouble."""

    service: Service
    cases: tuple[Case, ...]
    troubled: tuple[str, ...]
    """What it needs, near or far, that has a live incident itself."""

    @property
    def tone(self) -> Tone:
        if self.cases:
            return "bad" if min(case.impact.priority for case in self.cases) <= 2 else "warn"
        return "info" if self.troubled else "good"

    @property
    def words(self) -> str:
        if self.cases:
            return f"{len(self.cases)} live case{'s' if len(self.cases) > 1 else ''}"
        return "feels trouble" if self.troubled else "quiet"


def routes(frame: Frame) -> list[BaseRoute]:
    return [
        frame.show("/map", "read", page),
        frame.deed("/map/services/{id}", "admin", state),
    ]


@dataclass(frozen=True)
class _Seen:
    """What the page reads: the map now or then, how everything is, who tells of what, and people for counting."""

    found: MapAt
    standings: Mapping[str, Standing]
    facts: Facts
    world: World
    names: Mapping[str, str]


def page(visit: Visit) -> Screen:
    focus, at = visit.asked("focus"), _moment(visit.asked("at"))
    with visit.desk.journal.read() as tx:
        seen = _look(tx, visit, focus, at)
        items = tx.items.by(service=focus) if focus else []
        words, conflicts = service_words(tx, focus, now=visit.now) if focus else ((), ())
        one = seen.world.services.get(focus or "")
        supplier = tx.suppliers.get(one.supplier) if one is not None and one.supplier else None
    if focus is not None and focus not in seen.world.services:
        raise NotFound("there is no such service")
    edges = [(edge.service, edge.needs) for edge in seen.found.edges]
    hops = visit.number("hops")
    near = neighbourhood(focus, edges, hops or 99) if focus else {}
    choice = Filter(**{name: visit.asked(name) or "" for name in FILTERS})
    wish = visit.asked("fold") or ""
    view = see(
        seen.found.services, seen.found.edges, choice, seen.facts,
        fold=next((one for one in FOLDS if one == wish), "none" if focus else ""),
        opened=frozenset((visit.asked("open") or "").split("|")) - {""},
        around=near if focus and (hops or len(seen.found.services) > READABLE) else None,
    )  # fmt: skip
    return Screen(
        "map.html",
        {
            "picture": lay_out(list(view.nodes), list(view.arrows)),
            "view": view,
            "standings": seen.standings,
            "listed": _by_kind(seen.standings[one.id] for one in view.services),
            "focus": seen.standings[focus] if focus else None,
            "blast": _blast(seen, focus, visit.now),
            "needs": reach(focus, edges) if focus else {},
            "needed_by": reach(focus, edges, against=True) if focus else {},
            "near": set(near),
            "edges": _listed(seen.found.edges, view, focus),
            "names": seen.names,
            "items": items,
            "said": words,
            "conflicts": conflicts,
            "supplier": supplier,
            "weakest": _weakest(seen.found.edges, focus),
            "stale": seen.found.stale,
            "choice": choice,
            "choices": choices(seen.found.services),
            "sources": sorted({name for told in seen.facts.sources.values() for name in told}),
            "then": at,
            "since": seen.found.since,
            "hops": hops,
            "total": len(seen.found.services),
            "opened": visit.asked("open") or "",
            "link": _linker(visit),
            "pairs": _pairs,
            "owners": [(one, seen.names.get(one, one)) for one, _ in choices(seen.found.services)["owner"]],
        },
    )


def _look(tx: Tx, visit: Visit, focus: str | None, at: dt.datetime | None) -> _Seen:
    found = map_at(tx, at=at, now=visit.now)
    cases = tx.cases.page(CaseFilter(live=True), limit=500) if at is None else []
    services = {one.id: one for one in found.services}
    owners = {one.owner for one in found.services if one.owner}
    names = names_of(tx, people=sorted(owners)[:500])
    edges = [(edge.service, edge.needs) for edge in found.edges]
    standings = stand(found.services, edges, cases)
    told: dict[str, set[str]] = {}
    for claim in tx.map_claims.where(tx.map_claims.table.c.kind == "service", limit=100_000):
        if claim.withdrawn_at is None:
            told.setdefault(claim.key, set()).add(claim.source)
    facts = Facts(
        {key: frozenset(names) for key, names in told.items()},
        {key: standing.tone for key, standing in standings.items()},
        found.stale,
    )
    people = tx.people.where(limit=1_000_000) if focus in services else ()
    return _Seen(
        found, standings, facts, World.of(people=people, services=found.services, dependencies=found.edges), names
    )


def _blast(seen: _Seen, focus: str | None, now: dt.datetime) -> Impact | None:
    """What a failure of the focus would mean at this hour."""
    if focus is None:
        return None
    return impact(kind="incident", service=focus, severity="critical", world=seen.world, at=now)


def _moment(said: str | None) -> dt.datetime | None:
    try:
        found = dt.datetime.fromisoformat(said) if said else None
    except ValueError:
        return None
    return found.replace(tzinfo=found.tzinfo or dt.UTC) if found else None


def _linker(visit: Visit) -> object:
    """`link(name=value)`: the address of this page with some of its query changed; an empty value leaves a name out."""
    asked = {name: value for name in (*FILTERS, "fold", "open", "at", "focus", "hops") if (value := visit.asked(name))}

    def link(**changed: str) -> str:
        query = {name: value for name, value in {**asked, **changed}.items() if value}
        return f"/map?{urlencode(query)}" if query else "/map"

    return link


def _pairs(values: Iterable[str | tuple[str, int]]) -> list[tuple[str, str]]:
    """Options of a filter: value and how it is written."""
    return [(one, one) if isinstance(one, str) else (one[0], f"{one[0]} ({one[1]})") for one in values]


def _listed(edges: Sequence[Dependency], view: View, focus: str | None) -> list[Dependency]:
    """Edges for the table: those of the focus, else those between what is shown, the least sure first."""
    shown = {one.id for one in view.services}
    found = [
        edge for edge in edges
        if edge.service in shown and edge.needs in shown and (focus is None or focus in {edge.service, edge.needs})
    ]  # fmt: skip
    listed = sorted(found, key=lambda edge: (edge.confidence, edge.service, edge.needs))
    return listed if focus else listed[:MOST_EDGES_LISTED]


def stand(services: Sequence[Service], edges: Sequence[tuple[str, str]], cases: Iterable[Case]) -> dict[str, Standing]:
    """How each service is. Pure."""
    live: dict[str, list[Case]] = {service.id: [] for service in services}
    for case in cases:
        if case.service in live and case.kind in {"incident", "risk"}:
            live[case.service].append(case)
    troubled: dict[str, list[str]] = {service.id: [] for service in services}
    for sick in (service for service, found in live.items() if found):
        for other in reach(sick, edges, against=True):
            if other in troubled:
                troubled[other].append(sick)
    return {service.id: Standing(service, tuple(live[service.id]), tuple(troubled[service.id])) for service in services}


def _by_kind(standings: Iterable[Standing]) -> list[tuple[str, list[Standing]]]:
    found = list(standings)
    titles = {
        "business": "Business services",
        "application": "Applications",
        "platform": "Platform",
        "infrastructure": "Infrastructure",
    }
    return [
        (title, members)
        for kind, title in titles.items()
        if (members := sorted((s for s in found if s.service.kind == kind), key=lambda s: s.service.name))
    ]


def _weakest(dependencies: Iterable[Dependency], focus: str | None) -> float | None:
    """The least sure of the edges that touch the focus."""
    return min((found.confidence for found in dependencies if focus in {found.service, found.needs}), default=None)


async def state(visit: Visit, form: Form) -> str:
    """Only the fields that were changed count as said; an emptied one takes back what people said."""
    service = visit.path("id")
    with visit.desk.journal.read() as tx:
        before = tx.services.need(service)
    values: dict[str, object] = {}
    for name in STATED:
        if name not in form:
            continue
        given, was = form[name].strip(), getattr(before, name)
        if given != str(was or ""):
            values[name] = int(given) if name == "criticality" and given.isdecimal() else given or None
    if values:
        desk = visit.desk.map
        reason = form.get("reason", "")
        await run_in_threadpool(lambda: desk.state(service, values, by=visit.visitor.actor, reason=reason))
    return f"/map?{urlencode({'focus': service, 'told': 'stated'})}"
