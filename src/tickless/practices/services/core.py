"""Rows → services, dependencies and configuration items, or the reasons why not. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from tickless.domain.service import ConfigurationItem, Dependency, Service, Supplier
from tickless.domain.world import World
from tickless.kit.cells import slug
from tickless.kit.merging import Reading, Values, merge, new_key
from tickless.kit.tabular import Refusal, Table, shown
from tickless.practices.services.columns import DEPENDENCIES, ITEMS, SERVICES, SUPPLIERS

_FIRST = "import services first"
SOURCE = "import"
"""Where a dependency comes from when the file does not say."""


def read_services(table: Table, *, known: World) -> Reading[Service]:
    """Services by line. A row is the service of its id, else of its name; a new one's id is made of the name.

    Refused: what is missing or does not fit, an owner whom nobody knows, a name that another service has.
    """
    names = {service.name.casefold(): service.id for service in known.services.values()}

    def identify(values: Values) -> tuple[str, Values]:
        name = str(values.get("name") or "")
        key = str(values.get("id") or "") or names.get(name.casefold()) or new_key(slug(name), known.services)
        owner = known.person_called(str(values["owner"])) if values.get("owner") else None
        return key, {"id": key or None} | ({"owner": owner.id} if owner else {})

    reading = merge(table, model=Service, columns=SERVICES, identify=identify, known=known.services, defaults={})
    strangers = [
        Refusal(line, "owner", f"there is nobody called {shown(service.owner)!r}", "import people first")
        for line, service in reading.records.items()
        if service.owner is not None and service.owner not in known.people
    ]
    return reading.without([*strangers, *_taken_names(reading.records, known.services)])


def _taken_names(services: Mapping[int, Service], known: Mapping[str, Service]) -> Iterable[Refusal]:
    """A name or alias leads to one service, in any letters: alerts and people name services by it."""
    holder = {name: (service.id, "") for service in known.values() for name in _names(service)}
    for line, service in services.items():
        for name, field in _names(service).items():
            who, where = holder.setdefault(name, (service.id, f" on line {line}"))
            if who != service.id:
                yield Refusal(line, field, f"{shown(name)!r} belongs to {shown(who)}{where}", "choose another")


def _names(service: Service) -> dict[str, str]:
    named = [("id", service.id), ("name", service.name), *(("aliases", alias) for alias in service.aliases)]
    return {name.casefold(): field for field, name in reversed(named)}


def read_dependencies(table: Table, *, known: World, at: dt.datetime) -> Reading[Dependency]:
    """Dependencies by line, each service named by id, name or alias. Without `last_seen` in the file they were seen at `at`.

    Refused: services that are not known, a service that needs itself.
    """
    before = {dependency_key(edge): edge for edge in known.dependencies}

    def identify(values: Values) -> tuple[str, Values]:
        ends = {end: str(values.get(end) or "") for end in ("service", "needs")}
        found = {end: known.service_named(name) for end, name in ends.items()}
        named = {end: one.id if (one := found[end]) else name for end, name in ends.items()}
        seen = {"last_seen": values.get("last_seen") or at}
        return edge_key(named["service"], named["needs"]), {end: name or None for end, name in named.items()} | seen

    reading = merge(
        table,
        model=Dependency,
        columns=DEPENDENCIES,
        identify=identify,
        known=before,
        defaults={"source": SOURCE, "last_seen": at},
    )
    return reading.without(list(_loose_ends(reading.records, known)))


def _loose_ends(edges: Mapping[int, Dependency], known: World) -> Iterable[Refusal]:
    for line, edge in edges.items():
        for end, name in (("service", edge.service), ("needs", edge.needs)):
            if name not in known.services:
                yield Refusal(line, end, f"there is no service {shown(name)!r}", _FIRST)
        if edge.service == edge.needs:
            yield Refusal(line, "needs", "a service does not need itself", "leave this row out")


def dependency_key(edge: Dependency) -> str:
    """What makes two edges the same: both ends."""
    return edge_key(edge.service, edge.needs)


def edge_key(service: str, needs: str) -> str:
    """What an edge between two services is called."""
    return f"{service} → {needs}"


def read_items(table: Table, *, known: World) -> Reading[ConfigurationItem]:
    """Configuration items by line. A row is the item of its id, else of its kind and name; a new one's id is `kind:name`.
    The service must be known."""
    there = {(item.kind, item.name): item.id for item in known.items.values()}

    def identify(values: Values) -> tuple[str, Values]:
        kind, name = str(values.get("kind") or ""), str(values.get("name") or "")
        made = f"{slug(kind)}:{'-'.join(name.split())}" if slug(kind) and name else ""
        key = str(values.get("id") or "") or there.get((kind, name)) or new_key(made, known.items)
        service = known.service_named(str(values["service"])) if values.get("service") else None
        return key, {"id": key or None} | ({"service": service.id} if service else {})

    reading = merge(table, model=ConfigurationItem, columns=ITEMS, identify=identify, known=known.items, defaults={})
    loose = [
        Refusal(line, "service", f"there is no service {shown(item.service)!r}", _FIRST)
        for line, item in reading.records.items()
        if item.service is not None and item.service not in known.services
    ]
    return reading.without(loose)


def read_suppliers(table: Table, *, known: Mapping[str, Supplier]) -> Reading[Supplier]:
    """Suppliers by line. A row is the supplier of its id, else of its name; a new one's id is made of the name."""
    names = {one.name.casefold(): one.id for one in known.values()}

    def identify(values: Values) -> tuple[str, Values]:
        name = str(values.get("name") or "")
        key = str(values.get("id") or "") or names.get(name.casefold()) or new_key(slug(name), known)
        return key, {"id": key or None}

    return merge(table, model=Supplier, columns=SUPPLIERS, identify=identify, known=known, defaults={})
