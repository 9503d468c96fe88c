"""The sample company and the lives of the house in it. The company belongs to the test, so it survives every kill."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.sample.resting import kept

from tickless.domain.person import Person
from tickless.sample.company import Company, make_company
from tickless.sample.estate.control import Estate

SERVER = Path(__file__).parent / "server.py"
SECONDS = 900
"""All lives of a server together. A life that cannot go on ends itself sooner, and says how things stand."""
EVERY_KIND = ["stored", "sent", "inside", "effect", "after"]
FREE, WITH_MANAGER = "lantern-meet", "driftview"


@pytest.fixture(scope="session")
def company() -> Company:
    return make_company()


@pytest.fixture(scope="session")
def whole_estate(company: Company, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Estate]:
    with Estate.start(company, tmp_path_factory.mktemp("chaos") / "estate", interval=0.3) as estate, kept(estate):
        yield estate


@pytest.fixture
def estate(whole_estate: Estate) -> Estate:
    whole_estate.forget_effects()
    return whole_estate


@pytest.fixture
def strangers(company: Company) -> Iterator[Person]:
    """Ordinary people with a manager, nobody twice in a session, who have neither of the two apps."""
    return _strangers(company)


_used: set[str] = set()


def _strangers(company: Company) -> Iterator[Person]:
    apps = {f"app-{FREE}", f"app-{WITH_MANAGER}"}
    for person in company.people[40:]:
        if person.id not in _used and person.manager and not person.privileged and not apps & {*person.groups}:
            _used.add(person.id)
            yield person


@dataclass
class Server:
    """A process that runs lives; see `server.py`."""

    process: subprocess.Popen[bytes]
    folder: Path

    def read(self, name: str) -> str:
        file = self.folder / name
        return file.read_text() if file.exists() else ""

    @property
    def points(self) -> list[list[Any]]:
        return [json.loads(line) for line in self.read("points").splitlines()]

    @property
    def result(self) -> dict[str, Any]:
        return dict(json.loads(self.read("result") or "{}"))

    def wait(self, seconds: float) -> int:
        return self.process.wait(seconds)

    def ended_well(self) -> None:
        """Every life is over and the last one found nothing left to do; else what it found is told."""
        code = self.process.wait(SECONDS)
        assert code == 0, f"ended with {code} after {self.points[-3:]}: {self.result} {self.read('log')[-3_000:]}"

    def signal_life(self, number: signal.Signals) -> None:
        os.kill(int(self.read("pid")), number)

    def stop(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)


Spawn = Callable[..., Server]


@pytest.fixture
def spawn(estate: Estate, tmp_path: Path) -> Iterator[Spawn]:
    """Start `server.py` with a plan; every server is gone at the end."""
    servers: list[Server] = []

    def start(name: str = "all", **given: Any) -> Server:
        folder = tmp_path / name
        folder.mkdir()
        plan = {"estate": str(estate.blueprint.folder), "data": str(tmp_path / "data"), "database": None, "role": "all",
                "kinds": [], "deaths": 10_000, "signal": "SIGKILL", "lives": 1, "folder": str(folder), "alerts": False,
                "says": [], "cases": 0, "dead_after": 1.0, **given}  # fmt: skip
        (folder / "plan.json").write_text(json.dumps(plan))
        log = (folder / "log").open("wb")
        with log:
            process = subprocess.Popen([sys.executable, str(SERVER), str(folder / "plan.json")], stdout=log, stderr=log,
                                       start_new_session=True)  # fmt: skip
        servers.append(Server(process, folder))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()
