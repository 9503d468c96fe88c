"""What decisions were made from, inside a transaction."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa

from tickless.journal.audit_tables import decision_inputs, kept_texts
from tickless.journal.upserts import insert_new

TextKind = Literal["world", "runbooks"]


@dataclass(frozen=True)
class KeptInputs:
    """The inputs of one decision. `erased_at`: a person was taken out of them since, so the digest fits no more."""

    digest: str
    body: dict[str, Any]
    erased_at: dt.datetime | None


class Evidence:
    """Kept once, never changed, but for erasing people."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def put(self, decision: str, *, case: str, digest: str, body: dict[str, Any]) -> None:
        row = {"id": decision, "case": case, "digest": digest, "body": json.dumps(body, ensure_ascii=False)}
        insert_new(self._connection, decision_inputs, row)

    def of(self, decision: str) -> KeptInputs | None:
        row = self._connection.execute(sa.select(decision_inputs).where(decision_inputs.c.id == decision)).one_or_none()
        return None if row is None else KeptInputs(row.digest, json.loads(row.body), row.erased_at)

    def put_text(self, digest: str, *, kind: TextKind, body: str, at: dt.datetime) -> None:
        """A long text that many decisions share, by its digest."""
        insert_new(self._connection, kept_texts, {"digest": digest, "kind": kind, "at": at, "body": body})

    def has_text(self, digest: str) -> bool:
        query = sa.select(kept_texts.c.digest).where(kept_texts.c.digest == digest)
        return self._connection.execute(query).scalar() is not None

    def text(self, digest: str) -> str | None:
        return self._connection.execute(sa.select(kept_texts.c.body).where(kept_texts.c.digest == digest)).scalar()
