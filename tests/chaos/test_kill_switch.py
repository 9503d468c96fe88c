"""The kill switch in the middle of fifty running runbooks: nothing more begins, each says where it stands, and goes on."""

from __future__ import annotations

import asyncio
import datetime as dt
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from tests.waiting import until
from typer.testing import CliRunner

from tickless.app.build import House
from tickless.app.host import Host
from tickless.app.sample_house import open_sample_house
from tickless.app.serving import announced, serving
from tickless.app.settings import PaceSettings
from tickless.doors.cli import create_cli
from tickless.journal.access import User
from tickless.sample.company import Company
from tickless.sample.estate.control import Effect, Estate

pytestmark = pytest.mark.chaos

RUNS = 50
PASSWORD = "a quiet house is a good house"
BOOKS = Path(__file__).parent / "runbooks"
PACE = PaceSettings(answer=600.0, approval=600.0, first_look=600.0, gather=1.0)
MANY = 600.0
"""Seconds for fifty runs of a hundred effects on two cores that others use, too."""
WATCHED = 4.0
"""Seconds for which nothing may begin."""


def stories(house: House) -> set[str]:
    """What was decided, for when nothing goes on."""
    with house.journal.read() as tx:
        return {f"{one.kind}: {one.summary}" for one in tx.decisions.where()}


def live_cases(house: House) -> int:
    with house.journal.read() as tx:
        return tx.cases.count_live()


def console(house: House, path: str) -> str:
    """A page as an operator reads it."""
    house.entrance.create_user("operator", roles=["operator"], password=PASSWORD)
    with TestClient(house.site, base_url="http://127.0.0.1") as client:
        client.post("/sign-in", data={"login": "operator", "password": PASSWORD})
        return client.get(path).text


@dataclass
class Place:
    house: House
    url: str
    data: Path
    estate: Estate
    company: Company

    def type_in(self, *words: str) -> str:
        told = CliRunner().invoke(create_cli(Host()), ["--data", str(self.data), *words])
        assert told.exit_code == 0, told.output
        return told.output

    async def begin(self) -> None:
        """Fifty runs at once, asked for by an operator."""
        olga = self.company.people[50]
        people = [one for one in self.company.people if one.active and not one.privileged][60 : 60 + RUNS]
        with self.house.journal.write() as tx:
            tx.access.users.put(User(id="usr_olga", login="olga", person=olga.id, roles=("operator",)))
        for person in people:
            await self.house.desk.run("slow.quota", {"login": person.username}, by=olga.id, reason="all at once")

    def effects(self) -> list[Effect]:
        return self.estate.effects()


@pytest.fixture
def place(company: Company, estate: Estate, tmp_path: Path) -> Iterator[Place]:
    house = open_sample_house(estate, company, tmp_path / "data", runbooks=(BOOKS,), pace=PACE).house
    house.start()
    with ExitStack() as stack:
        stack.callback(house.stop)
        url = stack.enter_context(serving(house))
        stack.enter_context(announced(house, url))
        yield Place(house, url, tmp_path / "data", estate, company)


def test_fifty_runs_stop_within_a_second_say_where_they_stand_and_go_on(place: Place) -> None:
    house = place.house
    asyncio.run(place.begin())
    until(
        lambda: len(place.effects()) >= 2 * RUNS // 3, lambda: f"the runs to get going: {stories(house)}", patience=MANY
    )
    place.type_in("switch", "on", "all", "--reason", "stop the world")
    nothing_begins_after_a_second(place)
    each_says_where_it_stands(place)
    place.type_in("switch", "off", "all", "--reason", "all is well")
    until(lambda: not live_cases(house), lambda: f"{live_cases(house)} cases to come to an end", patience=MANY)
    with house.journal.read() as tx:
        assert {one.outcome for one in tx.cases.where()} == {"verified"}
        assert [one.what for one in tx.brake_deeds.where()] == ["pulled", "released"]
    keys = [one.key for one in place.effects()]
    assert len(keys) == len(set(keys)) == 4 * RUNS, "each effect happened once"
    assert house.desk.brakes.board().held == ()


def nothing_begins_after_a_second(place: Place) -> None:
    pulled = dt.datetime.now(dt.UTC)
    time.sleep(1.0)
    at_once = place.effects()
    time.sleep(WATCHED)
    assert len(place.effects()) == len(at_once), "something began more than a second after the switch"
    late = [one for one in at_once if dt.datetime.fromisoformat(one.at) > pulled + dt.timedelta(seconds=1)]
    assert late == []


def each_says_where_it_stands(place: Place) -> None:
    """On the board, in the command and on the page: how far it came, what comes next, how to go on or take it back."""
    board = place.house.desk.brakes.board()
    assert board.switches[0].name == "all"
    with place.house.journal.read() as tx:
        running = {run.id for run in tx.runs.by(state="running")}
        done = tx.runs.count(tx.runs.table.c.state == "done")
    assert {one.run.id for one in board.held} == running
    assert len(running) + done <= RUNS
    assert running, "they were pulled up in the middle"
    begun = [one for one in board.held if one.changed]
    assert begun, "some had changed something already"
    assert all("stop the world" in one.why and one.coming and one.how for one in board.held)
    assert all("withdraw" in one.how for one in begun)
    listed, shown = (
        " ".join(told.split()) for told in (place.type_in("switch", "status"), console(place.house, "/brakes"))
    )
    for one in board.held:
        where = f"{one.done} of {one.of} steps"
        assert f"case {one.case.number}: {one.run.plan.title}: {where}, next: {one.coming}" in listed
        assert f"#{one.case.number} " in shown
    for told in (listed, shown):
        assert told.count("of 7 steps") == len(board.held)
        assert told.count("withdraw") >= len(begun)
