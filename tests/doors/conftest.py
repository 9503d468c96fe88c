"""A real journal with a clock that stands still and an entrance over both; and a whole house that serves the sample company."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest

from tickless.app.sample_house import SampleHouse, open_sample_house
from tickless.app.serving import announced, serving
from tickless.domain.person import Person
from tickless.doors.entrance import Entrance
from tickless.journal import Journal
from tickless.kit.clock import ManualClock
from tickless.sample.company import make_company
from tickless.sample.estate.control import Estate


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC))


def _journal_in(folder: Path) -> Journal:
    return Journal(main_url=f"sqlite:///{folder}/main.db", log_url=f"sqlite:///{folder}/log.db")


@pytest.fixture(scope="session")
def empty_journal(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a migrated journal, to copy: migrating takes longer than most tests."""
    folder = tmp_path_factory.mktemp("empty")
    opened = _journal_in(folder)
    opened.migrate()
    opened.close()
    return folder


@pytest.fixture
def journal(tmp_path: Path, empty_journal: Path) -> Iterator[Journal]:
    folder = tmp_path / "journal"
    shutil.copytree(empty_journal, folder)
    opened = _journal_in(folder)
    with opened.write() as tx:
        tx.people.put(
            Person(id="p001", username="ada", name="Ada Byron", email="ada@larkmoor.example", department="Finance")
        )
    yield opened
    opened.close()


@pytest.fixture
def entrance(journal: Journal, clock: ManualClock) -> Entrance:
    return Entrance(journal, clock)


@dataclass(frozen=True)
class Place:
    """The sample company with a house that serves it: a real server on loopback, and the estate behind it."""

    sample: SampleHouse
    url: str
    data: Path
    token: str

    def client(self, token: str | None = None) -> httpx2.Client:
        """HTTP with an administrator's token, or with this one."""
        headers = {"Authorization": f"Bearer {token or self.token}"}
        return httpx2.Client(base_url=self.url, headers=headers, timeout=20, trust_env=False)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("doors")
    company = make_company()
    with ExitStack() as stack:
        estate = stack.enter_context(Estate.start(company, folder / "estate", interval=0.3))
        sample = open_sample_house(estate, company, folder / "data")
        stack.callback(sample.house.stop)
        sample.house.start()
        url = stack.enter_context(serving(sample.house))
        token = stack.enter_context(announced(sample.house, url))
        yield Place(sample, url, folder / "data", token)
