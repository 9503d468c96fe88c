"""Both databases for tests: an empty pair of SQLite files, or an empty database of the shared PostgreSQL server."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import psycopg
import pytest

from tickless.journal import Journal

BOTH = [
    pytest.param("sqlite", id="sqlite"),
    pytest.param("postgres", id="postgres", marks=pytest.mark.server("postgres")),
]


class Urls(NamedTuple):
    main: str
    log: str

    def open(self) -> Journal:
        return Journal(main_url=self.main, log_url=self.log)


@contextmanager
def empty(kind: str, folder: Path, request: pytest.FixtureRequest) -> Iterator[Urls]:
    """URLs of databases that hold nothing yet."""
    if kind == "sqlite":
        folder.mkdir(parents=True, exist_ok=True)
        yield Urls(f"sqlite:///{folder / 'main.db'}", f"sqlite:///{folder / 'log.db'}")
        return
    server: str = request.getfixturevalue("postgres_url")
    name = f"tickless_{secrets.token_hex(6)}"
    plain = server.replace("postgresql+psycopg://", "postgresql://")
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')  # type: ignore[call-overload]
        try:
            url = server.rsplit("/", 1)[0] + f"/{name}"
            yield Urls(url, url)
        finally:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')  # type: ignore[call-overload]
