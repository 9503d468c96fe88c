"""The signal log: append-only, in order, with payloads kept for replay and a quarantine for what could not be read.

On SQLite it is a file of its own, so that receiving never waits for the cases' writer.
"""

from __future__ import annotations

import datetime as dt
import json
import zlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, NamedTuple

import sqlalchemy as sa

from tickless.domain.errors import NotFound, Unreachable
from tickless.domain.signal import Payload, Quarantined, Signal
from tickless.journal import tables
from tickless.journal.tables import storable, to_micros
from tickless.kit.ids import new_id

_PAYLOAD = ("id", "source", "received_at", "content_type", "headers", "body")
_AT_ONCE = 100
OUR_DEFECT = "a defect of Tickless: report it with this payload; replay it after an upgrade"
"""What mends a signal in quarantine that was read, and then could not be taken in."""
"""Rows of one statement, when there are many: SQLite's driver gives up the interpreter between statements, and to get it back
costs more than the row."""
_APPEND_LOCK = 8481
"""PostgreSQL: appends commit one after the other, so a reader's cursor never passes a row that is not visible yet."""


@dataclass(frozen=True)
class Logged:
    """A signal and its place in the log."""

    seq: int
    signal: Signal


@dataclass(frozen=True)
class KeptPayload:
    """A payload to store with its signals."""

    id: str
    payload: Payload


class SignalRow(NamedTuple):
    """A signal as it is stored: texts within their columns' lengths and without NUL, times in microseconds since 1970,
    `body` the signal as JSON."""

    id: str
    source: str
    event_key: str
    kind: str
    state: str
    fingerprint: str
    occurred_at: int
    received_at: int
    body: str


