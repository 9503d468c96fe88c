"""A real journal on SQLite in a temporary folder, a clock that stands still, and an entrance over both."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from tickless.domain.person import Person
from tickless.doors.entrance import Entrance
from tickless.journal import Journal
from tickless.kit.clock import ManualClock


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC))


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    opened = Journal(main_url=f"sqlite:///{tmp_path}/main.db", log_url=f"sqlite:///{tmp_path}/log.db")
    opened.migrate()
    with opened.write() as tx:
        tx.people.put(
            Person(id="p001", username="ada", name="Ada Byron", email="ada@larkmoor.example", department="Finance")
        )
    yield opened
    opened.close()


@pytest.fixture
def entrance(journal: Journal, clock: ManualClock) -> Entrance:
    return Entrance(journal, clock)
