"""Legal holds: while one is active, what it covers is neither dropped nor erased."""

from __future__ import annotations

from typing import Literal

import sqlalchemy as sa
from pydantic import AwareDatetime

from tickless.domain.record import Record
from tickless.journal.audit_rows import AuditRow
from tickless.journal.audit_tables import audit_holds
from tickless.journal.shelf import Shelf


class LegalHold(Record):
    """What must be kept, why, and who said so."""

    version: Literal[1] = 1
    id: str
    covers: Literal["everything", "case", "person"]
    ref: str = ""
    """Id of the case or person."""
    reason: str
    by: str
    at: AwareDatetime
    ended_by: str | None = None
    ended_at: AwareDatetime | None = None

    @property
    def active(self) -> bool:
        return self.ended_at is None

    def keeps(self, row: AuditRow, *, persons_cases: frozenset[str]) -> bool:
        """Whether this row may not lose its body. `persons_cases`: the cases in which the person of this hold takes part."""
        if self.covers == "everything":
            return True
        if self.covers == "case":
            return row.case == self.ref
        return row.case in persons_cases or self.ref in {row.actor, row.subject.removeprefix("person:")}


def shelf(connection: sa.Connection) -> Shelf[LegalHold]:
    return Shelf(connection, audit_holds, LegalHold, lambda x: {"id": x.id, "active": x.active})
