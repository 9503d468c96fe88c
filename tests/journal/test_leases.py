"""Leases: whatever is taken, renewed, let go or run out, there is one holder at a time."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from tests.journal.conftest import wipe
from tests.journal.databases import empty
from tests.journal.samples import NOW

from tickless.domain.errors import Unreachable
from tickless.journal import Journal
from tickless.journal.database import open_engine

NODES = st.sampled_from(["n1", "n2", "n3"])
NAMES = st.sampled_from(["intake", "schedules"])


class Leases(RuleBasedStateMachine):
    """Runs beside the simplest model: name → (holder, until)."""

    journal: Journal

    @initialize()
    def begin(self) -> None:
        wipe(self.journal)
        self.now = NOW
        self.held: dict[str, tuple[str, dt.datetime]] = {}

    def _holder(self, name: str) -> str | None:
        holder, until = self.held.get(name, ("", NOW))
        return holder if until > self.now else None

    @rule(seconds=st.integers(0, 15))
    def time_passes(self, seconds: int) -> None:
        self.now += dt.timedelta(seconds=seconds)

    @rule(name=NAMES, node=NODES, seconds=st.integers(1, 10))
    def take(self, name: str, node: str, seconds: int) -> None:
        free = self._holder(name) in {None, node} or self.held[name][0] == node
        with self.journal.write() as tx:
            assert tx.coordination.take_lease(name, holder=node, now=self.now, seconds=seconds) is free
        if free:
            self.held[name] = (node, self.now + dt.timedelta(seconds=seconds))

    @rule(name=NAMES, node=NODES)
    def let_go(self, name: str, node: str) -> None:
        with self.journal.write() as tx:
            tx.coordination.release(name, holder=node)
        if self.held.get(name, ("", NOW))[0] == node:
            del self.held[name]

    @invariant()
    def one_holder(self) -> None:
        if not hasattr(self, "held"):
            return
        with self.journal.read() as tx:
            for name in ("intake", "schedules"):
                assert tx.coordination.holder_of(name, now=self.now) == self._holder(name)


def test_there_is_one_holder_at_a_time(journal: Journal) -> None:
    machine: Any = type("LeasesHere", (Leases,), {"journal": journal})
    run_state_machine_as_test(
        machine,
        settings=settings(max_examples=15, stateful_step_count=15, deadline=None,
                          suppress_health_check=list(HealthCheck)),
    )  # fmt: skip


@pytest.mark.parametrize("left_over", [False, True], ids=["free", "run out"])
def test_of_many_who_reach_for_it_at_once_one_gets_it(journal: Journal, left_over: bool) -> None:
    if left_over:
        with journal.write() as tx:
            assert tx.coordination.take_lease("intake", holder="dead", now=NOW, seconds=5)
    later = NOW + dt.timedelta(seconds=5)

    def reach(node: int) -> bool:
        with journal.write() as tx:
            return tx.coordination.take_lease("intake", holder=f"n{node}", now=later, seconds=5)

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(reach, range(8))) == 1


@pytest.mark.server("postgres")
def test_a_process_that_is_paused_in_a_transaction_does_not_hold_its_rows_for_ever(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    with empty("postgres", tmp_path, request) as urls:
        journal = urls.open()
        journal.migrate()
        paused = Journal(main_url=urls.main, log_url=urls.log)
        paused.engine = open_engine(urls.main, abandoned=1)
        with pytest.raises(Unreachable):
            _sleep_in_a_transaction(paused, journal)
        paused.close()
        journal.close()


def _sleep_in_a_transaction(paused: Journal, other: Journal) -> None:
    with paused.write() as sleeping:
        assert sleeping.coordination.take_lease("intake", holder="paused", now=NOW, seconds=5)
        with other.write() as tx:  # waits for the row that the paused one holds
            later = NOW + dt.timedelta(seconds=6)
            assert tx.coordination.take_lease("intake", holder="next", now=later, seconds=5)
        sleeping.coordination.release("intake", holder="paused")
