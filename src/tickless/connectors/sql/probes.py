"""What a database can be asked: the queries of the settings, and how many connections a service holds."""

from __future__ import annotations

import datetime as dt
from typing import Any

from tickless.connectors.sql.client import transaction
from tickless.connectors.sql.parameters import Asked, Bound, Rows
from tickless.connectors.sql.pools import pool_of, read_pool
from tickless.connectors.sql.text import placeholders
from tickless.domain.errors import Rejected
from tickless.sdk import Call, Result, probe
from tickless.sdk.capabilities.infrastructure import Pool, ServiceName


@probe("query", params=Asked, output=Rows)
def query(call: Call, params: Asked) -> Result:
    """Ask one of the settings' queries, read-only."""
    known = call.settings.queries.get(params.query)
    if known is None:
        names = ", ".join(sorted(call.settings.queries)) or "none"
        raise Rejected("no query has this name", mend=f"add it to `queries`; there are: {names}")
    check_values(placeholders(known.sql), params.values)
    with transaction(call.settings, call.secret, timeout=call.timeout) as database:
        found = database.rows(known.sql, params.values, most=known.most_rows)
    rows = [{name: _plain(value) for name, value in row.items()} for row in found]
    first = rows[0] if rows else {}
    output = Rows(count=len(rows), rows=rows, first=first, value=next(iter(first.values()), None))
    return Result(output=output, summary=f"{params.query}: {len(rows)} rows")


def check_values(wanted: frozenset[str], values: Bound) -> None:
    """Every parameter has a value, and there is no other. Raises `Rejected`."""
    if wanted != values.keys():
        raise Rejected(
            "the values do not fit the statement", mend=f"give exactly: {', '.join(sorted(wanted)) or 'none'}"
        )


def _plain(value: Any) -> Any:
    """A column as JSON has it."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, (dt.datetime, dt.date, dt.time)):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    return str(value)


@probe("pool", params=ServiceName, output=Pool)
def pool(call: Call, params: ServiceName) -> Result:
    """The connections that a service holds on PostgreSQL."""
    known = pool_of(call.settings, params.service)
    with transaction(call.settings, call.secret, timeout=call.timeout) as database:
        state = read_pool(database, known)
    return Result(output=state, summary=f"{state.in_use} of {state.size} connections in use, {state.waiting} waiting")
