"""Takes a person out of every table, inside a transaction. What is taken out is decided by whoever calls."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from tickless.journal import tables
from tickless.journal.audit_tables import decision_inputs, kept_texts

Change = Callable[[Any], Any]
_APART = frozenset(
    {
        "people",
        "users",
        "audit",
        "audit_checkpoints",
        "audit_holds",
        "decision_inputs",
        "kept_texts",
        "api_tokens",
        "sessions",
    }
)


def thoroughly(connection: sa.Connection) -> None:
    """On SQLite what is deleted or overwritten is zeroed in the file, from here on in this connection."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA secure_delete=ON")


def settle_files(*engines: sa.Engine) -> None:
    """On SQLite the log of recent pages is emptied, so that no older page stays readable in it."""
    for engine in engines:
        if engine.dialect.name == "sqlite":
            with engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


class Eraser:
    """`others` takes them out of what other people wrote or the house noted, `own` out of what they wrote themselves."""

    def __init__(self, connection: sa.Connection, *, others: Change, own: Change) -> None:
        self._connection = connection
        self._others = others
        self._own = own
        self.counts: Counter[str] = Counter()

    def bodies(self, table: sa.Table, *, owned: Callable[[dict[str, Any]], bool], skip: frozenset[str]) -> None:
        """Rewrite the bodies of a table. `owned`: whether they wrote it; `skip`: cases that are held."""
        keys = list(table.primary_key)
        for row in self._connection.execute(sa.select(*keys, table.c.body).order_by(*keys)).all():
            body = json.loads(row.body)
            if not isinstance(body, dict) or body.get("case") in skip or body.get("id") in skip:
                continue
            changed = (self._own if owned(body) else self._others)(body)
            if changed != body:
                where = [key == row._mapping[key.name] for key in keys]
                self._connection.execute(sa.update(table).where(*where).values(**_columns(table, body, changed)))
                self.counts[table.name] += 1

    def texts(self, table: sa.Table, column: str) -> None:
        """Rewrite one column of plain text."""
        keys = list(table.primary_key)
        for row in self._connection.execute(sa.select(*keys, table.c[column])).all():
            before = row._mapping[column]
            after = self._others(before)
            if before is not None and after != before:
                where = [key == row._mapping[key.name] for key in keys]
                self._connection.execute(sa.update(table).where(*where).values({column: after}))
                self.counts[table.name] += 1

    def inputs(
        self, cases: frozenset[str], *, skip: frozenset[str], at: dt.datetime, world: Callable[[str], str | None]
    ) -> None:
        """Out of what decisions were made from. `cases`: those that they asked for. `world`: a packed text without them, or
        None where nothing changes."""
        table = decision_inputs
        for row in self._connection.execute(sa.select(table.c.id, table.c.case, table.c.body)).all():
            body = json.loads(row.body)
            changed = body if row.case in skip else (self._own if row.case in cases else self._others)(body)
            if changed != body:
                values = {"body": json.dumps(changed, ensure_ascii=False), "erased_at": at}
                self._connection.execute(sa.update(table).where(table.c.id == row.id).values(**values))
                self.counts[table.name] += 1
        kept = kept_texts
        worlds = self._connection.execute(sa.select(kept.c.digest, kept.c.body).where(kept.c.kind == "world")).all()
        for digest, text in worlds:
            without = world(text)
            if without is not None:
                self._connection.execute(sa.update(kept).where(kept.c.digest == digest).values(body=without))
                self.counts[kept.name] += 1
        if self.counts[kept.name]:
            unmarked = sa.update(table).where(table.c.erased_at.is_(None), table.c.case.not_in(skip or {""}))
            self._connection.execute(unmarked.values(erased_at=at))

    def every_body(self, *, owned: Callable[[str, dict[str, Any]], bool], skip: frozenset[str]) -> None:
        """All tables of records, but those that need more care."""
        for table in tables.main.sorted_tables:
            if table.name not in _APART and "body" in table.c:
                name = table.name
                self.bodies(table, owned=lambda body, name=name: owned(name, body), skip=skip)  # type: ignore[misc]


def _columns(table: sa.Table, before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """The body, and the searched columns whose field of the same name was changed."""
    values: dict[str, Any] = {"body": json.dumps(after, ensure_ascii=False)}
    for column in table.c:
        name = column.name
        if (
            name in after
            and not column.primary_key
            and isinstance(after[name], str)
            and after[name] != before.get(name)
        ):
            values[name] = after[name]
    return values


def erase_signals(log: sa.Connection, ids: list[str], *, own: Change, terms: Callable[[bytes], bytes]) -> int:
    """What they sent: the words of their signals, and the raw payloads behind them."""
    table, done = tables.signals, 0
    for start in range(0, len(ids), 500):
        some = ids[start : start + 500]
        for row in log.execute(sa.select(table.c.seq, table.c.body).where(table.c.id.in_(some))).all():
            body = json.loads(row.body)
            log.execute(
                sa.update(table).where(table.c.seq == row.seq).values(body=json.dumps(own(body), ensure_ascii=False))
            )
            done += 1
            if body.get("payload"):
                gone = sa.update(tables.payloads).where(tables.payloads.c.id == body["payload"])
                log.execute(gone.values(body=b"[erased]", headers="{}"))
    aside = tables.quarantine
    for row in log.execute(sa.select(aside.c.id, aside.c.body)).all():
        after = terms(row.body)
        if after != row.body:
            log.execute(sa.update(aside).where(aside.c.id == row.id).values(body=after))
            done += 1
    return done


def signals_of(log: sa.Connection, matches: Callable[[dict[str, Any]], bool]) -> list[str]:
    """Ids of the messages that match."""
    table = tables.signals
    query = sa.select(table.c.id, table.c.body).where(table.c.kind == "message")
    return [row.id for row in log.execute(query) if matches(json.loads(row.body))]
