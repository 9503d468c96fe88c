"""The kill switch in the middle of fifty running runbooks: nothing more begins, each says where it stands, and goes on."""

from __future__ import annotations

import asyncio
import datetime as dt
import time
from pathlib import Path

import pytest

from tickless.app.build import House
from tickless.app.sample_house import open_sample_house
from tickless.app.settings import PaceSettings
from tickless.journal.access import User
from tickless.sample.company import Company
from tickless.sample.estate.control import Estate

pytestmark = pytest.mark.chaos

RUNS = 50
BOOKS = Path(__file__).parent / "runbooks"
PACE = PaceSettings(answer=600.0, approval=600.0, first_look=600.0, gather=1.0)
WATCHED = 4.0
"""Seconds for which nothing may begin."""


def stories(house: House) -> set[str]:
    """What was decided, for when nothing goes on."""
    with house.journal.read() as tx:
        return {f"{one.kind}: {one.summary}" for one in tx.decisions.where()}


def test_fifty_runs_stop_within_a_second_say_where_they_stand_and_go_on(
    company: Company, estate: Estate, tmp_path: Path
) -> None:
    olga = company.people[50]
    people = [one for one in company.people if one.active and not one.privileged][60 : 60 + RUNS]
    sample = open_sample_house(estate, company, tmp_path / "data", runbooks=(BOOKS,), pace=PACE)
    house = sample.house
    with house.journal.write() as tx:
        tx.access.users.put(User(id="usr_olga", login="olga", person=olga.id, roles=("operator",)))
    house.start()
    try:

        async def begin() -> None:
            for person in people:
                await house.desk.run("slow.quota", {"login": person.username}, by=olga.id, reason="all at once")

        asyncio.run(begin())
        limit = time.monotonic() + 60
        while len(estate.effects()) < 2 * RUNS // 3:
            assert time.monotonic() < limit, f"the runs did not get going: {stories(house)}"
            time.sleep(0.05)
        asyncio.run(house.desk.set_switch("all", on=True, by="user:olga", reason="stop the world"))
        pulled = dt.datetime.now(dt.UTC)
        time.sleep(1.0)
        at_once = estate.effects()
        time.sleep(WATCHED)
        assert len(estate.effects()) == len(at_once), "something began more than a second after the switch"
        late = [one for one in at_once if dt.datetime.fromisoformat(one.at) > pulled + dt.timedelta(seconds=1)]
        assert late == []
        board = house.desk.brakes.board()
        assert board.switches[0].name == "all"
        with house.journal.read() as tx:
            running = {run.id for run in tx.runs.by(state="running")}
            done = tx.runs.count(tx.runs.table.c.state == "done")
        assert {one.run.id for one in board.held} == running
        assert len(running) + done <= RUNS
        assert running, "they were pulled up in the middle"
        begun = [one for one in board.held if one.changed]
        assert begun, "some had changed something already"
        assert all("user:olga" in one.why and one.coming and "withdraw" in one.how for one in begun)
        asyncio.run(house.desk.set_switch("all", on=False, by="user:olga", reason="all is well"))
        limit = time.monotonic() + 240
        while True:
            with house.journal.read() as tx:
                live = tx.cases.count_live()
            if not live:
                break
            assert time.monotonic() < limit, f"{live} cases do not come to an end"
            time.sleep(0.3)
        with house.journal.read() as tx:
            assert {one.outcome for one in tx.cases.where()} == {"verified"}
            assert [one.what for one in tx.brake_deeds.where()] == ["pulled", "released"]
        keys = [one.key for one in estate.effects()]
        assert len(keys) == len(set(keys)) == 4 * RUNS, "each effect happened once"
        assert house.desk.brakes.board().held == ()
    finally:
        house.stop()
