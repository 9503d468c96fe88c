"""Insert-or-update that both databases speak."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite


def insert_for(connection: sa.Connection, table: sa.Table) -> Any:
    """The dialect's own INSERT, which knows ON CONFLICT."""
    return inserting_for(connection.dialect.name, table)


def inserting_for(dialect: str, table: sa.Table) -> Any:
    """The same, by the dialect's name."""
    return (postgresql if dialect == "postgresql" else sqlite).insert(table)


def upsert(connection: sa.Connection, table: sa.Table, values: Mapping[str, Any]) -> None:
    """Insert a row, or overwrite the one with the same primary key."""
    connection.execute(_upserting(connection.dialect.name, table, tuple(values)), dict(values))


def upsert_all(connection: sa.Connection, table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """The same for many rows with the same columns, of which a later one wins."""
    if rows:
        statement = _upserting(connection.dialect.name, table, tuple(rows[0]))
        connection.execute(statement, [dict(row) for row in rows])


@lru_cache(maxsize=512)
def _upserting(dialect: str, table: sa.Table, names: tuple[str, ...]) -> Any:
    """The statement for these columns: to build it costs several times as much as to run it."""
    keys = [column.name for column in table.primary_key]
    statement = inserting_for(dialect, table)
    changes = {name: statement.excluded[name] for name in names if name not in keys}
    if changes:
        return statement.on_conflict_do_update(index_elements=keys, set_=changes)
    return statement.on_conflict_do_nothing(index_elements=keys)


def insert_new(
    connection: sa.Connection, table: sa.Table, values: Mapping[str, Any] | Sequence[Mapping[str, Any]]
) -> int:
    """Insert what isn't there yet, by any unique key; returns how many rows were new."""
    statement = _inserting(connection.dialect.name, table)
    result = connection.execute(statement, values, execution_options={"preserve_rowcount": True})
    return int(result.rowcount)


@lru_cache(maxsize=128)
def _inserting(dialect: str, table: sa.Table) -> Any:
    return inserting_for(dialect, table).on_conflict_do_nothing()
