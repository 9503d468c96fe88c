"""Turns the landscape into records: services with owners, the edges between them, and the things they run on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from tickless.domain.person import Device, Person
from tickless.domain.service import ConfigurationItem, Dependency, Service
from tickless.sample.landscape import CERTIFICATES, DISK_MB, FILESYSTEMS, HOSTS, POOLS, ROWS
from tickless.sample.people import DOMAIN

SURVEYED = dt.datetime(2026, 1, 5, 6, 0, tzinfo=dt.UTC)
"""When the map was last looked at: a fixed moment, so that the company is the same on every run."""


def make_services(people: Sequence[Person]) -> tuple[Service, ...]:
    """Every service; owner is the head of its department, technical ones are looked after by a lead of theirs."""
    heads = {person.department: person.id for person in reversed(people)}
    return tuple(
        Service(
            id=row.id,
            name=row.name,
            aliases=row.aliases,
            kind=row.kind,
            criticality=row.criticality,
            owner=heads[row.department],
            team=f"team-{row.department.lower().replace(' ', '-')}",
            users=row.users,
            description=f"{row.name}, run on {row.host}" if row.kind != "business" else f"{row.name} as people know it",
        )
        for row in ROWS
    )


def make_dependencies() -> tuple[Dependency, ...]:
    return tuple(
        Dependency(service=row.id, needs=need, source="sample", last_seen=SURVEYED)
        for row in ROWS
        for need in row.needs
    )


def make_items() -> tuple[ConfigurationItem, ...]:
    """Hosts, processes, filesystems, certificates and pools. Ids: `edge-1`, `process:x`, `edge-1:/var`, `pool:x` …"""
    return tuple(_items())


def _items() -> Iterator[ConfigurationItem]:
    for host in HOSTS:
        yield ConfigurationItem(id=host, kind="host", name=host)
    for row in ROWS:
        if row.placement == "own":
            where = {"host": row.host, "process": row.id}
            yield ConfigurationItem(
                id=f"process:{row.id}", kind="process", name=row.id, service=row.id, attributes=where
            )
    for shared in ("commons", "office"):  # each hosts several services
        where = {"host": "app-2", "process": shared}
        yield ConfigurationItem(id=f"process:{shared}", kind="process", name=shared, attributes=where)
    for host, path, service in FILESYSTEMS:
        about = {"host": host, "path": path, "total_mb": str(DISK_MB)}
        name = f"{host}:{path}"
        yield ConfigurationItem(id=name, kind="filesystem", name=name, service=service, attributes=about)
    for label, service in CERTIFICATES:
        name = f"{label}.{DOMAIN}"
        yield ConfigurationItem(id=f"certificate:{name}", kind="certificate", name=name, service=service)
    for service, needs, size in POOLS:
        about = {"size": str(size), "connects_to": needs}
        yield ConfigurationItem(id=f"pool:{service}", kind="pool", name=service, service=service, attributes=about)


_LAPTOPS = ("Alderbook 13", "Alderbook 15", "Corvid Flex", "Corvid Pro")


def make_devices(people: Sequence[Person]) -> tuple[Device, ...]:
    """One laptop each, and a phone for managers, stores and logistics."""
    laptops = [
        Device(id=f"d{n:03d}", tag=f"LM-L{1000 + n}", kind="laptop", model=_LAPTOPS[n % 4], owner=person.id)
        for n, person in enumerate(people, start=1)
    ]
    mobile = [p for p in people if "managers" in p.groups or p.department in {"Stores", "Logistics"}]
    phones = [
        Device(id=f"m{n:03d}", tag=f"LM-M{5000 + n}", kind="phone", model="Wren 6", owner=person.id)
        for n, person in enumerate(mobile, start=1)
    ]
    return (*laptops, *phones)
