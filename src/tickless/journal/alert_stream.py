"""The alerts as a stream: newest first, page by page, with what holds them back. Inside a transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import sqlalchemy as sa

from tickless.domain.errors import BadInput
from tickless.domain.hold import Hold
from tickless.journal import hold_tables, tables
from tickless.journal.alerts import Alert
from tickless.journal.holds import OPEN

AlertState = Literal["firing", "held", "resolved"]
_ALERTS = tables.alerts


@dataclass(frozen=True)
class AlertFilter:
    """None: whatever it is. `state` firing: fires, and nothing holds it back."""

    state: AlertState | None = None
    source: str | None = None
    service: str | None = None
    severity: str | None = None
    held: str | None = None
    """A reason why alerts are held back."""


@dataclass(frozen=True)
class Row:
    """An alert, the number of its case, and what holds it back."""

    alert: Alert
    case: int | None
    hold: Hold | None

    @property
    def state(self) -> AlertState:
        if self.alert.state != "firing":
            return "resolved"
        return "held" if self.hold is not None else "firing"

    @property
    def cursor(self) -> str:
        """Where the next page begins."""
        return f"{tables.to_micros(self.alert.occurred_at)}:{self.alert.source}:{self.alert.fingerprint}"


class AlertStream:
    """Reads only."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def page(self, wanted: AlertFilter, *, before: str | None = None, limit: int = 50) -> list[Row]:
        """Newest first. `before`: the cursor of the last row seen. Raises `BadInput` for one that is none of ours."""
        table, cases, holds = _ALERTS, tables.cases, hold_tables.holds
        open_hold = sa.and_(
            holds.c.source == table.c.source, holds.c.fingerprint == table.c.fingerprint, holds.c.state == OPEN,
            table.c.held.is_not(None),
        )  # fmt: skip
        query = (
            sa.select(table, cases.c.number.label("case_number"), holds.c.body.label("hold"))
            .outerjoin(cases, cases.c.id == table.c.case)
            .outerjoin(holds, open_hold)
            .where(*_conditions(wanted), *([_older(before)] if before else []))
            .order_by(table.c.occurred_at.desc(), table.c.source.desc(), table.c.fingerprint.desc())
            .limit(limit)
        )
        return [_row(row) for row in self._connection.execute(query)]

    def firing(self, *, limit: int = 5_000) -> list[Alert]:
        """What fires now, held back or not, newest first."""
        query = sa.select(_ALERTS).where(_ALERTS.c.state == "firing").order_by(_ALERTS.c.occurred_at.desc())
        return [Alert.of(row._asdict()) for row in self._connection.execute(query.limit(limit))]

    def counts(self, *, since: dt.datetime) -> dict[str, int]:
        """firing and held now, resolved since then → how many."""
        table, number = _ALERTS.c, sa.func.count()
        firing = sa.select(number).where(table.state == "firing").scalar_subquery()
        held = sa.select(number).where(table.held.is_not(None), table.state == "firing").scalar_subquery()
        over = sa.select(number).where(table.state == "resolved", table.occurred_at >= since).scalar_subquery()
        found = self._connection.execute(sa.select(firing, held, over)).one()
        return {"firing": found[0] - found[1], "held": found[1], "resolved": found[2]}

    def sources(self) -> list[str]:
        """Those that alerts came from, in order. One look into the index for each."""
        found: list[str] = []
        least = sa.select(sa.func.min(_ALERTS.c.source))
        source = self._connection.execute(least).scalar()
        while source is not None:
            found.append(source)
            source = self._connection.execute(least.where(_ALERTS.c.source > source)).scalar()
        return found

    def mark(self) -> tuple[object, ...]:
        """Changes when the first page would look different."""
        newest = sa.select(sa.func.max(_ALERTS.c.occurred_at))
        over = newest.where(_ALERTS.c.state == "resolved").scalar_subquery()
        found = self._connection.execute(sa.select(newest.scalar_subquery(), over)).one()
        counts = self.counts(since=dt.datetime.max.replace(tzinfo=dt.UTC))
        return (*found, counts["firing"], counts["held"])


def _conditions(wanted: AlertFilter) -> Iterator[sa.ColumnElement[bool]]:
    table = _ALERTS.c
    if wanted.state == "resolved":
        yield table.state == "resolved"
    elif wanted.state is not None:
        yield table.state == "firing"
        yield table.held.is_(None) if wanted.state == "firing" else table.held.is_not(None)
    pairs = ((table.source, wanted.source), (table.service, wanted.service), (table.severity, wanted.severity),
             (table.held, wanted.held))  # fmt: skip
    yield from (column == value for column, value in pairs if value is not None)


def _older(cursor: str) -> sa.ColumnElement[bool]:
    micros, _, rest = cursor.partition(":")
    source, found, fingerprint = rest.partition(":")
    if not (micros.lstrip("-").isdigit() and len(micros) < 18 and found):
        raise BadInput("this cursor is none of ours", mend="use `next` of the page before, or leave it out")
    at = tables.EPOCH + dt.timedelta(microseconds=int(micros))
    table = _ALERTS.c
    return sa.or_(
        table.occurred_at < at,
        sa.and_(
            table.occurred_at == at,
            sa.or_(table.source < source, sa.and_(table.source == source, table.fingerprint < fingerprint)),
        ),
    )


def _row(row: sa.Row[tuple[object, ...]]) -> Row:
    values = dict(row._mapping)
    number, body = values.pop("case_number"), values.pop("hold")
    return Row(Alert.of(values), number, Hold.model_validate_json(body) if body else None)