class SignalLog:
    """Appends in one transaction per call; reads by cursor."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._mark = "?" if engine.dialect.name == "sqlite" else "%s"
        self._insert = self._insert_signals(1)
        self._insert_many = self._insert_signals(_AT_ONCE)
        self._insert_payload = _insert("payloads", _PAYLOAD, self._mark)

    def append(self, signals: Sequence[Signal], payloads: Sequence[KeptPayload] = ()) -> None:
        """Store all or nothing, durably. A signal whose (source, event key) is known already is left out.

        Raises `Unreachable` when the database cannot be written: the sender keeps what it has and tries again.
        """
        self.append_rows([row_of(signal) for signal in signals], payloads)

    def append_rows(self, rows: Sequence[SignalRow], payloads: Sequence[KeptPayload] = ()) -> None:
        """`append`, for what is in its stored form already."""
        try:
            self._append(rows, payloads)
        except sa.exc.SQLAlchemyError as error:
            raise Unreachable("the signal log cannot be written", detail=str(error)[:300]) from error

    def _append(self, rows: Sequence[SignalRow], payloads: Sequence[KeptPayload]) -> None:
        with self._engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_APPEND_LOCK})")
            if payloads:
                connection.exec_driver_sql(self._insert_payload, [_payload_row(kept) for kept in payloads])
            whole = len(rows) // _AT_ONCE * _AT_ONCE
            for begin in range(0, whole, _AT_ONCE):
                values = tuple(chain.from_iterable(rows[begin : begin + _AT_ONCE]))
                connection.exec_driver_sql(self._insert_many, values)
            if whole < len(rows):
                connection.exec_driver_sql(self._insert, list(rows[whole:]))

    def _insert_signals(self, rows: int) -> str:
        ignore, conflict = ("OR IGNORE ", "") if self._mark == "?" else ("", " ON CONFLICT DO NOTHING")
        return _insert("signals", SignalRow._fields, self._mark, rows=rows, ignore=ignore) + conflict

    def after(self, seq: int, limit: int = 500) -> list[Logged]:
        """The next signals behind a cursor, in the order they were stored."""
        query = (
            sa.select(tables.signals.c.seq, tables.signals.c.body)
            .where(tables.signals.c.seq > seq)
            .order_by(tables.signals.c.seq)
            .limit(limit)
        )
        with self._engine.connect() as connection:
            return [Logged(row.seq, Signal.model_validate_json(row.body)) for row in connection.execute(query)]

    def newest(self, *, before: int | None = None, limit: int = 50) -> list[Logged]:
        """The latest signals first, below a place in the log."""
        query = (
            sa.select(tables.signals.c.seq, tables.signals.c.body).order_by(tables.signals.c.seq.desc()).limit(limit)
        )
        if before is not None:
            query = query.where(tables.signals.c.seq < before)
        with self._engine.connect() as connection:
            return [Logged(row.seq, Signal.model_validate_json(row.body)) for row in connection.execute(query)]

    def head(self) -> int:
        """The last place in the log; 0 when it is empty."""
        with self._engine.connect() as connection:
            return int(connection.execute(sa.select(sa.func.max(tables.signals.c.seq))).scalar() or 0)

    def get(self, signal: str) -> Signal:
        """One signal. Raises `NotFound`."""
        with self._engine.connect() as connection:
            query = sa.select(tables.signals.c.body).where(tables.signals.c.id == signal)
            body = connection.execute(query).scalar()
        if body is None:
            raise NotFound(f"there is no signal {signal[:80]!r}")
        return Signal.model_validate_json(body)

    def many(self, signals: Collection[str]) -> dict[str, Signal]:
        """Those of these signals that there are, by id."""
        query = sa.select(tables.signals.c.id, tables.signals.c.body).where(tables.signals.c.id.in_(set(signals)))
        with self._engine.connect() as connection:
            return {row.id: Signal.model_validate_json(row.body) for row in connection.execute(query)}

    def by_event(self, source: str, event_key: str) -> Logged | None:
        """The signal of that event of that source."""
        table = tables.signals
        query = sa.select(table.c.seq, table.c.body).where(table.c.source == source, table.c.event_key == event_key)
        with self._engine.connect() as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else Logged(row.seq, Signal.model_validate_json(row.body))

    def transitions(
        self, *, since: dt.datetime, until: dt.datetime, limit: int = 2_000_000
    ) -> list[tuple[str, str, bool, dt.datetime, dt.datetime]]:
        """(source, fingerprint, fires, occurred, received) of alerts that arrived from `since` until before `until`, in order
        of arrival. For reports: it reads the whole span."""
        table = tables.signals.c
        query = (
            sa.select(table.source, table.fingerprint, table.state, table.occurred_at, table.received_at)
            .where(table.kind == "alert", table.state != "info", table.received_at >= since, table.received_at < until)
            .order_by(table.seq)
            .limit(limit)
        )
        with self._engine.connect() as connection:
            rows = connection.execute(query)
            return [(row[0], row[1], row[2] == "firing", row[3], row[4]) for row in rows]

    def payload(self, identity: str) -> Payload:
        """What arrived, as it arrived. Raises `NotFound`."""
        with self._engine.connect() as connection:
            row = connection.execute(sa.select(tables.payloads).where(tables.payloads.c.id == identity)).one_or_none()
        if row is None:
            raise NotFound(f"there is no payload {identity[:80]!r}")
        packed = _payload(row)
        return packed.model_copy(update={"body": zlib.decompress(packed.body)})

    def put_aside(self, payload: Payload, *, reason: str, mend: str) -> str:
        """Quarantine a payload; returns its id. Nothing that arrived is lost."""
        identity = new_id("qua")
        with self._engine.begin() as connection:
            connection.execute(
                sa.insert(tables.quarantine).values(
                    id=identity, reason=reason, mend=mend, replayed_at=None, **_content(payload)
                )
            )
        return identity

    def quarantined(
        self, *, before: str | None = None, source: str | None = None, limit: int = 50
    ) -> list[Quarantined]:
        """Newest first, without the bodies. `source`: only its own."""
        table = tables.quarantine
        query = sa.select(table).order_by(table.c.id.desc()).limit(limit)
        if before is not None:
            query = query.where(table.c.id < before)
        if source is not None:
            query = query.where(table.c.source == source)
        with self._engine.connect() as connection:
            return [
                Quarantined(
                    id=row.id,
                    source=row.source,
                    received_at=row.received_at,
                    reason=row.reason,
                    mend=row.mend,
                    content_type=row.content_type,
                    size=len(row.body),
                    replayed_at=row.replayed_at,
                )
                for row in connection.execute(query)
            ]

    def waiting_by_source(self) -> dict[str, int]:
        """How many payloads of each source wait in quarantine, not replayed yet."""
        table = tables.quarantine
        query = sa.select(table.c.source, sa.func.count()).where(table.c.replayed_at.is_(None)).group_by(table.c.source)
        with self._engine.connect() as connection:
            return {source: int(count) for source, count in connection.execute(query)}

    def quarantined_payload(self, identity: str) -> Payload:
        """What was put aside, to look at or to replay. Raises `NotFound`."""
        with self._engine.connect() as connection:
            row = connection.execute(
                sa.select(tables.quarantine).where(tables.quarantine.c.id == identity)
            ).one_or_none()
        if row is None:
            raise NotFound(f"nothing in quarantine is called {identity[:80]!r}")
        return _payload(row)

    def quarantined_signal(self, identity: str) -> Signal | None:
        """The signal that was read and then could not be taken in; None where the payload itself could not be read.

        Known by the sentence that only the house itself puts there: what arrived from outside is never taken for a signal.
        """
        table = tables.quarantine
        query = sa.select(table).where(table.c.id == identity, table.c.mend == OUR_DEFECT)
        with self._engine.connect() as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else Signal.model_validate_json(_payload(row).body)

    def still_aside(self, identity: str, *, again: str) -> None:
        """It was read once more and put aside again, as `again`: it waits on as the one that it is, with today's reason."""
        table = tables.quarantine
        with self._engine.begin() as connection:
            found = connection.execute(sa.select(table.c.reason, table.c.mend).where(table.c.id == again)).one_or_none()
            if found is not None:
                told = {"reason": found.reason, "mend": found.mend, "replayed_at": None}
                connection.execute(sa.update(table).where(table.c.id == identity).values(told))
                connection.execute(sa.delete(table).where(table.c.id == again))

    def mark_replayed(self, identity: str, *, at: dt.datetime) -> None:
        with self._engine.begin() as connection:
            connection.execute(
                sa.update(tables.quarantine).where(tables.quarantine.c.id == identity).values(replayed_at=at)
            )


