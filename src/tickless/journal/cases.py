"""Cases: the shelf, and the questions that only cases are asked."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa

from tickless.domain.case import LIVE_STATES, Case
from tickless.domain.finding import Finding
from tickless.journal import tables
from tickless.journal.shelf import Shelf


@dataclass(frozen=True)
class CaseFilter:
    """What to list. None: don't care."""

    state: str | None = None
    live: bool | None = None
    kind: str | None = None
    door: str | None = None
    need: str | None = None
    service: str | None = None
    requester: str | None = None
    outcome: str | None = None
    """As it stands; with `ended_since` or `ended_until`: one of its ends in that span, whatever came after."""
    opened_since: dt.datetime | None = None
    opened_until: dt.datetime | None = None
    ended_since: dt.datetime | None = None
    ended_until: dt.datetime | None = None


_ATTACH = (
    sa.update(tables.findings).where(tables.findings.c.id == sa.bindparam("finding")).values(case=sa.bindparam("into"))
)


class Cases(Shelf[Case]):
    """Inside a transaction."""

    def __init__(self, connection: sa.Connection) -> None:
        super().__init__(connection, tables.cases, Case, _keys)

    def by_number(self, number: int) -> Case | None:
        return next(iter(self.where(self.table.c.number == number)), None)

    def live_about(self, subject: str, need: str | None) -> Case | None:
        """The newest live case about the same thing with the same need."""
        table = self.table
        found = self.where(
            table.c.subject == subject,
            table.c.need == need,
            table.c.state.in_(LIVE_STATES),
            order=table.c.number.desc(),
            limit=1,
        )
        return next(iter(found), None)

    def live_of_service(self, service: str) -> list[Case]:
        table = self.table
        return self.where(table.c.service == service, table.c.state.in_(LIVE_STATES), order=table.c.number.desc())

    def live_of_conversation(self, conversation: str) -> list[Case]:
        """Newest first."""
        table = self.table
        return self.where(
            table.c.conversation == conversation, table.c.state.in_(LIVE_STATES), order=table.c.number.desc()
        )

    def last_about(self, subject: str, need: str | None) -> Case | None:
        """The newest case about the same thing with the same need, whatever its state."""
        table = self.table
        found = self.where(table.c.subject == subject, table.c.need == need, order=table.c.number.desc(), limit=1)
        return next(iter(found), None)

    def page(self, what: CaseFilter, *, before: int | None = None, limit: int = 50) -> list[Case]:
        """Newest first, below a case number."""
        table = self.table
        conditions = [
            table.c[name] == value
            for name in ("state", "kind", "door", "need", "service", "requester")
            if (value := getattr(what, name)) is not None
        ]
        conditions += _when(what, table)
        if what.live is not None:
            live = table.c.state.in_(LIVE_STATES)
            conditions.append(live if what.live else sa.not_(live))
        if before is not None:
            conditions.append(table.c.number < before)
        return self.where(*conditions, order=table.c.number.desc(), limit=limit)

    def count_live(self) -> int:
        return self.count(self.table.c.state.in_(LIVE_STATES))

    def attach_finding(self, finding: Finding, case: str) -> None:
        """Say that a finding belongs to a case."""
        self.connection.execute(_ATTACH, {"finding": finding.id, "into": case})

    def findings_of(self, case: str) -> list[Finding]:
        query = sa.select(tables.findings.c.body).where(tables.findings.c.case == case).order_by(tables.findings.c.id)
        return [Finding.model_validate_json(body) for body in self.connection.execute(query).scalars()]


def _when(what: CaseFilter, table: sa.Table) -> list[sa.ColumnElement[bool]]:
    """When it was opened, and how and when it ended: the ends themselves are asked, for a case may have several."""
    found = [table.c.opened_at >= what.opened_since] if what.opened_since is not None else []
    found += [table.c.opened_at < what.opened_until] if what.opened_until is not None else []
    if what.ended_since is None and what.ended_until is None:
        return found + ([table.c.outcome == what.outcome] if what.outcome is not None else [])
    ends = tables.resolutions.c
    these = [ends.outcome == what.outcome] if what.outcome is not None else []
    these += [ends.at >= what.ended_since] if what.ended_since is not None else []
    these += [ends.at < what.ended_until] if what.ended_until is not None else []
    return [*found, table.c.id.in_(sa.select(ends.case).where(*these))]


def _keys(case: Case) -> dict[str, object]:
    return {
        "id": case.id,
        "number": case.number,
        "tenant": case.tenant,
        "kind": case.kind,
        "need": case.need,
        "state": case.state,
        "outcome": case.outcome,
        "subject": case.subject,
        "service": case.service,
        "requester": case.requester,
        "conversation": case.conversation,
        "door": case.door,
        "priority": case.impact.priority,
        "opened_at": case.opened_at,
        "updated_at": case.updated_at,
        "hold_until": case.hold_until,
    }
