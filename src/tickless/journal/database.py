"""Opens databases the way the house needs them, and brings their schema up to date."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import sqlalchemy as sa

from tickless.journal import tables

Part = Literal["main", "log"]
ABANDONED_SECONDS = 20.0
"""How long a transaction on PostgreSQL may do nothing."""
_PAGES_KIB = 8_192
"""What a connection to SQLite may keep in memory: room for the cases that live in a large house."""
_SAMPLE = 1_000
"""Rows of an index that are counted."""
ABANDONED_STATE = "25P03"
"""The SQLSTATE that PostgreSQL ends such a transaction with."""


def open_engine(url: str, *, page_size: int = 4_096, abandoned: float = ABANDONED_SECONDS) -> sa.Engine:
    """An engine for `sqlite:///path` or `postgresql+psycopg://…`.

    SQLite gets WAL, `synchronous=FULL` (a committed effect survives a power cut), a patient busy time-out, and takes its write
    lock at the start of a writing transaction, so that two writers queue instead of failing. `page_size` (bytes, a power of
    two) holds for a file that does not exist yet.

    PostgreSQL ends a transaction that does nothing for `abandoned` seconds: a process that is paused, or whose machine is
    gone from the network, must not hold its rows for ever against those who take over.
    """
    parsed = sa.make_url(url)
    if parsed.get_backend_name() != "sqlite":
        engine = sa.create_engine(parsed, pool_size=20, max_overflow=20, pool_pre_ping=True)
        sa.event.listen(engine, "connect", lambda connection, _: _prepare_postgresql(connection, abandoned))
        return engine
    engine = sa.create_engine(
        parsed, pool_size=20, max_overflow=20, connect_args={"check_same_thread": False}, pool_use_lifo=True
    )  # the connection that was used last, for its pages are in memory
    sa.event.listen(engine, "connect", lambda connection, _: _prepare_sqlite(connection, page_size))
    return engine


def _prepare_postgresql(connection: Any, abandoned: float) -> None:
    connection.execute(f"SET idle_in_transaction_session_timeout = {round(abandoned * 1_000)}")
    connection.commit()


def _prepare_sqlite(connection: Any, page_size: int) -> None:
    connection.isolation_level = "IMMEDIATE"
    for pragma in (
        f"page_size={page_size}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "busy_timeout=30000",
        "foreign_keys=ON",
        f"cache_size=-{_PAGES_KIB}",
    ):
        connection.execute(f"PRAGMA {pragma}")


def migrate(engine: sa.Engine, part: Part) -> None:
    """Bring the schema of that part up to date. Safe to call from several processes at once.

    An empty database gets the newest schema at once; any other one every migration that is missing.
    """
    versions = Path(__file__).parent / "migrations" / part / "versions"
    newest = max(path.stem for path in versions.glob(f"{part}_*.py"))
    if _version(engine, part) == newest or _made_whole(engine, part, newest):
        return
    from alembic import command  # half a second that a start with an up-to-date schema needn't pay
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("version_locations", str(versions))
    config.set_main_option("path_separator", "os")
    with _alone(engine) as connection:
        config.attributes["connection"] = connection
        config.attributes["part"] = part
        command.upgrade(config, "head")


def _made_whole(engine: sa.Engine, part: Part, newest: str) -> bool:
    """Make every table at once if there is none yet. False if there was something before."""
    version = sa.Table(
        f"schema_version_{part}", sa.MetaData(), sa.Column("version_num", sa.String(32), primary_key=True)
    )
    with _alone(engine) as connection:
        if sa.inspect(connection).has_table(version.name):
            return False
        {"main": tables.main, "log": tables.log}[part].create_all(connection, checkfirst=False)
        version.create(connection)
        connection.execute(sa.insert(version).values(version_num=newest))
    return True


@contextmanager
def _alone(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A transaction that no other process changes the schema beside."""
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(8480)")
        yield connection


def survey(engine: sa.Engine) -> None:
    """Have SQLite look how its tables are filled: unlike PostgreSQL it never does by itself, and chooses its indexes blindly.

    A sample of each index, milliseconds however much there is.
    """
    if engine.dialect.name == "sqlite":
        with engine.begin() as connection:
            connection.exec_driver_sql(f"PRAGMA analysis_limit={_SAMPLE}")
            connection.exec_driver_sql("ANALYZE")


def _version(engine: sa.Engine, part: Part) -> str | None:
    """The newest migration that was applied; files are named by their revision, in order."""
    table = f"schema_version_{part}"
    if not sa.inspect(engine).has_table(table):
        return None
    with engine.connect() as connection:
        return connection.execute(sa.select(sa.column("version_num")).select_from(sa.table(table))).scalar()
