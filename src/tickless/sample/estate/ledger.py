"""Every effect once: an append-only record of what was done under which idempotency key, in an SQLite file."""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
from collections.abc import Awaitable, Callable
from pathlib import Path

from tickless.sample.estate.web import Json

_TABLE = """
create table if not exists effect (
  number integer primary key, at text not null, key text not null, operation text not null, target text not null,
  reply text not null, unique (key, operation, target)
)"""


def open_file(path: Path) -> sqlite3.Connection:
    """Open an SQLite file in autocommit mode; transactions are begun by name."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.row_factory = sqlite3.Row
    connection.execute("pragma journal_mode=wal")
    connection.execute("pragma synchronous=normal")
    return connection


class Ledger:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        connection.execute(_TABLE)

    def earlier(self, key: str, operation: str, target: str) -> Json | None:
        """The reply that this key got before, if it had its effect."""
        row = self.connection.execute(
            "select reply from effect where key = ? and operation = ? and target = ?", (key, operation, target)
        ).fetchone()
        return None if row is None else {**json.loads(row["reply"]), "repeated": True}

    def append(self, key: str, operation: str, target: str, reply: Json) -> None:
        at = dt.datetime.now(dt.UTC).isoformat()
        self.connection.execute(
            "insert into effect (at, key, operation, target, reply) values (?, ?, ?, ?, ?)",
            (at, key, operation, target, json.dumps(reply)),
        )

    def once(self, key: str, operation: str, target: str, act: Callable[[], Json]) -> Json:
        """Do it and record it in one transaction, unless this key did it before. `act` replies with `changed`."""
        self.connection.execute("begin immediate")
        try:
            reply = self.earlier(key, operation, target)
            if reply is None:
                reply = act()
                if reply["changed"]:
                    self.append(key, operation, target, reply)
        except BaseException:
            self.connection.execute("rollback")
            raise
        self.connection.execute("commit")
        return reply

    async def once_outside(self, key: str, operation: str, target: str, act: Callable[[], Awaitable[Json]]) -> Json:
        """The same for effects outside the database: recorded right after they happened."""
        reply = self.earlier(key, operation, target)
        if reply is None:
            reply = await act()
            if reply["changed"]:
                self.append(key, operation, target, reply)
        return reply

    def effects(self) -> list[Json]:
        """Every effect in order: `at`, `key`, `operation`, `target`."""
        rows = self.connection.execute("select at, key, operation, target from effect order by number")
        return [dict(row) for row in rows]

    def forget(self) -> None:
        """Begin a new record, for a test that uses the same keys again."""
        self.connection.execute("delete from effect")
