"""Migrations: from nothing to the newest schema, twice and by two processes at once, and they say what `tables` says."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from tests.journal.databases import Urls
from tests.journal.samples import NOW, case, signal

from tickless import journal as journal_room
from tickless.domain.channel import Binding, Delivery, Thread
from tickless.journal import Journal, tables

MIGRATIONS = Path(journal_room.__file__).parent / "migrations"
MIGRATE = (
    "import sys; from tickless.journal import Journal; Journal(main_url=sys.argv[1], log_url=sys.argv[2]).migrate()"
)


def test_an_empty_database_becomes_one_that_works(urls: Urls) -> None:
    journal = urls.open()
    journal.migrate()
    with journal.write() as tx:
        tx.cases.put(case(1))
    journal.signals.append([signal()])
    journal.migrate()
    with journal.read() as tx:
        assert tx.cases.get("case_0001") == case(1)
    assert journal.signals.head() == 1
    journal.close()


@pytest.mark.parametrize("part", ["main", "log"])
def test_the_migrations_make_what_the_tables_say(urls: Urls, part: str) -> None:
    journal = urls.open()
    migrate_from_nothing(journal)
    metadata = {"main": tables.main, "log": tables.log}[part]
    both = {*tables.main.tables, *tables.log.tables, "schema_version_main", "schema_version_log"}
    engine = journal.engine if part == "main" else journal.log_engine

    def ours(item: object, name: str | None, kind: str, *_: object) -> bool:
        return kind != "table" or name in metadata.tables or name not in both

    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "include_object": ours, "version_table": f"schema_version_{part}"}
        )
        differences = compare_metadata(context, metadata)
    journal.close()
    assert differences == []


@pytest.mark.parametrize("part", ["main", "log"])
def test_an_empty_database_is_made_at_the_newest_migration(urls: Urls, part: str) -> None:
    """The tables that are made at once carry the version that the migrations would have reached."""
    journal = urls.open()
    journal.migrate()
    engine = journal.engine if part == "main" else journal.log_engine
    query = sa.text(f"SELECT version_num FROM schema_version_{part}")
    with engine.connect() as connection:
        at_once = connection.execute(query).scalars().all()
    journal.close()
    files = [path.stem for path in (MIGRATIONS / part / "versions").glob(f"{part}_*.py")]
    assert at_once == [max(files)]


def migrate_from_nothing(journal: Journal) -> None:
    """Run every migration, as a database has that has been in use from the beginning: an empty one is made at once."""
    for engine, name in ((journal.engine, "main"), (journal.log_engine, "log")):
        with engine.begin() as connection:
            connection.execute(sa.text(f"CREATE TABLE schema_version_{name} (version_num VARCHAR(32) PRIMARY KEY)"))
    journal.migrate()


def test_an_older_schema_is_brought_up(urls: Urls) -> None:
    """A database that stands behind the newest migration gets what is missing, and only that."""
    journal = urls.open()
    journal.migrate()
    with journal.engine.begin() as connection:
        versions = connection.execute(sa.text("SELECT version_num FROM schema_version_main")).scalars().all()
        assert len(versions) == 1
        for table in reversed(tables.main.sorted_tables):
            table.drop(connection)
        connection.execute(sa.text("DELETE FROM schema_version_main"))
    journal.migrate()
    with journal.write() as tx:
        tx.coordination.beat("n1", role="all", now=NOW)
    journal.close()


def test_processes_may_migrate_at_once(urls: Urls) -> None:
    three = [subprocess.Popen([sys.executable, "-c", MIGRATE, *urls], stderr=subprocess.PIPE) for _ in range(3)]
    said = [process.communicate(timeout=60)[1].decode() for process in three]
    assert [process.returncode for process in three] == [0, 0, 0], said
    journal = urls.open()
    with journal.write() as tx:
        tx.cases.put(case(1))
    journal.close()


def test_records_of_an_older_schema_are_found_by_the_newer_columns(urls: Urls) -> None:
    """What stood in the body only is in its column afterwards."""
    journal = urls.open()
    journal.migrate()
    ended = Binding(id="slack:a", channel="slack", account="a", person="p", way="code", at=NOW, by="p", active=False)
    put = {"threads": Thread(id="t", channel="slack", account="T0:U0", last_heard_at=NOW), "bindings": ended,
           "deliveries": Delivery(id="m@t", message="m", thread="t", due_at=NOW, tries=3)}  # fmt: skip
    with journal.write() as tx:
        for shelf, record in put.items():
            getattr(tx, shelf).put(record)
    with journal.engine.begin() as connection:
        for index in (
            "ix_tickets_state_due",
            "ix_asked_conversation",
            "ix_threads_account",
            "ix_deliveries_thread_spoken",
        ):
            connection.execute(sa.text(f"DROP INDEX {index}"))
        for table, column in (("tickets", "due_at"), ("bindings", "active"), ("threads", "account"),
                              ("deliveries", "tries"), ("deliveries", "spoken_at")):  # fmt: skip
            connection.execute(sa.text(f"ALTER TABLE {table} DROP COLUMN {column}"))
        with Operations.context(MigrationContext.configure(connection)):
            importlib.import_module("tickless.journal.migrations.main.versions.main_0006").upgrade()
    with journal.read() as tx:
        assert tx.threads.by(channel="slack", account="T0:U0") == [put["threads"]]
        assert tx.bindings.values("active") == [False]
        assert tx.deliveries.values("tries") == [1]
    journal.close()
