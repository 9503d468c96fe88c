"""A shelf: one table of records, found by id and listed page by page."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import sqlalchemy as sa

from tickless.domain.errors import NotFound
from tickless.domain.record import Record
from tickless.journal.upserts import upsert, upsert_all

R = TypeVar("R", bound=Record)
LAST = "\U0010ffff"


def begins_with(connection: sa.Connection, column: sa.ColumnElement[Any], start: str) -> sa.ColumnElement[bool]:
    """SQLite compares byte by byte and finds a range by its index; its LIKE would not. PostgreSQL is the other way round."""
    if connection.dialect.name == "sqlite":
        return sa.and_(column >= start, column < start + LAST)
    return column.startswith(start, autoescape=True)


@dataclass(frozen=True)
class Page(Generic[R]):
    """Some records and where the next page begins (None: there is none)."""

    items: tuple[R, ...]
    next: str | None


class Shelf(Generic[R]):
    """Records of one kind inside a transaction. `keys` gives the searched columns of a record."""

    def __init__(
        self,
        connection: sa.Connection,
        table: sa.Table,
        model: type[R],
        keys: Callable[[R], dict[str, Any]],
    ) -> None:
        self.connection = connection
        self.table = table
        self.model = model
        self._keys = keys
        self._id = next(iter(table.primary_key))

    def put(self, record: R) -> R:
        """Insert or overwrite; returns the record."""
        upsert(self.connection, self.table, {**self._keys(record), "body": record.model_dump_json(by_alias=True)})
        return record

    def put_all(self, records: Iterable[R]) -> None:
        """Insert or overwrite each, with one statement for all."""
        rows = [{**self._keys(record), "body": record.model_dump_json(by_alias=True)} for record in records]
        upsert_all(self.connection, self.table, rows)

    def get(self, key: str, *, lock: bool = False) -> R | None:
        """The record, or None. `lock` holds it against other writers until the transaction ends."""
        query = sa.select(self.table.c.body).where(self._id == key)
        if lock:
            query = query.with_for_update()
        body = self.connection.execute(query).scalar()
        return None if body is None else self.model.model_validate_json(body)

    def need(self, key: str, *, lock: bool = False) -> R:
        """The record. Raises `NotFound`."""
        record = self.get(key, lock=lock)
        if record is None:
            raise NotFound(f"there is no {self.model.__name__.lower()} {key[:80]!r}")
        return record

    def where(self, *conditions: Any, order: Any = None, limit: int = 1_000) -> list[R]:
        """Records that match, at most `limit`."""
        query = sa.select(self.table.c.body).where(*conditions).limit(limit)
        query = query.order_by(order if order is not None else self._id)
        return [self.model.model_validate_json(body) for body in self.connection.execute(query).scalars()]

    def bodies(self, *conditions: Any, order: Any, limit: int = 1_000) -> list[tuple[str, str]]:
        """Ids and stored forms of the first `limit` records that match, not read yet, themselves in no order."""
        first = sa.select(self._id).where(*conditions).order_by(order).limit(limit)  # sorted without their bodies
        query = sa.select(self._id, self.table.c.body).where(self._id.in_(first))
        return [(row[0], row[1]) for row in self.connection.execute(query)]

    def by(self, limit: int = 1_000, **columns: str | None) -> list[R]:
        """Records whose key columns have exactly these values, in order of id (which is order of making)."""
        return self.where(*(self.table.c[name] == value for name, value in columns.items()), limit=limit)

    def begins(self, name: str, start: str) -> sa.ColumnElement[bool]:
        """The condition that a key column begins so, whatever the database's collation. (An order of words, as PostgreSQL
        usually has it, puts no range between `start` and `start~`.)"""
        return begins_with(self.connection, self.table.c[name], start)

    def values(self, name: str, *conditions: Any) -> list[Any]:
        """The different values of a key column among the records that match; no record is read for it."""
        query = sa.select(self.table.c[name]).where(*conditions).distinct()
        return list(self.connection.execute(query).scalars())

    def count(self, *conditions: Any) -> int:
        query = sa.select(sa.func.count()).select_from(self.table).where(*conditions)
        return int(self.connection.execute(query).scalar_one())

    def delete(self, key: str) -> None:
        self.connection.execute(sa.delete(self.table).where(self._id == key))
