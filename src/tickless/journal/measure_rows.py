"""What figures are made of, read in bulk: a row a case, without a look at each by itself."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import sqlalchemy as sa

from tickless.domain.case import LIVE_STATES
from tickless.journal import history_tables, tables
from tickless.journal.measure_forms import (
    CaseRow,
    EndRow,
    Span,
    TicketRow,
    case_row,
    end_row,
    ticket_row,
    wait_of_approval,
    wait_of_question,
)

LEFT = (*sorted(LIVE_STATES), "handed_off")
"""States of cases that are with somebody still, or may be."""
PAGE = 5_000
"""Rows that are read at once."""
AT_ONCE = 500
"""That one query names."""
T = TypeVar("T")


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

    def cases(self, *, since: dt.datetime, most: int) -> list[CaseRow]:
        """Cases that moved since then, and all that are still with somebody; the newest first."""
        table = tables.cases.c
        moved = (table.updated_at >= since) | (table.opened_at >= since)
        query = sa.select(table.body).where(moved | table.state.in_(LEFT))
        return [case_row(body) for body in self._bodies(query.order_by(table.number.desc()).limit(most))]

    def ends(self, *, since: dt.datetime, most: int) -> list[EndRow]:
        """Ends of cases since then, and of older ones that are still with somebody."""
        table, cases = tables.resolutions.c, tables.cases.c
        older = sa.select(cases.id).where(cases.state.in_(LEFT), cases.opened_at < since)
        query = sa.select(table.body).where((table.at >= since) | table.case.in_(older)).limit(most)
        return [end_row(body) for body in self._bodies(query)]

    def past(self, *, since: dt.datetime, most: int) -> list[TicketRow]:
        """Tickets of the past to which something happened since then, and those that are not over; the newest first."""
        table = history_tables.history_tickets.c
        over = sa.func.coalesce(table.closed_at, table.resolved_at)
        moved = (table.opened_at >= since) | (table.resolved_at >= since) | (table.closed_at >= since) | over.is_(None)
        query = sa.select(table.body).where(moved).order_by(table.opened_at.desc(), table.id.desc()).limit(most)
        return [ticket_row(body) for body in self._bodies(query)]

    def cases_of(self, numbers: Sequence[int]) -> list[CaseRow]:
        """Those with these numbers."""
        table = tables.cases.c
        return [
            case_row(body)
            for some in _chunks(numbers) for body in self._bodies(sa.select(table.body).where(table.number.in_(some)))
        ]  # fmt: skip

    def tickets_of(self, ids: Sequence[str]) -> list[TicketRow]:
        """Those with these ids."""
        table = history_tables.history_tickets.c
        return [
            ticket_row(body)
            for some in _chunks(ids) for body in self._bodies(sa.select(table.body).where(table.id.in_(some)))
        ]  # fmt: skip

    def stored(self) -> tuple[int, int]:
        """How many cases and how many tickets of the past there are."""
        cases, past = (
            self._connection.execute(sa.select(sa.func.count()).select_from(one)).scalar_one()
            for one in (tables.cases, history_tables.history_tickets)
        )
        return int(cases), int(past)

    def _bodies(self, query: sa.Select[str]) -> Iterator[str]:
        """Not all of them at once: a body is far larger than what is kept of it."""
        yield from self._connection.execute(query.execution_options(yield_per=PAGE)).scalars()

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

    def waits(self, cases: Sequence[str]) -> dict[str, list[Span | None]]:
        """Of each of these cases, from when until when (None: to this day) a person or an approver was waited for; None in
        place of a span: it is over, and nobody noted when."""
        found: dict[str, list[Span | None]] = {}
        asked, wanted = tables.questions.c, tables.approvals.c
        for some in _chunks(cases):
            for case, body in self._connection.execute(sa.select(asked.case, asked.body).where(asked.case.in_(some))):
                found.setdefault(case, []).append(wait_of_question(body))
            for case, body in self._connection.execute(
                sa.select(wanted.case, wanted.body).where(wanted.case.in_(some))
            ):
                found.setdefault(case, []).append(wait_of_approval(body))
        return found

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


def _chunks(named: Sequence[T]) -> Iterator[Sequence[T]]:
    """Of as many as one query may name."""
    return (named[first : first + AT_ONCE] for first in range(0, len(named), AT_ONCE))
