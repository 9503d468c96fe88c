"""What figures are made of, read in bulk: a row a case, without a look at each by itself."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from tickless.journal import tables


@dataclass(frozen=True)
class RunRow:
    """A run, without its plan."""

    id: str
    case: str
    runbook: str
    state: str
    started_at: dt.datetime


@dataclass(frozen=True)
class AuditMark:
    """A row of the record: what was done to which case, and its detail."""

    at: dt.datetime
    action: str
    case: str | None
    detail: dict[str, Any]


class MeasureRows:
    """Inside a transaction. Reads only."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def first_decisions(self, *, since: dt.datetime) -> dict[str, dt.datetime]:
        """When each case was decided first, of those decided since then."""
        table = tables.decisions.c
        query = (
            sa.select(table.case, sa.func.min(table.decided_at)).where(table.decided_at >= since).group_by(table.case)
        )
        return {row[0]: row[1] for row in self._connection.execute(query)}

    def runs(self, *, since: dt.datetime) -> Iterator[RunRow]:
        """Runs begun since then."""
        table = tables.runs.c
        query = sa.select(table.id, table.case, table.runbook, table.state, table.started_at)
        for row in self._connection.execute(
            query.where(table.started_at >= since).order_by(table.started_at, table.id)
        ):
            yield RunRow(*row)

    def followers(self) -> dict[str, int]:
        """How many people each case has as its requester or as affected."""
        table = tables.participants.c
        query = sa.select(table.case, sa.func.count(sa.distinct(table.ref))).where(
            table.role.in_(("requester", "affected"))
        )
        return {row[0]: int(row[1]) for row in self._connection.execute(query.group_by(table.case))}

    def first_signals(self, *, since: dt.datetime) -> dict[str, dt.datetime]:
        """When the first signal of each case says that it happened, of signals since a day before then."""
        table = tables.case_signals.c
        query = sa.select(table.case, sa.func.min(table.occurred_at)).where(
            table.occurred_at >= since - dt.timedelta(days=1)
        )
        return {row[0]: row[1] for row in self._connection.execute(query.group_by(table.case))}

    def sources(self) -> int:
        """How many sources have ever told of an alert."""
        query = sa.select(sa.func.count(sa.distinct(tables.alerts.c.source)))
        return int(self._connection.execute(query).scalar_one())

    def marks(self, actions: tuple[str, ...], *, since: dt.datetime) -> Iterator[AuditMark]:
        """Rows of the record with one of these actions, oldest first."""
        table = tables.audit.c
        query = sa.select(table.at, table.action, table.case, table.detail)
        query = query.where(table.action.in_(actions), table.at >= since, table.dropped_at.is_(None)).order_by(
            table.seq
        )
        for at, action, case, detail in self._connection.execute(query):
            yield AuditMark(at, action, case, json.loads(detail))
