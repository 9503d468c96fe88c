"""What telemetry saw, and what people said of it: newest first, the oldest forgotten."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa

from tickless.domain.sighting import Answer, Sighting
from tickless.journal import tables
from tickless.journal.shelf import Shelf

KEPT = 2_000
"""Sightings that are kept; a picture is some ten kilobytes."""


class Sightings(Shelf[Sighting]):
    """Inside a transaction."""

    def __init__(self, connection: sa.Connection) -> None:
        super().__init__(
            connection,
            tables.sightings,
            Sighting,
            lambda x: {"id": x.id, "fingerprint": x.fingerprint, "series": x.series, "subject": x.subject, "at": x.at},
        )

    def of_series(self, series: str, *, limit: int = 20) -> list[Sighting]:
        """Of one series, the newest first."""
        table = self.table.c
        return self.where(table.series == series, order=table.at.desc(), limit=limit)

    def of_case(self, case: str, subject: str | None = None, *, limit: int = 12) -> list[Sighting]:
        """Those whose signals are in a case, and forecasts about its subject that began while it did, the newest first."""
        table, alerts = self.table.c, tables.alerts.c
        mine = sa.select(alerts.fingerprint).where(alerts.case == case)
        about = (table.subject == subject) if subject else sa.false()
        return self.where(table.fingerprint.in_(mine) | about, order=table.at.desc(), limit=limit)

    def newest(self, fingerprint: str) -> Sighting | None:
        """The last one of these signals."""
        table = self.table.c
        return next(iter(self.where(table.fingerprint == fingerprint, order=table.at.desc(), limit=1)), None)

    def forget_old(self, *, keep: int = KEPT) -> int:
        """Delete the oldest beyond `keep`; how many went."""
        table = self.table
        edge = self.connection.execute(sa.select(table.c.at).order_by(table.c.at.desc()).offset(keep).limit(1)).scalar()
        if edge is None:
            return 0
        return self.connection.execute(sa.delete(table).where(table.c.at <= edge)).rowcount


class Answers(Shelf[Answer]):
    """Inside a transaction."""

    def __init__(self, connection: sa.Connection) -> None:
        super().__init__(connection, tables.answers, Answer, lambda x: {"id": x.id, "series": x.series, "at": x.at})

    def of_series(self, series: str, *, limit: int = 100) -> list[Answer]:
        """What was said of one series, oldest first."""
        table = self.table.c
        return self.where(table.series == series, order=table.at, limit=limit)

    def since(self, moment: dt.datetime, *, limit: int = 10_000) -> list[Answer]:
        """What was said since then, oldest first."""
        table = self.table.c
        return self.where(table.at >= moment, order=table.at, limit=limit)
