"""A disk that fills in a still house: the forecast opens a risk, and what becomes of it is told, whichever way it goes."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from bench.prometheus_messages import write_v1
from tests.flow.still_house import StillHouse

from tickless.domain.case import Case
from tickless.domain.foretold import Foretold
from tickless.domain.service import Service
from tickless.domain.sighting import Crossing
from tickless.flow.case_steps import CaseSteps
from tickless.flow.foretelling import Foretelling
from tickless.flow.saying.conversation import personal

MINUTE = dt.timedelta(minutes=1)
WHERE = (("host", "db-1"), ("mountpoint", "/srv"), ("service", "payroll"))


class Disk:
    """A house that is told every minute how full a disk is."""

    def __init__(self, still: StillHouse) -> None:
        self.still = still
        with still.house.journal.write() as tx:
            tx.services.put(Service(id="payroll", name="Payroll", owner="p1"))
        still.house.desk.renew()
        still.house.engine.prepare()

    def is_full(self, percent: float) -> None:
        """A minute later it is so full, and everything that goes by the clock was done."""
        house, now = self.still.house, self.still.clock.advance(MINUTE)
        at = int(now.timestamp() * 1_000)
        body = write_v1([
            ((("__name__", "node_filesystem_avail_bytes"), *WHERE), [(at, 100.0 - percent)]),
            ((("__name__", "node_filesystem_size_bytes"), *WHERE), [(at, 100.0)]),
        ])  # fmt: skip
        asyncio.run(house.desk.telemetry.take("metrics", lambda: body, form="remote_write_1", source="prom"))
        house.desk.telemetry.look()
        while house.intake.run_once():
            pass
        Foretelling(house.rooms).look(now)

    def fills(self, begin: float, end: float) -> None:
        """By three quarters of a percent a minute, not quite evenly."""
        minute = 0
        while (percent := begin + 0.75 * minute) < end:
            self.is_full(min(percent + (minute % 3) * 0.3, 99.9))
            minute += 1

    def is_calm(self) -> None:
        for minute in range(20):
            self.is_full(60.0 + minute % 2)

    def case(self) -> Case:
        with self.still.house.journal.read() as tx:
            (found,) = tx.cases.where()
        return found

    def foretold(self) -> list[Foretold]:
        with self.still.house.journal.read() as tx:
            return tx.foretold.where()

    def audited(self) -> list[str]:
        with self.still.house.journal.read() as tx:
            return [row.action for row in tx.audit.rows(case=self.case().id)]


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    still = StillHouse.open(tmp_path)
    yield Disk(still)
    still.house.engine.stop()
    still.house.journal.close()


def test_a_forecast_that_comes_true_is_told_in_its_case_to_the_owner_and_in_the_week(disk: Disk) -> None:
    disk.is_calm()
    disk.fills(78.0, 92.0)
    case = disk.case()
    assert (case.kind, case.need, case.service) == ("risk", "disk_filling", "payroll")
    (ahead,) = disk.foretold()
    assert (ahead.fate, ahead.case, ahead.limit) == (None, case.id, 100.0)
    assert disk.still.house.desk.reports.week(days=1).section("forecasts").told == "1 forecast: 1 still ahead."
    made = CaseSteps(disk.still.rooms).decide(case.id, case.generation, 0)
    assert made["kind"] == "hand_off"  # nobody wrote a runbook for it
    disk.fills(92.0, 100.0)
    assert disk.foretold() == [ahead]
    disk.is_full(100.0)
    (told,) = disk.foretold()
    assert (told.fate, told.crossing) == ("came_true", ahead.crossing)
    why = next(one.text for one in disk.case().evidence if one.source == "forecast")
    assert "It came true: the limit was met at" in why
    assert "after it was said and inside the time foreseen" in why
    assert disk.audited().count("forecast.came_true") == 1
    assert any("It came true" in text for text in disk.still.told(personal("p1")))
    disk.is_full(100.0)
    assert disk.audited().count("forecast.came_true") == 1
    section = disk.still.house.desk.reports.week(days=1).section("forecasts")
    assert section.told == "1 forecast: 1 came true."
    assert section.rows[0].case == case.number


def test_a_forecast_that_does_not_come_true_is_told_so(disk: Disk) -> None:
    disk.is_calm()
    disk.fills(78.0, 92.0)
    (ahead,) = disk.foretold()
    assert ahead.crossing.latest is not None
    while disk.still.clock.now() < ahead.crossing.latest + 30 * MINUTE:
        disk.is_full(70.0)
    told = disk.foretold()[0]
    assert told.fate == "did_not"
    assert "It did not come true" in next(one.text for one in disk.case().evidence if one.source == "forecast")
    assert disk.audited().count("forecast.did_not") == 1
    assert disk.still.told(personal("p1")) == []


def test_what_is_full_by_now_is_not_foreseen(disk: Disk) -> None:
    disk.is_calm()
    disk.fills(78.0, 92.0)
    (said,) = disk.foretold()
    episode = "sgt_full"
    with disk.still.house.journal.write() as tx:
        (seen,) = tx.sightings.where(tx.sightings.table.c.id == said.id)
        now = seen.updated_at
        met = Crossing(likely=now, earliest=now, latest=now)
        tx.sightings.put(seen.model_copy(update={"id": episode, "crossing": met}))
    Foretelling(disk.still.rooms).look(disk.still.clock.now())
    assert [one.id for one in disk.foretold()] == [said.id]
