"""Alerts to look at, as other systems ask for them: what stands now, newest first, and which signals said so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from tickless.journal import hold_tables, tables
from tickless.journal.alerts import Alert
from tickless.journal.holds import OPEN


@dataclass(frozen=True)
class Entry:
    """An alert, the number of its case, and ids of the newest signals that joined it there, oldest first."""

    alert: Alert
    case: int | None
    signals: tuple[str, ...]
    held_by: str = ""
    """The silence, planned work or case that holds it back."""


class AlertBook:
    """Inside a transaction. `source`: None reads all of them."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def one(self, fingerprint: str, *, source: str | None, signals: int) -> Entry | None:
        """The alert with this fingerprint; of several sources the newest."""
        entries = self._entries(tables.alerts.c.fingerprint == fingerprint, source, limit=1, offset=0, signals=signals)
        return entries[0] if entries else None

    def newest(
        self, *, source: str | None, firing: bool | None, offset: int = 0, limit: int = 100, signals: int = 20
    ) -> list[Entry]:
        """A page of them. `firing`: None for both."""
        return self._entries(_state(firing), source, limit=limit, offset=offset, signals=signals)

    def count(self, *, source: str | None, firing: bool | None) -> int:
        query = sa.select(sa.func.count()).select_from(tables.alerts).where(_state(firing), _source(source))
        return int(self._connection.execute(query).scalar_one())

    def _entries(
        self, condition: sa.ColumnElement[bool], source: str | None, *, limit: int, offset: int, signals: int
    ) -> list[Entry]:
        alerts, cases, holds = tables.alerts, tables.cases, hold_tables.holds
        held = (holds.c.source == alerts.c.source) & (holds.c.fingerprint == alerts.c.fingerprint)
        query = (
            sa.select(alerts, cases.c.number, holds.c.ref.label("held_by"))
            .outerjoin(cases, cases.c.id == alerts.c.case)
            .outerjoin(holds, held & (holds.c.state == OPEN) & alerts.c.held.is_not(None))
            .where(condition, _source(source))
            .order_by(alerts.c.occurred_at.desc(), alerts.c.fingerprint)
            .limit(limit)
            .offset(offset)
        )
        rows = self._connection.execute(query).all()
        joined = self._joined([(row.case, row.fingerprint) for row in rows if row.case], most=signals)
        return [
            Entry(
                Alert.of({name: value for name, value in row._mapping.items() if name not in {"number", "held_by"}}),
                row.number,
                tuple(joined.get((row.case, row.fingerprint), ())) if row.case else _newest(row.signal),
                row.held_by or "",
            )
            for row in rows
        ]

    def _joined(self, pairs: Sequence[tuple[str, str]], *, most: int) -> dict[tuple[str, str], list[str]]:
        """Case and fingerprint → signals, the newest `most` of each, oldest first."""
        if not pairs:
            return {}
        table = tables.case_signals
        newest = sa.func.row_number().over(
            partition_by=(table.c.case, table.c.fingerprint),
            order_by=(table.c.occurred_at.desc(), table.c.signal.desc()),
        )
        ranked = (
            sa.select(table.c.case, table.c.fingerprint, table.c.signal, newest.label("rank"))
            .where(table.c.case.in_({case for case, _ in pairs}))
            .where(table.c.fingerprint.in_({fingerprint for _, fingerprint in pairs}))
            .subquery()
        )
        query = sa.select(ranked).where(ranked.c.rank <= most).order_by(ranked.c.rank.desc())
        found: dict[tuple[str, str], list[str]] = {}
        for row in self._connection.execute(query):
            found.setdefault((row.case, row.fingerprint), []).append(row.signal)
        return found


def _newest(signal: str | None) -> tuple[str, ...]:
    """What is held back stands in no case: then its newest signal tells of it."""
    return (signal,) if signal else ()


def _state(firing: bool | None) -> sa.ColumnElement[bool]:
    if firing is None:
        return sa.true()
    return tables.alerts.c.state == ("firing" if firing else "resolved")


def _source(source: str | None) -> sa.ColumnElement[bool]:
    return sa.true() if source is None else tables.alerts.c.source == source
