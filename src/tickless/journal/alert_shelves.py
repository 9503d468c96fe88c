"""The shelves of alerts and what is known about them: holds, changes, known errors, planned work: in every transaction."""

from __future__ import annotations

from functools import cached_property

import sqlalchemy as sa

from tickless.domain.change_event import ChangeEvent
from tickless.domain.habit import Habit
from tickless.domain.known import Bulletin, KnownError, Maintenance
from tickless.domain.silence import Silence
from tickless.journal import hold_tables, tables
from tickless.journal.alert_book import AlertBook
from tickless.journal.alert_stream import AlertStream
from tickless.journal.holds import Holds
from tickless.journal.shelf import Shelf
from tickless.journal.sightings import Answers, Sightings


class AlertShelves:
    """Inside a transaction."""

    connection: sa.Connection

    @cached_property
    def alert_book(self) -> AlertBook:
        return AlertBook(self.connection)

    @cached_property
    def alert_stream(self) -> AlertStream:
        return AlertStream(self.connection)

    @cached_property
    def holds(self) -> Holds:
        return Holds(self.connection)

    @cached_property
    def silences(self) -> Shelf[Silence]:
        return Shelf(
            self.connection,
            hold_tables.silences,
            Silence,
            lambda x: {"id": x.id, "owner": x.owner, "starts_at": x.starts_at, "ends_at": x.ends_at},
        )

    @cached_property
    def alert_habits(self) -> Shelf[Habit]:
        return Shelf(
            self.connection,
            hold_tables.alert_habits,
            Habit,
            lambda x: {"id": x.id, "source": x.source, "need": x.need, "severity": x.severity},
        )

    @cached_property
    def changes(self) -> Shelf[ChangeEvent]:
        return Shelf(
            self.connection,
            tables.changes,
            ChangeEvent,
            lambda x: {"id": x.id, "kind": x.kind, "service": x.service, "occurred_at": x.occurred_at},
        )

    @cached_property
    def sightings(self) -> Sightings:
        return Sightings(self.connection)

    @cached_property
    def answers(self) -> Answers:
        return Answers(self.connection)

    @cached_property
    def known_errors(self) -> Shelf[KnownError]:
        return Shelf(
            self.connection,
            tables.known_errors,
            KnownError,
            lambda x: {"id": x.id, "service": x.service, "state": x.state},
        )

    @cached_property
    def maintenance(self) -> Shelf[Maintenance]:
        return Shelf(
            self.connection,
            tables.maintenance,
            Maintenance,
            lambda x: {"id": x.id, "service": x.service, "starts_at": x.starts_at, "ends_at": x.ends_at},
        )

    @cached_property
    def bulletins(self) -> Shelf[Bulletin]:
        return Shelf(self.connection, tables.bulletins, Bulletin, lambda x: {"id": x.id, "case": x.case, "at": x.at})
