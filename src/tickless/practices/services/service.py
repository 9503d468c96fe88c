"""Brings files of services, dependencies and configuration items into the journal, and writes such files."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from functools import partial as partial_of
from typing import Literal

from tickless.domain.service import ConfigurationItem, Dependency, Service, Supplier
from tickless.domain.world import World
from tickless.journal import Tx
from tickless.journal.world import read_world
from tickless.kit.cells import write_cells
from tickless.kit.merging import Outcome, settle
from tickless.kit.tabular import Table, write_csv
from tickless.practices.services.columns import DEPENDENCIES, ITEMS, SERVICES, SUPPLIERS
from tickless.practices.services.core import (
    dependency_key,
    read_dependencies,
    read_items,
    read_services,
    read_suppliers,
)
from tickless.practices.services.settling import settle_map, state_edges, state_records

ServicesKind = Literal["services", "dependencies", "items", "suppliers"]
_COLUMNS = {"services": SERVICES, "dependencies": DEPENDENCIES, "items": ITEMS, "suppliers": SUPPLIERS}
_SEEN = frozenset({"last_seen"})


def import_services(
    tx: Tx,
    kind: ServicesKind,
    table: Table,
    *,
    by: str,
    at: dt.datetime,
    partial: bool = False,
    dry_run: bool = False,
) -> Outcome:
    """Insert what is new and change what differs; a refused row means that nothing is written, unless `partial`.

    A dependency that is only seen again counts as the same. `dry_run` only says what would be done.
    """
    outcome = _taken(tx, kind, table, known=read_world(tx), at=at, partial=partial, dry_run=dry_run)
    if outcome.written:
        settle_map(tx, at=at, items=kind == "items")
        detail = {**outcome.on_record(), "partial": partial}
        tx.audit.append(at=at, actor=by, action="records.imported", subject=f"records:{kind}", detail=detail)
    return outcome


def _taken(
    tx: Tx, kind: ServicesKind, table: Table, *, known: World, at: dt.datetime, partial: bool, dry_run: bool
) -> Outcome:
    if kind == "services":
        services = read_services(table, known=known)
        put = None if dry_run else partial_of(state_records, tx, "service", known.services, at)
        return settle(kind, services, known=known.services, key_of=_key, put=put, partial=partial)
    if kind == "items":
        items = read_items(table, known=known)
        put_items = None if dry_run else partial_of(state_records, tx, "item", known.items, at)
        return settle(kind, items, known=known.items, key_of=_key, put=put_items, partial=partial)
    if kind == "suppliers":
        before = {one.id: one for one in tx.suppliers.where()}
        put_suppliers = None if dry_run else tx.suppliers.put_all
        read = read_suppliers(table, known=before)
        return settle(kind, read, known=before, key_of=_key, put=put_suppliers, partial=partial)
    edges = read_dependencies(table, known=known, at=at)
    drawn = {dependency_key(edge): edge for edge in known.dependencies}
    put_edges = None if dry_run else partial_of(state_edges, tx)
    return settle(kind, edges, known=drawn, key_of=dependency_key, put=put_edges, partial=partial, quiet=_SEEN)


def _key(record: Service | ConfigurationItem | Supplier) -> str:
    return record.id


def write_services(kind: ServicesKind, records: Iterable[Service | Dependency | ConfigurationItem | Supplier]) -> str:
    """Records as the CSV that `import_services` reads."""
    columns = _COLUMNS[kind]
    return write_csv(
        [column.field for column in columns], (write_cells(record.model_dump(), columns) for record in records)
    )
