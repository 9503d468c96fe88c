"""How loud services were in a time, for judging what came of a change."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

import sqlalchemy as sa

from tickless.journal import tables


def began_to_fire(
    connection: sa.Connection, services: Collection[str], *, since: dt.datetime, until: dt.datetime
) -> int:
    """How many alerts of these services' cases began to fire with `since` ≤ time < `until`."""
    signals, cases = tables.case_signals.c, tables.cases.c
    query = (
        sa.select(sa.func.count())
        .select_from(tables.case_signals.join(tables.cases, cases.id == signals.case))
        .where(cases.service.in_(sorted(services)), signals.state == "firing")
        .where(signals.occurred_at >= since, signals.occurred_at < until)
    )
    return int(connection.execute(query).scalar_one())


def ever_told(connection: sa.Connection, services: Collection[str]) -> bool:
    """Whether anything ever told of one of these services."""
    table = tables.alerts.c
    query = sa.select(sa.literal(1)).where(table.service.in_(sorted(services))).limit(1)
    return connection.execute(query).scalar() is not None
