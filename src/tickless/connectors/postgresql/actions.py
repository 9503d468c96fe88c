"""What a PostgreSQL server can be told: ending somebody's query, vacuuming a table that the settings name."""

from __future__ import annotations

from typing import Any

from tickless.connectors.postgresql.client import Server, connect
from tickless.connectors.postgresql.probes import table_of
from tickless.connectors.postgresql.settings import Settings
from tickless.connectors.postgresql.statements import CANCEL, SESSION, TABLE, TERMINATE
from tickless.domain.errors import Rejected
from tickless.sdk import Call, Result, action
from tickless.sdk.capabilities.database import Ended, Session, Table, TableState

A_MOMENT = "SELECT pg_sleep(0.05)"
LOOKS = 20


@action("end", params=Session, output=Ended)
def end(call: Call, params: Session) -> Result:
    """Cancel a session's query, or end the session: exactly the one that was seen, never the server's own."""
    settings: Settings = call.settings
    who: list[Any] = [params.pid, params.began]
    with connect(call) as server:
        rows = server.rows(SESSION, who)
        if not rows or (params.how == "cancel" and rows[0]["state"] != "active"):
            return Result(output=Ended(running=False), summary="it was over already")
        if rows[0]["backend_type"] != "client backend" or rows[0]["user"] in settings.spared_users:
            raise Rejected("that session is spared", detail=f"{rows[0]['user']}, {rows[0]['backend_type']}"[:200])
        if call.dry_run:
            return Result(output=Ended(running=True), changed=True, summary=f"would {params.how} it")
        if params.how == "cancel":
            server.rows(CANCEL, who)
            for _ in range(LOOKS):  # the server answers at once, and cancels a moment later
                if not _runs(server, params):
                    break
                server.rows(A_MOMENT, [])
        else:
            server.rows(TERMINATE, [int(call.timeout * 500), *who])
        running = _runs(server, params)
    return Result(output=Ended(running=running), changed=True, summary="still at work" if running else "it is over")


def _runs(server: Server, params: Session) -> bool:
    rows = server.rows(SESSION, [params.pid, params.began])
    return bool(rows) and (params.how == "terminate" or rows[0]["state"] == "active")


@action("vacuum", params=Table, output=TableState)
def vacuum(call: Call, params: Table) -> Result:
    """Vacuum and analyse a table that the settings name. One that an earlier try of this step vacuumed is left alone."""
    settings: Settings = call.settings
    if params.table not in settings.tables:
        raise Rejected("that table may not be vacuumed", detail=f"table {params.table!r}", mend="add it to `tables`")
    schema, _, name = params.table.partition(".")
    with connect(call) as server:
        before = _table(server, schema, name)
        if (
            call.first_started is not None
            and before.vacuumed_at is not None
            and before.vacuumed_at >= call.first_started
        ):
            return Result(output=before, summary="an earlier try of this step had vacuumed it")
        if call.dry_run:
            return Result(output=before, changed=True, summary=f"would vacuum {before.dead_rows} dead rows")
        server.vacuum(schema, name)
        after = _table(server, schema, name)
    return Result(output=after, changed=True, summary=f"{before.dead_rows} dead rows before, {after.dead_rows} now")


def _table(server: Server, schema: str, name: str) -> TableState:
    rows = server.rows(TABLE, [schema, name])
    if not rows:
        raise Rejected("the database has no such table", detail=f"table {schema}.{name}")
    return table_of(rows[0])
