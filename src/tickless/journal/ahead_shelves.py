"""The shelves of what lies ahead: work that comes again, what was foreseen, reports that are wished for; in a transaction."""

from __future__ import annotations

from functools import cached_property

import sqlalchemy as sa

from tickless.domain.foretold import Foretold
from tickless.domain.report_subscription import ReportSubscription
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

    @cached_property
    def report_subscriptions(self) -> Shelf[ReportSubscription]:
        return Shelf(
            self.connection,
            tables.report_subscriptions,
            ReportSubscription,
            lambda x: {"id": x.id, "person": x.person or None, "ended": x.ended_at is not None},
        )
