"""Tickets of the past in their stored form, many in one statement: an import writes a million of them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import chain
from typing import Any

import sqlalchemy as sa

from tickless.domain.history import TicketHistory
from tickless.journal.history_tables import history_tickets
from tickless.journal.tables import storable, to_micros

NAMES = tuple(column.name for column in history_tickets.columns)
_AT_ONCE = 100
"""Rows of one statement: the driver's share of a row is a tenth then."""


def put_tickets(connection: sa.Connection, tickets: Sequence[TicketHistory]) -> None:
    """Insert or overwrite each; no two of the same id. Six times as quick as shelf by shelf."""
    mark = "?" if connection.dialect.name == "sqlite" else "%s"
    rows = [_row(ticket) for ticket in tickets]
    for begin in range(0, len(rows), _AT_ONCE):
        some = rows[begin : begin + _AT_ONCE]
        connection.exec_driver_sql(_upsert(mark, len(some)), tuple(chain.from_iterable(some)))


def _row(x: TicketHistory) -> tuple[Any, ...]:
    """In the order of the table's columns."""
    moments = (x.opened_at, x.resolved_at, x.closed_at, x.updated_at)
    return (
        x.id, storable(x.source, 100), storable(x.number, 100), x.kind, x.state,
        *(None if moment is None else to_micros(moment) for moment in moments),
        storable(x.category[0], 200) if x.category else "", storable(x.team, 200), storable(x.service, 200),
        storable(x.channel, 100), x.priority, storable(x.model_dump_json()),
    )  # fmt: skip


@lru_cache(maxsize=256)
def _upsert(mark: str, rows: int) -> str:
    one = f"({', '.join([mark] * len(NAMES))})"
    changes = ", ".join(f"{name} = excluded.{name}" for name in NAMES if name != "id")
    into = f"INSERT INTO history_tickets ({', '.join(NAMES)})"
    return f"{into} VALUES {', '.join([one] * rows)} ON CONFLICT (id) DO UPDATE SET {changes}"
