"""Sessions and tables of a real PostgreSQL, and servers that fail."""

import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import psycopg
from tests.servers.postgres import run_postgres
from tests.servers.processes import own_folder
from tests.servers.shared import shared
from tests.servers.worlds import need
from tests.waiting import until

from tickless.sdk.testing import ContractCase, World, closed_port, silent_port

SECRETS = {"DB_PASSWORD": "db-password-90Qx-very-secret"}


@contextmanager
def _server() -> Iterator[str]:
    with own_folder("pg") as folder, run_postgres(folder) as url:
        yield url.replace("postgresql+psycopg://", "postgresql://")


def settings(url: str, database: str = "postgres", **more: Any) -> dict[str, Any]:
    parts = urlsplit(url)
    return {
        "host": parts.hostname, "port": parts.port, "database": database, "user": "postgres", "password": "env:DB_PASSWORD",
        "sslmode": "disable", "tables": ["public.jobs", "public.gone"], "spared_users": ["somebody"], **more,
    }  # fmt: skip


@contextmanager
def database(**more: Any) -> Iterator[World]:
    """A database of its own with a table of dead rows."""
    need("postgres")
    url = shared("postgresql-contract", _server)
    name = f"contract_{secrets.token_hex(4)}"
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}".encode())
        with psycopg.connect(url, dbname=name, autocommit=True) as mine:
            mine.execute("CREATE TABLE jobs (id integer) WITH (autovacuum_enabled = false)")
            mine.execute("INSERT INTO jobs SELECT generate_series(1, 3000)")
            mine.execute("DELETE FROM jobs WHERE id > 1000")
            mine.execute("SELECT pg_stat_force_next_flush()")
            mine.execute("SELECT 1")

            def look() -> Any:
                row = mine.execute("SELECT vacuum_count FROM pg_stat_user_tables WHERE relname = 'jobs'").fetchone()
                return row[0] if row else None

            yield World(settings(url, name, **more), SECRETS, look)
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@contextmanager
def somebody_at_work(user: str = "postgres", statement: str = "SELECT pg_sleep(60)") -> Iterator[World]:
    """Another session works on a long query; its process id and start are the case's parameters."""
    with database() as world:
        url = shared("postgresql-contract", _server)
        with psycopg.connect(url, autocommit=True) as admin:
            if user != "postgres":
                admin.execute(f"DROP ROLE IF EXISTS {user}".encode())
                admin.execute(f"CREATE ROLE {user} LOGIN".encode())
            worker = psycopg.connect(url, user=user, autocommit=True)
            thread = threading.Thread(target=_quietly, args=(lambda: worker.execute(statement.encode()),), daemon=True)
            thread.start()
            pid = worker.info.backend_pid

            def state() -> Any:
                row = admin.execute(
                    "SELECT state, backend_start FROM pg_stat_activity WHERE pid = %s", [pid]
                ).fetchone()
                return row or ("gone", None)

            until(lambda: state()[0] == "active", what="the query to run")
            began = state()[1].isoformat()
            yield World(world.settings, SECRETS, lambda: state()[0] == "active", {"pid": pid, "began": began})
            admin.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
            thread.join(10)
            worker.close()


def _quietly(work: Callable[[], Any]) -> None:
    try:
        work()
    except psycopg.Error:
        return


@contextmanager
def of_somebody_spared() -> Iterator[World]:
    with somebody_at_work(user="somebody") as world:
        yield world


@contextmanager
def of_an_earlier_owner() -> Iterator[World]:
    """The process id is somebody else's by now."""
    with somebody_at_work() as world:
        yield World(world.settings, SECRETS, world.look, {**world.params, "began": "2026-01-01T00:00:00+00:00"})


@contextmanager
def unknown_role() -> Iterator[World]:
    with database(user="nobody_like_that") as world:
        yield world


@contextmanager
def silent() -> Iterator[World]:
    with silent_port() as port:
        yield World(settings(f"postgresql://127.0.0.1:{port}"), SECRETS)


@contextmanager
def not_listening() -> Iterator[World]:
    yield World(settings(f"postgresql://127.0.0.1:{closed_port()}"), SECRETS)


@contextmanager
def another_table() -> Iterator[World]:
    with database() as world:
        yield World(world.settings, SECRETS, world.look, {"table": "pg_catalog.pg_class"})


@contextmanager
def no_table() -> Iterator[World]:
    with database() as world:
        yield World(world.settings, SECRETS, world.look, {"table": "public.gone"})


GONE: dict[Any, Any] = {"unauthenticated": unknown_role, "hangs": silent, "not_listening": not_listening}
ONE = {"pid": 999_999, "began": "2026-01-01T00:00:00+00:00"}
JOBS = {"table": "public.jobs"}
CASES = [
    ContractCase("activity", database, {"seconds": 3600}, expect={"queries": (), "blocked": 0}, faults=GONE),
    ContractCase("tables", database, {"least_dead": 100_000}, expect={"tables": ()}, faults=GONE),
    ContractCase("replication", database, expect={"is_standby": False, "standbys": (), "slots_idle": 0}, faults=GONE),
    ContractCase("end", somebody_at_work, ONE, changes=True, expect={"running": False},
                 faults={**GONE, "invalid": of_somebody_spared}),
    ContractCase("end", somebody_at_work, {**ONE, "how": "terminate"}, changes=True, expect={"running": False},
                 name="the session"),
    ContractCase("end", of_an_earlier_owner, ONE, expect={"running": False}, name="a process id used again"),
    ContractCase("vacuum", database, JOBS, changes=True, faults={**GONE, "invalid": another_table, "not_found": no_table}),
]  # fmt: skip
