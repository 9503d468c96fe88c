"""The shelves of what leadership assumes and says, and of how figures stood: part of every transaction."""

from __future__ import annotations

from functools import cached_property

import sqlalchemy as sa

from tickless.domain.steering import Assumption, MaturityAnswer, MaturityMark, PeriodMark, ViewMark
from tickless.journal import steering_tables as tables
from tickless.journal.shelf import Shelf


class SteeringShelves:
    """Inside a transaction."""

    connection: sa.Connection

    @cached_property
    def assumptions(self) -> Shelf[Assumption]:
        return Shelf(self.connection, tables.assumptions, Assumption, lambda x: {"id": x.id, "at": x.at})

    @cached_property
    def maturity_answers(self) -> Shelf[MaturityAnswer]:
        return Shelf(self.connection, tables.maturity_answers, MaturityAnswer, lambda x: {"id": x.id, "at": x.at})

    @cached_property
    def maturity_marks(self) -> Shelf[MaturityMark]:
        return Shelf(
            self.connection, tables.maturity_marks, MaturityMark, lambda x: {"id": x.id, "model": x.model, "at": x.at}
        )

    @cached_property
    def period_marks(self) -> Shelf[PeriodMark]:
        return Shelf(
            self.connection, tables.period_marks, PeriodMark,
            lambda x: {"id": x.id, "grain": x.grain, "since": x.since, "at": x.at},
        )  # fmt: skip

    @cached_property
    def view_marks(self) -> Shelf[ViewMark]:
        return Shelf(self.connection, tables.view_marks, ViewMark, lambda x: {"id": x.id, "at": x.at})
