"""Brings files of catalogue items into the journal, and writes such files."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable

from tickless.domain.catalogue import CatalogueItem
from tickless.journal import Tx
from tickless.journal.world import read_world
from tickless.kit.cells import write_cells
from tickless.kit.merging import Outcome, settle
from tickless.kit.tabular import Table, write_csv
from tickless.practices.catalogue.columns import CATALOGUE
from tickless.practices.catalogue.core import read_catalogue


def import_catalogue(
    tx: Tx,
    table: Table,
    *,
    needs: Collection[str],
    by: str,
    at: dt.datetime,
    partial: bool = False,
    dry_run: bool = False,
) -> Outcome:
    """Insert what is new and change what differs; a refused row means that nothing is written, unless `partial`."""
    known = read_world(tx)
    reading = read_catalogue(table, known=known, needs=needs)
    put = None if dry_run else tx.catalogue.put_all
    outcome = settle("catalogue", reading, known=known.catalogue, key_of=_key, put=put, partial=partial)
    if outcome.written:
        detail = {**outcome.on_record(), "partial": partial}
        tx.audit.append(at=at, actor=by, action="records.imported", subject="records:catalogue", detail=detail)
    return outcome


def _key(item: CatalogueItem) -> str:
    return item.id


def write_catalogue(items: Iterable[CatalogueItem]) -> str:
    """Items as the CSV that `import_catalogue` reads."""
    return write_csv(
        [column.field for column in CATALOGUE], (write_cells(item.model_dump(), CATALOGUE) for item in items)
    )
