"""The journal: `read()` and `write()` open a transaction with every repository in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext

import sqlalchemy as sa

from tickless.domain.errors import Unreachable
from tickless.journal.access import Access
from tickless.journal.ahead_shelves import AheadShelves
from tickless.journal.alert_shelves import AlertShelves
from tickless.journal.alerts import Alerts
from tickless.journal.audit import Audit
from tickless.journal.brake_shelves import BrakeShelves
from tickless.journal.case_shelves import CaseShelves
from tickless.journal.coordination import Coordination
from tickless.journal.database import ABANDONED_STATE, migrate, open_engine, survey
from tickless.journal.draft_shelves import DraftShelves
from tickless.journal.estate_shelves import EstateShelves
from tickless.journal.govern_shelves import GovernShelves
from tickless.journal.history_shelves import HistoryShelves
from tickless.journal.practice_shelves import PracticeShelves
from tickless.journal.regroup_shelves import RegroupShelves
from tickless.journal.signal_log import SignalLog
from tickless.journal.steering_shelves import SteeringShelves
from tickless.journal.talk_shelves import TalkShelves
from tickless.journal.tool_shelves import ToolShelves
from tickless.journal.turns import Turns

LOG_PAGE = 16_384
"""Bytes of a page of the signal log: it is written at its end, in large pieces."""


class Tx(
    AheadShelves,
    AlertShelves,
    BrakeShelves,
    CaseShelves,
    DraftShelves,
    EstateShelves,
    GovernShelves,
    HistoryShelves,
    PracticeShelves,
    RegroupShelves,
    SteeringShelves,
    TalkShelves,
    ToolShelves,
):
    """One transaction and what can be done in it. `connection` is for enqueuing durable work in the same commit."""

    def __init__(self, connection: sa.Connection) -> None:
        self.connection = connection
        self.audit = Audit(connection)
        self.access = Access(connection)
        self.alerts = Alerts(connection)
        self.coordination = Coordination(connection)
        self._afterwards: list[Callable[[], None]] = []

    def after_commit(self, work: Callable[[], None]) -> None:
        """Have this done right after the commit; never after a rollback. For what is not in the database itself."""
        self._afterwards.append(work)

    def committed(self) -> None:
        """Do what had to wait for the commit. Called by the journal alone."""
        for work in self._afterwards:
            work()


class Journal:
    """Opens the databases. `main` holds cases and flow, `log` the signals; on PostgreSQL both are one."""

    def __init__(self, *, main_url: str, log_url: str) -> None:
        self.engine = open_engine(main_url)
        self.log_engine = self.engine if log_url == main_url else open_engine(log_url, page_size=LOG_PAGE)
        self.signals = SignalLog(self.log_engine)
        self._turns = Turns() if self.engine.dialect.name == "sqlite" else None

    def migrate(self) -> None:
        """Bring both schemas up to date."""
        migrate(self.engine, "main")
        migrate(self.log_engine, "log")
        self.survey()

    def survey(self) -> None:
        """Let the database choose its ways by what is stored now. To be called now and then."""
        survey(self.engine)
        survey(self.log_engine)

    @contextmanager
    def read(self) -> Iterator[Tx]:
        """For looking only. Raises `Unreachable` when the database is away."""
        with _reachable(), self.engine.connect() as connection:
            yield Tx(connection)

    @contextmanager
    def write(self, *, first: bool = False) -> Iterator[Tx]:
        """All or nothing: committed at the end of the block, rolled back if it raises. One writer at a time on SQLite, in the
        order of asking; `first`: before everybody who waits (brakes).

        Raises `Unreachable` when the database is away.
        """
        with (
            self._turns.turn(first=first) if self._turns else nullcontext(),
            _reachable(),
            self.engine.begin() as connection,
        ):
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            tx = Tx(connection)
            yield tx
        tx.committed()

    def close(self) -> None:
        self.engine.dispose()
        self.log_engine.dispose()


@contextmanager
def _reachable() -> Iterator[None]:
    try:
        yield
    except sa.exc.DBAPIError as error:
        gone = isinstance(error, sa.exc.OperationalError | sa.exc.InterfaceError)
        if not gone and getattr(error.orig, "sqlstate", None) != ABANDONED_STATE:
            raise
        raise Unreachable("the journal cannot be reached", detail=str(error)[:300]) from error
