"""The shelves of people, things and services, and of the map: part of every transaction."""

from __future__ import annotations

from functools import cached_property

import sqlalchemy as sa

from tickless.domain.catalogue import CatalogueItem
from tickless.domain.claim import Claim, MapSpan, RefusedRow
from tickless.domain.person import App, Delegation, Device, Person, PersonChange
from tickless.domain.service import ConfigurationItem, Dependency, Service, Supplier
from tickless.journal import tables
from tickless.journal.shelf import Shelf


class EstateShelves:
    """Inside a transaction."""

    connection: sa.Connection

    @cached_property
    def people(self) -> Shelf[Person]:
        return Shelf(
            self.connection,
            tables.people,
            Person,
            lambda p: {"id": p.id, "username": p.username, "email": p.email, "name": p.name},
        )

    @cached_property
    def person_changes(self) -> Shelf[PersonChange]:
        return Shelf(
            self.connection, tables.person_changes, PersonChange, lambda x: {"id": x.id, "person": x.person, "at": x.at}
        )

    @cached_property
    def delegations(self) -> Shelf[Delegation]:
        return Shelf(
            self.connection,
            tables.delegations,
            Delegation,
            lambda x: {"id": x.id, "person": x.person, "delegate": x.delegate, "until": x.until},
        )

    @cached_property
    def devices(self) -> Shelf[Device]:
        return Shelf(self.connection, tables.devices, Device, lambda d: {"id": d.id, "tag": d.tag, "owner": d.owner})

    @cached_property
    def apps(self) -> Shelf[App]:
        return Shelf(self.connection, tables.apps, App, lambda a: {"id": a.id, "name": a.name})

    @cached_property
    def services(self) -> Shelf[Service]:
        return Shelf(self.connection, tables.services, Service, lambda s: {"id": s.id, "name": s.name})

    @cached_property
    def dependencies(self) -> Shelf[Dependency]:
        return Shelf(
            self.connection, tables.dependencies, Dependency, lambda d: {"service": d.service, "needs": d.needs}
        )

    @cached_property
    def items(self) -> Shelf[ConfigurationItem]:
        return Shelf(
            self.connection,
            tables.items,
            ConfigurationItem,
            lambda i: {"id": i.id, "kind": i.kind, "service": i.service},
        )

    @cached_property
    def suppliers(self) -> Shelf[Supplier]:
        return Shelf(self.connection, tables.suppliers, Supplier, lambda x: {"id": x.id, "name": x.name})

    @cached_property
    def catalogue(self) -> Shelf[CatalogueItem]:
        return Shelf(
            self.connection, tables.catalogue, CatalogueItem, lambda x: {"id": x.id, "name": x.name, "need": x.need}
        )

    @cached_property
    def map_claims(self) -> Shelf[Claim]:
        return Shelf(
            self.connection,
            tables.map_claims,
            Claim,
            lambda x: {"id": x.id, "source": x.source, "kind": x.kind, "key": x.key},
        )

    @cached_property
    def map_spans(self) -> Shelf[MapSpan]:
        return Shelf(
            self.connection,
            tables.map_spans,
            MapSpan,
            lambda x: {"id": x.id, "kind": x.kind, "key": x.key, "valid_from": x.valid_from, "valid_to": x.valid_to},
        )

    @cached_property
    def map_refused(self) -> Shelf[RefusedRow]:
        return Shelf(
            self.connection,
            tables.map_refused,
            RefusedRow,
            lambda x: {"id": x.id, "source": x.source, "state": x.state, "at": x.at},
        )
