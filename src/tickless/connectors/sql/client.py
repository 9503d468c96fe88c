"""One connection a call, read-only unless asked otherwise, with a deadline; the drivers' errors as the house's."""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Protocol

from tickless.connectors.sql.settings import Settings
from tickless.connectors.sql.text import for_psycopg
from tickless.domain.errors import AuthFailed, OutsideError, RateLimited, Rejected, Unreachable
from tickless.sdk.egress import reach

Value = str | int | float | bool | None
_STEPS_BETWEEN_LOOKS = 1_000
"""SQLite's virtual machine is asked about the deadline every so many instructions."""


class Database(Protocol):
    """An open transaction: committed when its block ends well, rolled back otherwise."""

    def rows(self, sql: str, params: Mapping[str, Value], *, most: int) -> list[dict[str, Any]]:
        """At most `most` rows, by column name."""
        ...

    def change(self, sql: str, params: Mapping[str, Value]) -> int:
        """Run a statement; the number of rows it touched."""
        ...


class _Sqlite:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def rows(self, sql: str, params: Mapping[str, Value], *, most: int) -> list[dict[str, Any]]:
        cursor = self._connection.execute(sql, params)
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchmany(most)]

    def change(self, sql: str, params: Mapping[str, Value]) -> int:
        return self._connection.execute(sql, params).rowcount


class _Postgres:
    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def rows(self, sql: str, params: Mapping[str, Value], *, most: int) -> list[dict[str, Any]]:
        cursor = self._connection.execute(for_psycopg(sql), params)
        names = [column.name for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchmany(most)]

    def change(self, sql: str, params: Mapping[str, Value]) -> int:
        return int(self._connection.execute(for_psycopg(sql), params).rowcount)


@contextmanager
def transaction(
    settings: Settings, reveal: Callable[[str], str], *, timeout: float, write: bool = False
) -> Iterator[Database]:
    """Open the database for one transaction. `timeout`: seconds for connecting, and again for its statements.

    Raises `AuthFailed`, `RateLimited` (no connection is free), `Unreachable` (down, or too slow) and `Rejected`.
    """
    opened = _sqlite if settings.dialect == "sqlite" else _postgres
    with opened(settings, reveal, timeout, write) as database:
        yield database


@contextmanager
def _sqlite(settings: Settings, reveal: Callable[[str], str], timeout: float, write: bool) -> Iterator[Database]:
    deadline = time.monotonic() + timeout
    mode = "rw" if write else "ro"
    try:
        address = f"{Path(settings.path).resolve().as_uri()}?mode={mode}"
        with closing(sqlite3.connect(address, uri=True, timeout=timeout, isolation_level=None)) as connection:
            connection.set_progress_handler(lambda: time.monotonic() > deadline, _STEPS_BETWEEN_LOOKS)
            with connection:
                connection.execute("BEGIN IMMEDIATE" if write else "BEGIN")
                yield _Sqlite(connection)
    except sqlite3.Error as error:
        raise _sqlite_error(error) from None


def _sqlite_error(error: sqlite3.Error) -> OutsideError:
    words = str(error)
    if isinstance(error, sqlite3.OperationalError) and words == "interrupted":
        return Unreachable("the database took too long", detail=words)
    if isinstance(error, sqlite3.OperationalError) and ("locked" in words or "unable to open" in words):
        return Unreachable("the database cannot be opened now", detail=words)
    if "readonly" in words:
        return AuthFailed("the database may only be read", detail=words)
    return Rejected("the database rejected the statement", detail=words)


@contextmanager
def _postgres(settings: Settings, reveal: Callable[[str], str], timeout: float, write: bool) -> Iterator[Database]:
    import psycopg  # late: SQLite needs no libpq

    if not settings.host.startswith("/"):  # a folder of sockets is on this machine
        reach(settings.host, settings.port)

    try:
        with psycopg.connect(
            host=settings.host,
            port=settings.port,
            dbname=settings.database,
            user=settings.user or None,
            password=reveal(settings.password) if settings.password else None,
            sslmode=settings.sslmode,
            connect_timeout=max(1, round(timeout)),
            application_name="tickless",
            options=f"-c statement_timeout={max(1, round(timeout * 1_000))}",
        ) as connection:
            connection.read_only = not write
            if write:  # between looking whether it is done and doing it, nobody else may do it
                connection.isolation_level = psycopg.IsolationLevel.SERIALIZABLE
            yield _Postgres(connection)
    except psycopg.Error as error:
        raise _postgres_error(error) from None


_REFUSED = re.compile(r'authentication failed|role ".*" does not exist|no pg_hba\.conf entry|no password supplied')
_FULL = re.compile(r"too many (?:clients|connections)|remaining connection slots")


def _postgres_error(error: Any) -> OutsideError:
    """By SQLSTATE (PostgreSQL manual, appendix A); without one the server was not reached, or said why in words only."""
    state = error.sqlstate or ""
    words = str(error).split("\n", maxsplit=1)[0][:300]
    if state.startswith("28") or state == "42501" or _REFUSED.search(words):
        return AuthFailed("the database refused our credentials", detail=f"{state} {words}")
    if state == "53300" or _FULL.search(words):
        return RateLimited("the database has no connection left", after=5.0, detail=f"{state} {words}")
    if state in {"57014", "55P03", "40001", "40P01"} or state.startswith(("08", "57P")):
        return Unreachable("the database took too long or went away", detail=f"{state} {words}")
    if not state and "does not exist" not in words:
        return Unreachable("the database does not answer", detail=words)
    return Rejected("the database rejected the statement", detail=f"{state} {words}")
