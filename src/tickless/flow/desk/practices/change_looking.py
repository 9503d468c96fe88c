"""Changes as they stand: listed, drawn into a calendar, and each with its risk and with what else is on at its time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from tickless.domain.brake import ChangeRule
from tickless.domain.change import OPEN_STATES, Change, Collision, Risk
from tickless.domain.known import Maintenance
from tickless.flow.keeping import Keeping
from tickless.journal import Tx
from tickless.practices.changes.collisions import collisions_of
from tickless.practices.changes.core import Asked, risk_of
from tickless.practices.changes.facts import past_of

MOST = 500
DRAWN = 60
"""Changes of a calendar whose collisions are looked for."""
LONGEST = dt.timedelta(days=31)


@dataclass(frozen=True)
class ChangeShown:
    """A change as it stands: its risk now, and what else is on at that time."""

    change: Change
    risk: Risk
    collisions: tuple[Collision, ...]


@dataclass(frozen=True)
class ChangeCalendar:
    """What is planned in a time: changes, each with what it collides with; freezes; planned work that no change opened."""

    changes: tuple[tuple[Change, tuple[Collision, ...]], ...]
    freezes: tuple[ChangeRule, ...]
    work: tuple[Maintenance, ...]


class ChangeLooking:
    """In the caller's transaction where it takes one."""

    def __init__(self, keeping: Keeping) -> None:
        self._keeping = keeping
        self._journal = keeping.rooms.journal

    def shown(self, tx: Tx, change: Change) -> ChangeShown:
        """With its risk as it is now."""
        hits = self.collisions(tx, change)
        return ChangeShown(change, self.risk(tx, change, hits), hits)

    def risk(self, tx: Tx, change: Change, hits: Sequence[Collision]) -> Risk:
        asked = Asked(
            services=change.services, starts_at=change.starts_at, ends_at=change.ends_at, backout=change.backout,
            kind=change.kind, past=past_of(tx, model=change.model, services=change.services),
            frozen=any(one.kind == "freeze" for one in hits),
        )  # fmt: skip
        return risk_of(asked, self._keeping.world)

    def collisions(self, tx: Tx, change: Change) -> tuple[Collision, ...]:
        table, work = tx.change_records.table.c, tx.maintenance.table.c
        others = tx.change_records.where(
            table.state.in_(OPEN_STATES), table.due >= change.starts_at - LONGEST, table.due < change.ends_at, limit=MOST
        )  # fmt: skip
        windows = tx.maintenance.where(work.starts_at < change.ends_at, work.ends_at > change.starts_at, limit=MOST)
        rules = tx.change_rules.where(tx.change_rules.table.c.starts_at < change.ends_at, limit=MOST)
        return collisions_of(change, others=others, windows=windows, rules=rules, world=self._keeping.world)

    def calendar(self, since: dt.datetime, until: dt.datetime) -> ChangeCalendar:
        """Everything from one moment until another, by its beginning. Blocks."""
        with self._journal.read() as tx:
            found = self.between(tx, since, until)
            work, rules = tx.maintenance.table.c, tx.change_rules.table.c
            planned = tx.maintenance.where(
                work.starts_at < until, work.ends_at > since, order=work.starts_at, limit=MOST
            )
            held = tx.change_rules.where(rules.starts_at < until, limit=MOST)
            drawn = tuple((one, self.collisions(tx, one) if one.state in OPEN_STATES else ()) for one in found[:DRAWN])
        freezes = tuple(one for one in held if one.kind == "freeze" and (one.ends_at is None or one.ends_at > since))
        return ChangeCalendar(drawn, freezes, tuple(one for one in planned if not one.cancelled and not one.change))

    @staticmethod
    def between(tx: Tx, since: dt.datetime, until: dt.datetime) -> list[Change]:
        """By their beginning; those that were cancelled or rejected are not among them."""
        table = tx.change_records.table.c
        gone = table.state.in_(("cancelled", "rejected"))
        found = tx.change_records.where(
            ~gone, table.due >= since - LONGEST, table.due < until, order=table.due, limit=MOST
        )
        return [one for one in found if one.ends_at > since]
