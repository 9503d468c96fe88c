"""A service's connections on PostgreSQL, as `pg_stat_activity` shows them."""

from __future__ import annotations

from tickless.connectors.sql.client import Database
from tickless.connectors.sql.settings import Pool as KnownPool
from tickless.connectors.sql.settings import Settings
from tickless.domain.errors import Rejected
from tickless.sdk.capabilities.infrastructure import Pool

_STATE = """
SELECT count(*) FILTER (WHERE state <> 'idle') AS in_use,
       count(*) FILTER (WHERE wait_event_type = 'Lock') AS waiting
FROM pg_stat_activity
WHERE application_name = :name AND pid <> pg_backend_pid()
"""
_STUCK = """
FROM pg_stat_activity
WHERE application_name = :name AND pid <> pg_backend_pid()
  AND state IN ('idle in transaction', 'idle in transaction (aborted)')
  AND state_change <= clock_timestamp() - make_interval(secs => :seconds)
"""


def pool_of(settings: Settings, service: str) -> KnownPool:
    """The pool of a service. Raises `Rejected` for SQLite, and for a service without one."""
    if settings.dialect != "postgresql":
        raise Rejected("SQLite has no connections to show", mend='pools need `dialect = "postgresql"`')
    known = settings.pools.get(service)
    if known is None:
        names = ", ".join(sorted(settings.pools)) or "none"
        raise Rejected("no pool belongs to this service", mend=f"add it to `pools`; there are: {names}")
    return known


def read_pool(database: Database, known: KnownPool) -> Pool:
    """How full it is: connections that are not idle, and those that wait for a lock."""
    (row,) = database.rows(_STATE, {"name": known.application_name}, most=1)
    return Pool(size=known.size, in_use=int(row["in_use"]), waiting=int(row["waiting"]))


def count_stuck(database: Database, known: KnownPool) -> int:
    """Connections that sit idle inside a transaction for longer than allowed."""
    (row,) = database.rows("SELECT count(*) AS stuck" + _STUCK, _stuck_values(known), most=1)
    return int(row["stuck"])


def end_stuck(database: Database, known: KnownPool) -> int:
    """Terminate those; their open transactions are rolled back. Waits up to a second for each to be gone."""
    (row,) = database.rows(
        "SELECT count(*) FILTER (WHERE pg_terminate_backend(pid, 1000)) AS ended" + _STUCK, _stuck_values(known), most=1
    )
    return int(row["ended"])


def _stuck_values(known: KnownPool) -> dict[str, str | float]:
    return {"name": known.application_name, "seconds": known.idle_in_transaction_seconds}
