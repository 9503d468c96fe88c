"""The day's budget is one for all processes and outlives them, on both databases."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.ai.model_bench import NOON

from tickless.ai.models import ModelCall
from tickless.app.models import JournalLedger
from tickless.journal import Journal

TODAY = NOON.date()
CALL = ModelCall(at=NOON, use="compose", model="ollama:x", prompt="compose-1.0", request="0" * 64, sent=30, received=10,
                 latency="under 1 s", outcome="used")  # fmt: skip


@pytest.fixture(params=["sqlite", "postgres"])
def journal(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Journal]:
    if request.param == "sqlite":
        urls = (f"sqlite:///{tmp_path / 'main.db'}", f"sqlite:///{tmp_path / 'log.db'}")
    else:
        urls = (request.getfixturevalue("postgres_database"),) * 2
    made = Journal(main_url=urls[0], log_url=urls[1])
    made.migrate()
    yield made
    made.close()


@pytest.mark.server("postgres")
def test_the_budget_is_kept_by_many_at_once_and_what_was_used_is_written_down(journal: Journal) -> None:
    ledger = JournalLedger(journal)
    with ThreadPoolExecutor(4) as pool:
        taken = list(pool.map(lambda _: ledger.reserve(TODAY, 100, limit=550), range(12)))
    assert sum(taken) == 5
    assert JournalLedger(journal).spent(TODAY) == 500
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: ledger.settle(TODAY, 100, CALL), range(5)))
    assert ledger.spent(TODAY) == 200
    assert ledger.spent(TODAY + dt.timedelta(days=1)) == 0
    with journal.read() as tx:
        rows = [row for row in tx.audit.rows(after=0, limit=50) if row.action == "model.asked"]
        assert tx.audit.verify().broken_at is None
    assert len(rows) == 5
    assert rows[0].detail["prompt"] == "compose-1.0"
