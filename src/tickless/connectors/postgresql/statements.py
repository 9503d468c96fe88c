"""What is asked of the catalogue, and how statements are shown. Pure."""

from __future__ import annotations

import re

ACTIVITY = """
SELECT pid, backend_start AS began, usename AS "user", datname AS database, state, query,
       coalesce(wait_event_type || ':' || wait_event, '') AS waits_for, pg_blocking_pids(pid) AS blocked_by,
       greatest(extract(epoch FROM clock_timestamp() - coalesce(xact_start, query_start)), 0)::float8 AS seconds
FROM pg_stat_activity
WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() AND state <> 'idle'
  AND clock_timestamp() - coalesce(xact_start, query_start) >= make_interval(secs => %s)
ORDER BY seconds DESC
"""
SESSION = """
SELECT pid, usename AS "user", backend_type, state FROM pg_stat_activity WHERE pid = %s AND backend_start = %s
"""
CANCEL = "SELECT pg_cancel_backend(pid) AS done FROM pg_stat_activity WHERE pid = %s AND backend_start = %s"
TERMINATE = "SELECT pg_terminate_backend(pid, %s) AS done FROM pg_stat_activity WHERE pid = %s AND backend_start = %s"
TABLES = """
SELECT schemaname || '.' || relname AS "table", n_live_tup AS live_rows, n_dead_tup AS dead_rows,
       pg_total_relation_size(relid) AS size, greatest(last_vacuum, last_autovacuum) AS vacuumed_at
FROM pg_stat_user_tables WHERE n_dead_tup >= %s ORDER BY n_dead_tup DESC, 1
"""
TABLE = """
SELECT schemaname || '.' || relname AS "table", n_live_tup AS live_rows, n_dead_tup AS dead_rows,
       pg_total_relation_size(relid) AS size, greatest(last_vacuum, last_autovacuum) AS vacuumed_at
FROM pg_stat_user_tables WHERE schemaname = %s AND relname = %s
"""
STANDBY = """
SELECT pg_is_in_recovery() AS is_standby,
       coalesce(extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp()), 0)::float8 AS lag_seconds
"""
STANDBYS = """
SELECT coalesce(nullif(application_name, ''), client_addr::text, pid::text) AS name, state,
       coalesce(extract(epoch FROM replay_lag), 0)::float8 AS lag_seconds,
       coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn), 0)::float8 AS lag
FROM pg_stat_replication ORDER BY 1
"""
IDLE_SLOTS = "SELECT count(*) AS idle FROM pg_replication_slots WHERE NOT active"

_QUOTED = re.compile(r"'(?:[^']|'')*'?|\$(\w*)\$.*?(?:\$\1\$|$)", re.DOTALL)
_NUMBER = re.compile(r"(?<![\w$])\d[\d.eE+-]*")
MOST_STATEMENT = 300


def abstracted(statement: str) -> str:
    """A statement without the values in it: they may be anybody's data."""
    text = _NUMBER.sub("?", _QUOTED.sub("?", statement))
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())[:MOST_STATEMENT]
