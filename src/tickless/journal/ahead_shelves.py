"""The shelves of what lies ahead: planned work that comes again, and what was foreseen. Part of every transaction."""

from __future__ import annotations

from functools import cached_property

import sqlalchemy as sa

from tickless.domain.foretold import Foretold
from tickless.domain.work_series import WorkSeries
from tickless.journal import tables
from tickless.journal.shelf import Shelf


class AheadShelves:
    """Inside a transaction."""

    connection: sa.Connection

    @cached_property
    def work_series(self) -> Shelf[WorkSeries]:
        return Shelf(
            self.connection,
            tables.work_series,
            WorkSeries,
            lambda x: {"id": x.id, "service": x.service, "ended": x.ended_at is not None},
        )

    @cached_property
    def foretold(self) -> Shelf[Foretold]:
        return Shelf(
            self.connection,
            tables.foretold,
            Foretold,
            lambda x: {"id": x.id, "series": x.series, "open": x.fate is None, "at": x.said_at},
        )
