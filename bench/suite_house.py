"""A house in the sample company for suites: as on the first day before every entry, quiet when nothing is left to do."""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from tickless.app.build import House
from tickless.app.sample_house import SampleHouse, open_sample_house, sample_settings
from tickless.app.settings import ConnectorUse, PaceSettings
from tickless.domain.case import LIVE_STATES, Case
from tickless.domain.errors import TicklessError
from tickless.flow.intake import CONSUMER
from tickless.journal import Tx, tables
from tickless.kit.log import configure_logging
from tickless.sample.company import make_company
from tickless.sample.estate.control import Estate
from tickless.stages.sense.core import Repeats
from tickless.stages.sense.telemetry.calls import Calls

SEED = 7
PACE = PaceSettings(answer=600.0, approval=600.0, first_look=600.0, gather=1.0)
"""Nobody's patience ends while an entry is played."""
LOOK = 0.02
PATIENCE = 45.0
"""Seconds until a house that is still busy counts as one that hangs."""
LET_GO = 10.0
_RECORDS = frozenset({
    "people", "devices", "apps", "services", "dependencies", "configuration_items", "articles", "catalogue", "known_errors",
    "users", "article_versions",
})  # fmt: skip
"""What is there before anything happens, put back as it was."""
_KEPT = _RECORDS | {"sessions", "api_tokens", "leases", "nodes", "marks"}
"""Every other table is emptied."""


class Unsettled(Exception):
    """The house did not come to rest in time; the text says what went on."""


class SuiteHouse:
    """One house and one estate, used again for entry after entry."""

    def __init__(self, sample: SampleHouse) -> None:
        self.sample = sample
        self.company = sample.company
        self.estate = sample.estate
        self._first = self._records()

    @property
    def house(self) -> House:
        return self.sample.house

    @property
    def brain(self) -> str:
        """Which rung of the ladder reads messages."""
        return self.house.world.understanding().brain.rung

    def begin_anew(self) -> None:
        """As on the first day: nothing is known of what happened, everything in the estate is well."""
        self._let_everything_go()
        self._forget_signals()
        changed = {name for name, rows in self._records().items() if rows != self._first[name]}
        with self.house.journal.write() as tx:
            for table in reversed(tables.main.sorted_tables):
                if table.name not in _KEPT or table.name in changed:
                    tx.connection.execute(sa.delete(table))
            for table in tables.main.sorted_tables:
                if table.name in changed and self._first[table.name]:
                    tx.connection.execute(sa.insert(table), self._first[table.name])
        if changed:
            self.renew()
        self.estate.reset()

    def _forget_signals(self) -> None:
        """Nothing ever came in: what an entry sends may be, to the letter, what another one sent before it."""
        with self.house.journal.log_engine.begin() as connection:
            for table in tables.log.sorted_tables:
                connection.execute(sa.delete(table))
        self.house.rooms.sense._repeats = Repeats()
        if (room := self.house.desk.telemetry.room) is not None:
            room._logs.streams.clear()
            room._calls = Calls()

    def renew(self) -> None:
        """Let the house read its records again, now."""
        self.house.world.renew()
        self.house.library.renew()

    def _records(self) -> dict[str, list[dict[str, Any]]]:
        found = {}
        with self.house.journal.read() as tx:
            for table in tables.main.sorted_tables:
                if table.name in _RECORDS:
                    query = sa.select(table).order_by(*table.primary_key)
                    found[table.name] = [dict(row) for row in tx.connection.execute(query).mappings()]
        return found

    def _let_everything_go(self) -> None:
        end = time.monotonic() + LET_GO
        while time.monotonic() < end:
            with self.house.journal.read() as tx:
                live = _live(tx)
            for case in live:
                self._withdraw(case)
            if not live and not self.house.engine.pending():
                return
            time.sleep(LOOK)
        for one in self.house.engine.pending():
            self.house.engine.cancel(one.id)

    def _withdraw(self, case: Case) -> None:
        try:
            asyncio.run(self.house.desk.close(case.id, by="bench", how="withdraw", reason="the entry is over"))
        except TicklessError:
            return  # it ended meanwhile

    def settle(self, *, patience: float = PATIENCE) -> None:
        """Wait until nothing more happens without a person. Raises `Unsettled`."""
        end, quiet = time.monotonic() + patience, 0
        while quiet < 2:
            busy = self._busy()
            quiet = 0 if busy else quiet + 1
            if busy and time.monotonic() > end:
                raise Unsettled(busy)
            time.sleep(LOOK)

    def _busy(self) -> str:
        """What is going on; empty when everything waits for people."""
        log = self.house.journal.signals
        with self.house.journal.read() as tx:
            if log.after(tx.coordination.cursor(CONSUMER), 1):
                return "a signal is being taken in"
            if tx.coordination.posted(1):
                return "a message to a waiting case is on its way"
            table = tx.deliveries.table.c
            if tx.deliveries.where(table.state == "pending", table.due_at <= self.house.rooms.clock.now(), limit=1):
                return "a message is on its way to its channel"
            working = [case for case in _live(tx) if not _waits(tx, case)]
        return "; ".join(f"case {case.number} ({case.need}) is {case.state}" for case in working)


def _live(tx: Tx) -> list[Case]:
    return tx.cases.where(tx.cases.table.c.state.in_(sorted(LIVE_STATES)), limit=200)


def _waits(tx: Tx, case: Case) -> bool:
    """Whether a live case waits for people: for an answer, an approval, or for a brake to be let go."""
    if any(question.state == "open" for question in tx.questions.by(case=case.id)):
        return True
    if tx.approvals.by(case=case.id, state="pending", limit=1):
        return True
    decisions = tx.decisions.by(case=case.id)
    braked = any(switch.on for switch in tx.coordination.switches())
    return braked and bool(decisions) and decisions[-1].kind == "wait"


@contextmanager
def suite_house(
    connectors: Mapping[str, ConnectorUse] | None = None, settings: Mapping[str, Any] | None = None
) -> Iterator[SuiteHouse]:
    """A started house in a running estate, both gone after the block. The monitor is silent: entries raise what they need.

    `connectors`: beside those of the sample company. `settings`: further ones; `bindings` among them come before the sample's.
    """
    configure_logging(level=os.environ.get("BENCH_LOG", "CRITICAL"))
    company = make_company(SEED)
    with (
        tempfile.TemporaryDirectory() as folder,
        Estate.start(company, Path(folder, "estate"), interval=30.0) as estate,
    ):
        own = sample_settings(estate, Path(folder, "data"))
        given: dict[str, Any] = {
            "pace": PACE,
            **(settings or {}),
            "connectors": {**own.connectors, **(connectors or {})},
        }
        given["bindings"] = {**own.bindings, **given.get("bindings", {})}
        sample = open_sample_house(estate, company, Path(folder, "data"), **given)
        sample.house.start()
        try:
            yield SuiteHouse(sample)
        finally:
            sample.house.stop()