def row_of(signal: Signal) -> SignalRow:
    """How a signal is stored."""
    return SignalRow(
        signal.id,
        storable(signal.source, 200),
        storable(signal.event_key, 300),
        signal.kind,
        signal.state,
        storable(signal.fingerprint, 200),
        to_micros(signal.occurred_at),
        to_micros(signal.received_at),
        signal.model_dump_json(exclude_none=True),
    )


def _content(payload: Payload) -> dict[str, object]:
    return {
        "source": payload.source,
        "received_at": payload.received_at,
        "content_type": payload.content_type[:200],
        "headers": json.dumps(payload.headers),
        "body": payload.body,
    }


def _payload_row(kept: KeptPayload) -> tuple[object, ...]:
    """The body is packed: a batch of alerts says much the same a hundred times, and to write it plain costs more."""
    payload = kept.payload
    return (
        kept.id,
        storable(payload.source, 200),
        to_micros(payload.received_at),
        storable(payload.content_type, 200),
        storable(json.dumps(payload.headers)),
        zlib.compress(payload.body, 1),
    )


def _insert(table: str, columns: Sequence[str], mark: str, *, rows: int = 1, ignore: str = "") -> str:
    """The statement for the driver itself: SQLAlchemy's own costs several times as much a row."""
    marks = ", ".join([f"({', '.join([mark] * len(columns))})"] * rows)
    return f"INSERT {ignore}INTO {table} ({', '.join(columns)}) VALUES {marks}"  # noqa: S608 (our own names)


def _payload(row: Any) -> Payload:
    return Payload(
        source=row.source,
        received_at=row.received_at,
        content_type=row.content_type,
        headers=json.loads(row.headers),
        body=row.body,
    )
