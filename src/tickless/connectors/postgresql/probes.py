"""What a PostgreSQL server can be asked."""

from __future__ import annotations

from tickless.connectors.postgresql.client import Row, connect
from tickless.connectors.postgresql.statements import (
    ACTIVITY,
    IDLE_SLOTS,
    STANDBY,
    STANDBYS,
    TABLES,
    abstracted,
)
from tickless.sdk import Call, Result, probe
from tickless.sdk.capabilities.database import (
    AnyTable,
    Anything,
    LongerThan,
    Queries,
    Query,
    Replication,
    Standby,
    Tables,
    TableState,
)

MOST = 50
MIB = 1024 * 1024


@probe("activity", params=LongerThan, output=Queries)
def activity(call: Call, params: LongerThan) -> Result:
    """Transactions that have run for long, whom they wait for, and whom they block."""
    with connect(call) as server:
        rows = server.rows(ACTIVITY, [params.seconds], most=MOST)
    queries = tuple(_query(row) for row in rows)
    blocked = sum(bool(query.blocked_by) for query in queries)
    told = f"{len(queries)} transactions for more than {params.seconds:g} s, {blocked} of them blocked"
    return Result(output=Queries(queries=queries, blocked=blocked), summary=told)


@probe("tables", params=AnyTable, output=Tables)
def tables(call: Call, params: AnyTable) -> Result:
    """Tables with many dead rows, and when each was last vacuumed."""
    with connect(call) as server:
        found = tuple(table_of(row) for row in server.rows(TABLES, [params.least_dead], most=MOST))
    return Result(
        output=Tables(tables=found), summary=f"{len(found)} tables have {params.least_dead} dead rows or more"
    )


@probe("replication", params=Anything, output=Replication)
def replication(call: Call, params: Anything) -> Result:
    """How far standbys lag behind, or this one does."""
    with connect(call) as server:
        (here,) = server.rows(STANDBY)
        if here["is_standby"]:
            own = Replication(is_standby=True, lag_seconds=round(here["lag_seconds"], 3))
            return Result(output=own, summary=f"{own.lag_seconds:.0f} s behind")
        rows = server.rows(STANDBYS)
        (idle,) = server.rows(IDLE_SLOTS)
    standbys = tuple(
        Standby(
            name=row["name"],
            state=row["state"] or "",
            lag_seconds=round(row["lag_seconds"], 3),
            lag_mb=round(row["lag"] / MIB, 3),
        )
        for row in rows
    )
    found = Replication(is_standby=False, standbys=standbys, slots_idle=idle["idle"])
    return Result(output=found, summary=f"{len(standbys)} standbys, {found.slots_idle} slots that nobody reads")


def table_of(row: Row) -> TableState:
    """A row of the statistics."""
    rows = row["live_rows"] + row["dead_rows"]
    return TableState(
        table=row["table"],
        live_rows=row["live_rows"],
        dead_rows=row["dead_rows"],
        dead_share=round(row["dead_rows"] / rows, 4) if rows else 0.0,
        size_mb=round(row["size"] / MIB, 3),
        vacuumed_at=row["vacuumed_at"],
    )


def _query(row: Row) -> Query:
    return Query(
        pid=row["pid"],
        began=row["began"],
        user=row["user"] or "",
        database=row["database"] or "",
        state=row["state"] or "",
        seconds=round(row["seconds"], 3),
        waits_for=row["waits_for"],
        blocked_by=tuple(row["blocked_by"]),
        statement=abstracted(row["query"] or ""),
    )
