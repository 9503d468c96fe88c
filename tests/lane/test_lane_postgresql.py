"""PostgreSQL for real: who blocks whom, ending it, and dead rows that go."""

import threading
from typing import Any
from urllib.parse import urlsplit

import psycopg
from tests.lane.instances import instance_of, run
from tests.waiting import until

from tickless.sdk.connector import Instance


def server(url: str) -> tuple[str, Instance]:
    plain = url.replace("postgresql+psycopg://", "postgresql://")
    parts = urlsplit(plain)
    settings = {
        "host": parts.hostname,
        "port": parts.port,
        "database": parts.path.strip("/"),
        "user": "postgres",
        "sslmode": "disable",
        "tables": ["public.jobs"],
        "spared_users": [],
    }
    return plain, instance_of("postgresql", settings, {})


def test_the_one_who_blocks_is_found_and_ended(postgres_database: str) -> None:
    url, here = server(postgres_database)
    with psycopg.connect(url) as blocker, psycopg.connect(url, autocommit=True) as blocked:
        blocker.execute("CREATE TABLE jobs (id integer)")
        blocker.commit()
        blocker.execute("LOCK TABLE jobs")
        done: list[Any] = []
        waiting = threading.Thread(target=lambda: done.append(blocked.execute("SELECT 'anna''s' FROM jobs").fetchall()))
        waiting.start()
        until(lambda: run(here, "activity", seconds=0).output.blocked == 1, what="somebody to wait")
        queries = {query.pid: query for query in run(here, "activity", seconds=0).output.queries}
        victim = queries[blocked.info.backend_pid]
        assert victim.blocked_by == (blocker.info.backend_pid,)
        assert victim.waits_for.startswith("Lock:")
        assert victim.statement == "SELECT ? FROM jobs"
        culprit = queries[blocker.info.backend_pid]
        assert culprit.state == "idle in transaction"
        assert not run(here, "end", pid=culprit.pid, began=culprit.began, how="cancel").changed
        assert run(here, "end", pid=culprit.pid, began=culprit.began, how="terminate").changed
        waiting.join(10)
        assert done == [[]]
        blocker.close()


def test_dead_rows_are_seen_and_go(postgres_database: str) -> None:
    url, here = server(postgres_database)
    with psycopg.connect(url, autocommit=True) as mine:
        mine.execute("CREATE TABLE jobs (id integer) WITH (autovacuum_enabled = false)")
        mine.execute("INSERT INTO jobs SELECT generate_series(1, 5000)")
        mine.execute("DELETE FROM jobs WHERE id <= 4000")
        mine.execute("SELECT pg_stat_force_next_flush()")
        mine.execute("SELECT 1")
    (table,) = run(here, "tables", least_dead=1000).output.tables
    assert (table.table, table.dead_rows, table.dead_share) == ("public.jobs", 4000, 0.8)
    assert run(here, "vacuum", table="public.jobs").output.dead_rows == 0
    assert run(here, "tables", least_dead=1000).output.tables == ()
