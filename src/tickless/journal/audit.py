"""The audit record: append-only, each row hashed together with the hash of the row before it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from tickless.journal import tables
from tickless.journal.tables import storable
from tickless.journal.upserts import insert_new
from tickless.kit.canonical import canonical_json, digest

GENESIS = "0" * 64
_CHAIN = "audit"


@dataclass(frozen=True)
class AuditRow:
    """Who did what to what, when, and with which inputs and reasons."""

    seq: int
    at: dt.datetime
    actor: str
    action: str
    subject: str
    case: str | None
    detail: dict[str, Any]
    previous: str
    hash: str

    def computed(self) -> str:
        """The hash that this row ought to have."""
        return digest(
            {
                "seq": self.seq,
                "at": tables.to_micros(self.at),
                "actor": self.actor,
                "action": self.action,
                "subject": self.subject,
                "case": self.case,
                "detail": self.detail,
                "previous": self.previous,
            }
        )


@dataclass(frozen=True)
class ChainReport:
    """What `verify` found. `broken_at` is the first row that does not fit; None if all do."""

    rows: int
    head: str
    broken_at: int | None = None
    problem: str = ""


class Audit:
    """The chain inside a transaction."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def append(
        self,
        *,
        at: dt.datetime,
        actor: str,
        action: str,
        subject: str,
        detail: Mapping[str, Any],
        case: str | None = None,
    ) -> None:
        """Add a row. The head is locked until the transaction ends, so the chain has one order."""
        insert_new(self._connection, tables.counters, {"name": _CHAIN, "value": 0, "hash": GENESIS})
        head = self._connection.execute(
            sa.select(tables.counters.c.value, tables.counters.c.hash)
            .where(tables.counters.c.name == _CHAIN)
            .with_for_update()
        ).one()
        plain = json.loads(canonical_json(dict(detail)))
        words = (storable(actor, 200), storable(action, 100), storable(subject, 300))
        row = AuditRow(head.value + 1, at, *words, case, plain, head.hash, "")
        values = {**row.__dict__, "detail": canonical_json(plain).decode(), "hash": row.computed()}
        self._connection.execute(sa.insert(tables.audit).values(**values))
        self._connection.execute(
            sa.update(tables.counters)
            .where(tables.counters.c.name == _CHAIN)
            .values(value=row.seq, hash=values["hash"])
        )

    def rows(self, *, after: int = 0, limit: int = 200, case: str | None = None) -> list[AuditRow]:
        """Rows in order, after a sequence number."""
        query = sa.select(tables.audit).where(tables.audit.c.seq > after).order_by(tables.audit.c.seq).limit(limit)
        if case is not None:
            query = query.where(tables.audit.c.case == case)
        return [_row(found) for found in self._connection.execute(query)]

    def latest(self, *, before: int | None = None, limit: int = 50) -> list[AuditRow]:
        """Newest rows first, below a sequence number."""
        query = sa.select(tables.audit).order_by(tables.audit.c.seq.desc()).limit(limit)
        if before is not None:
            query = query.where(tables.audit.c.seq < before)
        return [_row(found) for found in self._connection.execute(query)]

    def _all(self) -> Iterator[sa.Row[Any]]:
        after = None
        while True:
            query = sa.select(tables.audit).order_by(tables.audit.c.seq).limit(1_000)
            batch = self._connection.execute(query if after is None else query.where(tables.audit.c.seq > after)).all()
            yield from batch
            if not batch:
                return
            after = batch[-1].seq

    def verify(self) -> ChainReport:
        """Walk the whole chain and locate the first changed, removed, added or reordered row."""
        expected, previous = 1, GENESIS
        for found in self._all():
            problem = _problem(found, expected, previous)
            if problem:
                return ChainReport(expected - 1, previous, min(found.seq, expected), problem)
            expected, previous = expected + 1, found.hash
        head = self._connection.execute(
            sa.select(tables.counters.c.value, tables.counters.c.hash).where(tables.counters.c.name == _CHAIN)
        ).one_or_none()
        value, hashed = (0, GENESIS) if head is None else (head.value, head.hash)
        if (value, hashed) == (expected - 1, previous):
            return ChainReport(expected - 1, previous)
        if value >= expected:
            return ChainReport(expected - 1, previous, expected, "rows at the end are missing")
        return ChainReport(expected - 1, previous, value + 1, "rows at the end were added, or the head was changed")


def _problem(found: sa.Row[Any], expected: int, previous: str) -> str:
    """What is wrong with a row at this place of the chain; empty if nothing is."""
    if found.seq != expected:
        return f"row {expected} is missing" if found.seq > expected else f"row {found.seq} was added"
    if found.previous != previous:
        return "it does not follow the row before it"
    try:
        row = _row(found)
        whole = found.detail == canonical_json(row.detail).decode() and row.hash == row.computed()
    except (ValueError, TypeError):
        whole = False
    return "" if whole else "its content was changed"


def _row(found: Any) -> AuditRow:
    values = dict(found._mapping)
    return AuditRow(**{**values, "detail": json.loads(values["detail"])})
