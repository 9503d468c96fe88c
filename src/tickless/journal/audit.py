"""The audit record: append-only, each row hashed together with the hash of the row before it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from tickless.journal import tables
from tickless.journal.audit_people import SEALED, PersonKeys, is_personal
from tickless.journal.audit_rows import GENESIS, Anchor, AuditRow, ChainReport, Seen, text_hash, walk
from tickless.journal.tables import storable
from tickless.journal.upserts import insert_new
from tickless.kit.canonical import canonical_json
from tickless.kit.redaction import redact_within

__all__ = ["GENESIS", "Audit", "AuditRow", "ChainReport"]

_CHAIN = "audit"


class Audit:
    """The chain inside a transaction."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self.people = PersonKeys(connection)

    def append(
        self,
        *,
        at: dt.datetime,
        actor: str,
        action: str,
        subject: str,
        detail: Mapping[str, Any],
        case: str | None = None,
        person: str | None = None,
    ) -> int:
        """Add a row and return its number. The head is locked until the transaction ends, so the chain has one order.

        `person`: whom its personal fields are about; None finds it out from the subject, the case or the actor.
        """
        insert_new(self._connection, tables.counters, {"name": _CHAIN, "value": 0, "hash": GENESIS})
        head = self._connection.execute(
            sa.select(tables.counters.c.value, tables.counters.c.hash)
            .where(tables.counters.c.name == _CHAIN)
            .with_for_update()
        ).one()
        words = (storable(actor, 200), storable(action, 100), storable(subject, 300))
        given = redact_within(dict(detail))  # secrets in somebody's words stay with those words
        plain = {name: value for name, value in json.loads(canonical_json(given)).items() if name != SEALED}
        if is_personal(plain):
            about = person or self.people.person_of(words[2], case=case, actor=words[0])
            plain = self.people.stored(plain, person=about, at=at)
        stored = canonical_json(plain).decode()
        row = AuditRow(head.value + 1, at, *words, case, plain, head.hash, "", text_hash(stored))
        values = {
            "seq": row.seq, "at": at, "actor": row.actor, "action": row.action, "subject": row.subject, "case": case,
            "detail": stored, "previous": row.previous, "hash": row.computed(), "detail_hash": row.detail_hash,
        }  # fmt: skip
        self._connection.execute(sa.insert(tables.audit).values(**values))
        self._connection.execute(
            sa.update(tables.counters)
            .where(tables.counters.c.name == _CHAIN)
            .values(value=row.seq, hash=values["hash"])
        )
        return row.seq

    def rows(self, *, after: int = 0, limit: int = 200, case: str | None = None) -> list[AuditRow]:
        """Rows in order, after a sequence number."""
        query = sa.select(tables.audit).where(tables.audit.c.seq > after).order_by(tables.audit.c.seq).limit(limit)
        if case is not None:
            query = query.where(tables.audit.c.case == case)
        return [self._row(found) for found in self._connection.execute(query)]

    def latest(self, *, before: int | None = None, limit: int = 50) -> list[AuditRow]:
        """Newest rows first, below a sequence number."""
        query = sa.select(tables.audit).order_by(tables.audit.c.seq.desc()).limit(limit)
        if before is not None:
            query = query.where(tables.audit.c.seq < before)
        return [self._row(found) for found in self._connection.execute(query)]

    def head(self) -> tuple[int, str]:
        """Number and hash of the last row, as the counter says."""
        found = self._connection.execute(
            sa.select(tables.counters.c.value, tables.counters.c.hash).where(tables.counters.c.name == _CHAIN)
        ).one_or_none()
        return (0, GENESIS) if found is None else (int(found.value), str(found.hash))

    def verify(self, anchors: Sequence[Anchor] = ()) -> ChainReport:
        """Walk the whole chain and locate the first changed, removed, added or reordered row. See `audit_rows.walk`."""
        return walk(self._seen(), anchors=anchors, head=self.head())

    def _seen(self) -> Iterator[Seen]:
        after = None
        while True:
            query = sa.select(tables.audit).order_by(tables.audit.c.seq).limit(1_000)
            batch = self._connection.execute(query if after is None else query.where(tables.audit.c.seq > after)).all()
            for found in batch:
                yield Seen(**found._mapping)
            if not batch:
                return
            after = batch[-1].seq

    def _row(self, found: Any) -> AuditRow:
        values = dict(found._mapping)
        stored = values.pop("detail")
        detail = self.people.opened(json.loads(stored)) if stored else {}
        return AuditRow(**values, detail=detail, stored=stored)

    def drop_bodies(self, seqs: Sequence[int], *, at: dt.datetime) -> int:
        """Take the bodies of these rows away; their hashes stay, so the chain still holds. Rows of the older form are left."""
        table, done = tables.audit, 0
        for start in range(0, len(seqs), 500):
            some = list(seqs[start : start + 500])
            result = self._connection.execute(
                sa.update(table)
                .where(table.c.seq.in_(some), table.c.detail_hash.is_not(None), table.c.dropped_at.is_(None))
                .values(detail="", dropped_at=at)
            )
            done += int(result.rowcount)
        return done

    def droppable(self, before: dt.datetime, *, after: int = 0, limit: int = 5_000) -> list[AuditRow]:
        """Rows older than that which still have a body that may be taken, in order."""
        table = tables.audit
        query = (
            sa.select(table)
            .where(
                table.c.at < before, table.c.seq > after, table.c.dropped_at.is_(None), table.c.detail_hash.is_not(None)
            )
            .order_by(table.c.seq)
            .limit(limit)
        )
        return [self._row(found) for found in self._connection.execute(query)]
