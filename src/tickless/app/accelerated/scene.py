"""What a year is played in: the running company, a house that is built and never started, and one clock for all of it.

The estate's processes are real and live in the machine's time: what breaks in them is broken now, and what a probe reads is how
it is now. Nothing compares their clock with the house's: a certificate has so many days left, a profile is valid or not. Only
the monitor would (its alerts carry stamps), so it tells nobody; `machines.py` reads the same state in its place.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import sqlite3
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from tickless.app.build import House
from tickless.app.sample_house import SampleHouse, open_sample_house, sample_settings
from tickless.app.settings import AutonomySettings, BarSettings, ConnectorUse, MapSettings, PaceSettings, Settings
from tickless.app.shipped import shipped
from tickless.flow import names
from tickless.flow.accelerated_engine import AcceleratedEngine
from tickless.flow.shadowing import Shadowing
from tickless.kit.clock import ManualClock
from tickless.sample.company import Company
from tickless.sample.estate.control import Estate

DELIVERY = "deploys"
"""The source of change news."""
QUIET_MONITOR = 3_600.0
DATA, RUNBOOKS, ESTATE = "data", "runbooks", "estate"
BLINK = 0.3
"""Seconds."""
PACE = PaceSettings(answer=2 * 86_400.0, approval=2 * 86_400.0, first_look=7_200.0, gather=60.0, tickets=1_800.0)
MAP = MapSettings(every=86_400.0)
"""As in a real company, but looked at more seldom: resolutions after two hours, tickets that move every half hour."""


@dataclass
class Scene:
    """`house` is built and not started: the player does what its threads would."""

    sample: SampleHouse
    clock: ManualClock
    engine: AcceleratedEngine
    runner: asyncio.Runner

    def __post_init__(self) -> None:
        self._shadowing = Shadowing(self.house.rooms)

    @property
    def house(self) -> House:
        return self.sample.house

    @property
    def estate(self) -> Estate:
        return self.sample.estate

    @property
    def company(self) -> Company:
        return self.sample.company

    def do(self, work: Any) -> Any:
        """What a door would await."""
        return self.runner.run(work)

    def settle(self) -> None:
        """Let everything come as far as it can at this moment: signals, cases, tickets, and what they make of each other."""
        house = self.house
        while house.intake.run_once() + self.engine.run():
            pass

    def look_after_tickets(self) -> None:
        """Make the tickets that are wanted and bring back what was said in them."""
        if self.house.tickets.work():
            self.settle()

    def compare(self) -> None:
        """What runbooks that only watch would have done, beside what people did."""
        self._shadowing.look(self.clock.now())


def settings_of(estate: Estate, folder: Path) -> Settings:
    """A house that begins where a careful organisation would: every runbook watches until it has earned more.

    Its runbooks are those that ship, and what people of the company put into `folder`/runbooks.
    """
    own = folder / RUNBOOKS
    own.mkdir(parents=True, exist_ok=True)
    made = sample_settings(
        estate, folder / DATA, pace=PACE, default_rung="observe", map=MAP, runbooks=(shipped("runbooks"), own)
    )
    connectors = {**made.connectors, DELIVERY: ConnectorUse(use="cdevents")}
    return made.model_copy(update={"connectors": connectors})


@contextmanager
def open_scene(
    estate: Estate, company: Company, folder: Path, *, begins: dt.datetime, bar: BarSettings | None = None
) -> Iterator[Scene]:
    """Build an empty house in that running company, at that moment. `bar`: how much evidence a rung takes there, if not the
    settings'. Raises `SettingsInvalid`, `RunbookInvalid`."""
    with ExitStack() as stack:
        clock = ManualClock(begins)
        engine = AcceleratedEngine(clock, after_step=_give_it_a_moment)
        settings = settings_of(estate, folder)
        if bar is not None:
            settings = settings.model_copy(update={"autonomy": AutonomySettings(bar=bar, by_scope={})})
        sample = open_sample_house(estate, company, folder / DATA, settings=settings, clock=clock, engine=engine)
        stack.callback(sample.house.stop)
        without_waiting_for_disks(sample.house)
        sample.house.desk.mining.by_clock = False  # a thread of its own would lag behind a week that takes seconds
        yield Scene(sample, clock, engine, stack.enter_context(asyncio.Runner()))


def _give_it_a_moment(step: str, result: Any) -> None:
    """The company's processes live in real time: what does not hold yet gets a blink of it before the next look."""
    if step == names.READ and not (result["held"] if isinstance(result, dict) else all(one["held"] for one in result)):
        time.sleep(BLINK)


def without_waiting_for_disks(house: House) -> None:
    """A year that a power cut ends is played again: its commits need not wait until the disk has them."""

    def prepare(connection: sqlite3.Connection, _: object) -> None:
        connection.execute("PRAGMA synchronous=OFF")

    for engine in {house.journal.engine, house.journal.log_engine}:
        sa.event.listen(engine, "connect", prepare)
        engine.dispose()
