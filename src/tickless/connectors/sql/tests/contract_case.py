"""Queries, statements and pools over a real PostgreSQL; statements over SQLite as well."""

import secrets
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
from tests.servers.postgres import run_postgres
from tests.servers.processes import own_folder
from tests.servers.shared import shared

from tickless.sdk.testing import ContractCase, World, closed_port, silent_port

SECRETS = {"DB_PASSWORD": "db-password-5Kw1-very-secret"}
TABLE = "CREATE TABLE jobs (id integer PRIMARY KEY, locked boolean NOT NULL)"
OPERATIONS: dict[str, Any] = {
    "queries": {
        "locked": {"sql": "SELECT count(*) AS locked FROM jobs WHERE locked AND id >= :least"},
        "no-table": {"sql": "SELECT * FROM no_such_table"},
    },
    "statements": {
        "unlock": {
            "sql": "UPDATE jobs SET locked = false WHERE id = :id",
            "done_when": "SELECT NOT locked FROM jobs WHERE id = :id",
        },
    },
}


@contextmanager
def _server() -> Iterator[str]:
    with own_folder("pg") as folder, run_postgres(folder) as url:
        yield url.replace("postgresql+psycopg://", "postgresql://")


def postgres(url: str, database: str, **more: Any) -> dict[str, Any]:
    parts = urlsplit(url)
    return {
        "dialect": "postgresql", "host": parts.hostname, "port": parts.port, "database": database,
        "user": "postgres", "password": "env:DB_PASSWORD", **OPERATIONS, **more,
    }  # fmt: skip


@contextmanager
def on_postgres(**more: Any) -> Iterator[World]:
    """A database of its own with two locked jobs."""
    url = shared("sql-contract-postgres", _server)
    name = f"contract_{secrets.token_hex(4)}"
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}")
        with psycopg.connect(url, dbname=name, autocommit=True) as mine:
            mine.execute(TABLE)
            mine.execute("INSERT INTO jobs VALUES (1, true), (2, true)")

            def look() -> Any:
                return mine.execute("SELECT * FROM jobs ORDER BY id").fetchall()

            yield World(postgres(url, name, **more), SECRETS, look)
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def on_sqlite() -> Iterator[World]:
    with tempfile.TemporaryDirectory(prefix="tickless-sql-") as folder:
        path = Path(folder) / "jobs.db"
        with closing(sqlite3.connect(path)) as mine:
            mine.executescript(f"{TABLE}; INSERT INTO jobs VALUES (1, true), (2, true)")
            yield World(
                {"dialect": "sqlite", "path": str(path), **OPERATIONS},
                look=lambda: mine.execute("SELECT * FROM jobs ORDER BY id").fetchall(),
            )


@contextmanager
def stuck_pool() -> Iterator[World]:
    """A service with one connection that sits in a transaction, and one that is idle and may stay."""
    pools = {"crm": {"application_name": "crm", "size": 5, "idle_in_transaction_seconds": 0}}
    with on_postgres(pools=pools) as world:
        url = shared("sql-contract-postgres", _server)
        database = world.settings["database"]

        def held() -> int:
            found = admin.execute("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'crm'").fetchone()
            return int(found[0]) if found else 0

        with psycopg.connect(url, autocommit=True) as admin:
            stuck = psycopg.connect(url, dbname=database, application_name="crm")
            idle = psycopg.connect(url, dbname=database, application_name="crm", autocommit=True)
            stuck.execute("SELECT 1")
            idle.execute("SELECT 1")
            yield World(world.settings, SECRETS, held)
            for connection in (stuck, idle):
                connection.close()


@contextmanager
def as_role(name: str, options: str) -> Iterator[World]:
    with on_postgres() as world:
        with psycopg.connect(shared("sql-contract-postgres", _server), autocommit=True) as admin:
            admin.execute(f"DROP ROLE IF EXISTS {name}")
            admin.execute(f"CREATE ROLE {name} LOGIN {options}")
        yield World({**world.settings, "user": name}, SECRETS)


@contextmanager
def changed(**settings: Any) -> Iterator[World]:
    with on_postgres() as world:
        yield World({**world.settings, **settings}, SECRETS)


@contextmanager
def silent() -> Iterator[World]:
    with silent_port() as port:
        yield World(postgres(f"postgresql://127.0.0.1:{port}", "x"), SECRETS)


@contextmanager
def without_table() -> Iterator[World]:
    with on_postgres() as world:
        yield World({**world.settings, "database": "postgres"}, SECRETS)


FAULTS: dict[Any, Any] = {
    "unauthenticated": lambda: changed(user="nobody_knows_me"),
    "forbidden": lambda: as_role("contract_no_rights", ""),
    "rate_limited": lambda: as_role("contract_full", "CONNECTION LIMIT 0"),
    "not_listening": lambda: changed(port=closed_port()),
    "hangs": silent,
    "invalid": without_table,
    "not_found": lambda: changed(database="no_such_database"),
}
LOCKED = {"query": "locked", "values": {"least": 1}}
UNLOCK = {"statement": "unlock", "values": {"id": 1}}
CREW = {"service": "crm"}
CASES = [
    ContractCase("query", on_postgres, LOCKED, expect={"count": 1, "value": 2}, faults=FAULTS),
    ContractCase("query", on_sqlite, LOCKED, expect={"count": 1, "value": 2}, name="sqlite"),
    ContractCase("execute", on_postgres, UNLOCK, changes=True, expect={"rows": 1, "done": True}, faults=FAULTS),
    ContractCase("execute", on_sqlite, UNLOCK, changes=True, expect={"rows": 1, "done": True}, name="sqlite"),
    ContractCase("pool", stuck_pool, CREW, expect={"size": 5, "in_use": 1}),
    ContractCase("recycle_pool", stuck_pool, CREW, changes=True, expect={"size": 5, "in_use": 0}),
]
