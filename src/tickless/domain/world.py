"""The world as the records know it: a snapshot of people, apps, devices, services and their dependencies, with look-ups."""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from tickless.domain.catalogue import CatalogueItem
from tickless.domain.person import App, Device, Person
from tickless.domain.service import SILENT, ConfigurationItem, Dependency, Service


@dataclass(frozen=True)
class World:
    """Records by id. Pure: the same snapshot gives the same answers, so decisions can be replayed."""

    people: Mapping[str, Person] = field(default_factory=dict)
    apps: Mapping[str, App] = field(default_factory=dict)
    devices: Mapping[str, Device] = field(default_factory=dict)
    services: Mapping[str, Service] = field(default_factory=dict)
    items: Mapping[str, ConfigurationItem] = field(default_factory=dict)
    dependencies: tuple[Dependency, ...] = ()
    catalogue: Mapping[str, CatalogueItem] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        *,
        people: Iterable[Person] = (),
        apps: Iterable[App] = (),
        devices: Iterable[Device] = (),
        services: Iterable[Service] = (),
        items: Iterable[ConfigurationItem] = (),
        dependencies: Iterable[Dependency] = (),
        catalogue: Iterable[CatalogueItem] = (),
    ) -> World:
        return cls(
            people={p.id: p for p in people},
            apps={a.id: a for a in apps},
            devices={d.id: d for d in devices},
            services={s.id: s for s in services},
            items={i.id: i for i in items},
            dependencies=tuple(dependencies),
            catalogue={c.id: c for c in catalogue},
        )

    def offers(self, need: str | None, inputs: Mapping[str, str]) -> CatalogueItem | None:
        """The catalogue item that somebody asks for with that need and those inputs: the one that settles most of them."""
        fitting = [
            item
            for item in self.catalogue.values()
            if item.active and item.need == need and all(inputs.get(name) == ref for name, ref in item.inputs.items())
        ]
        return max(fitting, key=lambda item: (len(item.inputs), item.id), default=None)

    @cached_property
    def needs(self) -> dict[str, tuple[str, ...]]:
        """Service → the services it needs directly, by edges that are believed."""
        found: dict[str, list[str]] = {}
        for edge in self.dependencies:
            if edge.confidence >= SILENT:
                found.setdefault(edge.service, []).append(edge.needs)
        return {service: tuple(others) for service, others in found.items()}

    @cached_property
    def needed_by(self) -> dict[str, tuple[str, ...]]:
        """Service → the services that need it directly, by edges that are believed."""
        found: dict[str, list[str]] = {}
        for edge in self.dependencies:
            if edge.confidence >= SILENT:
                found.setdefault(edge.needs, []).append(edge.service)
        return {service: tuple(others) for service, others in found.items()}

    def upstream_of(self, service: str, *, hops: int = 3) -> dict[str, int]:
        """What a service needs, directly or not: id → distance, at most `hops`."""
        return _reach(self.needs, service, hops)

    def dependents_of(self, service: str, *, hops: int = 10) -> dict[str, int]:
        """Who suffers with a service, directly or not: id → distance."""
        return _reach(self.needed_by, service, hops)

    def sufferers_of(self, service: str) -> dict[str, float]:
        """Who suffers with a service, directly or not: id → how sure that is by the best way (product of its edges), at least
        `SILENT`. The service itself is not among them."""
        sure: dict[str, float] = {service: 1.0}
        waiting = [(-1.0, service)]
        while waiting:
            negative, node = heapq.heappop(waiting)
            if -negative < sure[node]:
                continue
            for other, confidence in self._needed_by_sure.get(node, ()):
                through = -negative * confidence
                if through >= SILENT and through > sure.get(other, 0.0):
                    sure[other] = through
                    heapq.heappush(waiting, (-through, other))
        del sure[service]
        return sure

    @cached_property
    def _needed_by_sure(self) -> dict[str, list[tuple[str, float]]]:
        found: dict[str, list[tuple[str, float]]] = {}
        for edge in self.dependencies:
            found.setdefault(edge.needs, []).append((edge.service, edge.confidence))
        return found

    def service_named(self, text: str) -> Service | None:
        """By id, name or alias, whatever the case of the letters."""
        return self._service_names.get(text.strip().casefold())

    @cached_property
    def _service_names(self) -> dict[str, Service]:
        names: dict[str, Service] = {}
        for service in self.services.values():
            for name in (*service.aliases, service.name, service.id):
                names[name.casefold()] = service
        return names

    def item_named(self, text: str) -> ConfigurationItem | None:
        """By id or name."""
        return self.items.get(text) or self._item_names.get(text.casefold())

    @cached_property
    def _item_names(self) -> dict[str, ConfigurationItem]:
        return {item.name.casefold(): item for item in self.items.values()}

    def items_of(self, service: str, kind: str) -> list[ConfigurationItem]:
        return [item for item in self.items.values() if item.service == service and item.kind == kind]

    def devices_of(self, person: str) -> list[Device]:
        return [device for device in self.devices.values() if device.owner == person]

    def person_called(self, text: str) -> Person | None:
        """By id, login name or e-mail address: exact, because it decides for whom something is done."""
        wanted = text.strip().casefold()
        return self.people.get(text) or self._logins.get(wanted)

    @cached_property
    def _logins(self) -> dict[str, Person]:
        return {name.casefold(): person for person in self.people.values() for name in (person.username, person.email)}

    def users_of(self, services: Iterable[str]) -> int | None:
        """How many people use these services by their groups; None when no service says who uses it."""
        groups = {group for service in services if service in self.services for group in self.services[service].users}
        if not groups:
            return None
        return sum(1 for person in self.people.values() if person.active and groups & {*person.groups, "everyone"})


def _reach(edges: Mapping[str, tuple[str, ...]], start: str, hops: int) -> dict[str, int]:
    found: dict[str, int] = {}
    queue = deque([(start, 0)])
    while queue:
        node, distance = queue.popleft()
        if distance == hops:
            continue
        for other in edges.get(node, ()):
            if other not in found and other != start:
                found[other] = distance + 1
                queue.append((other, distance + 1))
    return found
