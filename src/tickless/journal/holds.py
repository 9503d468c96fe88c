"""What is held back from cases, and what was: one row for each hold. Inside a transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from tickless.domain.case import Case
from tickless.domain.hold import Hold
from tickless.journal import hold_tables, tables
from tickless.journal.shelf import Shelf

OPEN, OVER = "open", "over"
MOST_OF_REF = 20_000
_WORKED_ON = ("open", "acting", "verifying", "awaiting_approval", "awaiting_person", "handed_off")
_OPEN_OF = (
    sa.select(hold_tables.holds.c.body)
    .where(
        hold_tables.holds.c.source == sa.bindparam("of_source"),
        hold_tables.holds.c.fingerprint == sa.bindparam("of_fingerprint"),
    )
    .where(hold_tables.holds.c.state == OPEN)
    .order_by(hold_tables.holds.c.id.desc())
    .limit(1)
)


@dataclass(frozen=True)
class Tally:
    """Of one silence or window: how many holds there were, how many stand now, and when the last began."""

    total: int = 0
    now: int = 0
    last: dt.datetime | None = None


class Holds(Shelf[Hold]):
    """The shelf of holds, with the questions that are asked of it."""

    def __init__(self, connection: sa.Connection) -> None:
        super().__init__(
            connection,
            hold_tables.holds,
            Hold,
            lambda x: {
                "id": x.id,
                "source": x.source,
                "fingerprint": x.fingerprint,
                "reason": x.reason,
                "ref": x.ref,
                "service": x.service,
                "state": OPEN if x.ended_at is None else OVER,
                "since": x.since,
                "until": x.until,
            },
        )

    def open_of(self, source: str, fingerprint: str) -> Hold | None:
        """What holds this alert back now."""
        body = self.connection.execute(_OPEN_OF, {"of_source": source, "of_fingerprint": fingerprint}).scalar()
        return None if body is None else Hold.model_validate_json(body)

    def due(self, now: dt.datetime, *, limit: int = 200) -> list[Hold]:
        """Those that are to be looked at again, the longest overdue first."""
        table = self.table.c
        return self.where(table.state == OPEN, table.until <= now, order=table.until, limit=limit)

    def opened_by(self, ref: str) -> list[Hold]:
        """Those that stand because of this silence, window or case."""
        table = self.table.c
        return self.where(table.ref == ref, table.state == OPEN, order=table.since, limit=MOST_OF_REF)

    def look_again(self, ref: str, *, at: dt.datetime) -> int:
        """Whatever stands because of this is looked at again then, if not before; returns how much."""
        found = self.opened_by(ref)
        self.put_all(one.model_copy(update={"until": at}) for one in found if one.until > at)
        return len(found)

    def down(self, needs: Collection[str], *, limit: int = 200) -> list[Case]:
        """Cases of the machine door with these needs that somebody or something still works on and of which an alert that says
        so fires, the first first."""
        cases, alerts = tables.cases, tables.alerts
        says_so = sa.select(alerts.c.case).where(tables.FIRING, alerts.c.need.in_(needs), alerts.c.case.is_not(None))
        query = (
            sa.select(cases.c.body)
            .where(cases.c.id.in_(says_so))  # what fires is little: by no index of cases
            .where(cases.c.need.concat("").in_(needs))
            .where(cases.c.state.concat("").in_(_WORKED_ON), cases.c.door.concat("") == "machine")
            .order_by(cases.c.number + 0)
            .limit(limit)
        )
        return [Case.model_validate_json(body) for body in self.connection.execute(query).scalars()]

    def refs(self, reason: str) -> list[str]:
        """What holds something back for this reason now: ids, each once."""
        table = self.table.c
        return [str(ref) for ref in self.values("ref", table.reason == reason, table.state == OPEN)]

    def standing(self) -> dict[str, int]:
        """Reason → how many alerts are held back for it now."""
        table = self.table.c
        query = sa.select(table.reason, sa.func.count()).where(table.state == OPEN).group_by(table.reason)
        return {row[0]: int(row[1]) for row in self.connection.execute(query)}

    def tallies(self, refs: Sequence[str]) -> dict[str, Tally]:
        """What each of these silences or windows held back; those that never did are left out."""
        table = self.table.c
        now = sa.func.sum(sa.case((table.state == OPEN, 1), else_=0))
        query = sa.select(table.ref, sa.func.count(), now, sa.func.max(table.since)).where(table.ref.in_(refs))
        return {
            row[0]: Tally(int(row[1]), int(row[2]), row[3])
            for row in self.connection.execute(query.group_by(table.ref))
        }

    def newest(self, *, reason: str | None = None, ref: str | None = None, limit: int = 100) -> list[Hold]:
        """The newest, standing or over."""
        table = self.table.c
        wanted = [table.reason == reason] * (reason is not None) + [table.ref == ref] * (ref is not None)
        return self.where(*wanted, order=table.since.desc(), limit=limit)

    def forget(self, *, before: dt.datetime) -> None:
        """Those that ended and began before that."""
        table = self.table.c
        self.connection.execute(sa.delete(self.table).where(table.state == OVER, table.since < before))
