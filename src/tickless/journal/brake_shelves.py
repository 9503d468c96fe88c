"""The shelves of change rules and of how targets fared: part of every transaction."""

from __future__ import annotations

import datetime as dt
from functools import cached_property

import sqlalchemy as sa

from tickless.domain.brake import BrakeDeed, ChangeRule, TargetState
from tickless.journal import brake_tables as tables
from tickless.journal.shelf import Shelf


class BrakeShelves:
    """Inside a transaction."""

    connection: sa.Connection

    @cached_property
    def change_rules(self) -> Shelf[ChangeRule]:
        return Shelf(
            self.connection,
            tables.change_rules,
            ChangeRule,
            lambda x: {"id": x.id, "kind": x.kind, "starts_at": x.starts_at, "ends_at": x.ends_at},
        )

    def rules_now(self, now: dt.datetime) -> list[ChangeRule]:
        """Freezes and windows that count at a moment."""
        table = tables.change_rules.c
        return self.change_rules.where(table.starts_at <= now, sa.or_(table.ends_at.is_(None), table.ends_at > now))

    @cached_property
    def targets(self) -> Shelf[TargetState]:
        return Shelf(
            self.connection,
            tables.target_states,
            TargetState,
            lambda x: {"id": x.id, "opened_at": x.opened_at, "updated_at": x.updated_at},
        )

    def open_targets(self) -> list[TargetState]:
        """Targets whose breaker has opened, resting or on trial."""
        return self.targets.where(tables.target_states.c.opened_at.is_not(None))

    @cached_property
    def brake_deeds(self) -> Shelf[BrakeDeed]:
        return Shelf(self.connection, tables.brake_deeds, BrakeDeed, lambda x: {"id": x.id, "name": x.name, "at": x.at})
