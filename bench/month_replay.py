"""A month on record, and the same month again: what was received is read back from the journal of the first house and given
to a second one, of the same version, at the same moments."""

from __future__ import annotations

import asyncio
import datetime as dt
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bench.storm_play import SOURCES, START
from bench.suite_house import SEED
from bench.week_replay import QUIET, WATCH, Replay, _payloads, world_of
from bench.week_traffic import WeekTraffic
from tickless.app.build import House, build
from tickless.app.settings import ConnectorUse, Settings
from tickless.domain.case import LIVE_STATES
from tickless.domain.signal import Payload, Sender, Signal
from tickless.flow.case_steps import CaseSteps
from tickless.journal import tables
from tickless.journal.world import write_world
from tickless.kit.clock import ManualClock
from tickless.sample.company import make_company

TICK = dt.timedelta(minutes=5)
A_DAY = 6
"""Messages of people a day."""


@dataclass(frozen=True)
class Said:
    """One message of the human door."""

    at: dt.datetime
    sender: Sender
    text: str
    key: str


@dataclass
class Heard:
    """Everything that came in at one moment, in order."""

    payloads: list[Payload] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)


@dataclass
class Month(Replay):
    """A house in which a month is played: from a generator, or from what another house has on record."""

    tick: dt.timedelta = TICK
    recorded: dict[dt.datetime, Heard] | None = None
    said: list[Said] = field(default_factory=list)

    def go(self) -> None:
        steps = CaseSteps(self.house.rooms)
        with asyncio.Runner() as runner:
            for number, heard in enumerate(self._moments()):
                for payload in heard.payloads:
                    runner.run(self.house.desk.receive(payload))
                for one in heard.said:
                    runner.run(self.house.desk.say(one.sender, one.text, key=one.key))
                while self.house.intake.run_once():
                    pass
                self._decide(steps)
                if number % WATCH == 0:
                    self.house.desk.sources.look()
                    self.house.desk.sources.watch(self.clock.now())

    def _moments(self) -> Iterator[Heard]:
        if self.recorded is not None:
            end = max(START + dt.timedelta(days=self.week.days), self.week.arrivals[-1].at)
            while self.clock.now() < end:
                yield self.recorded.get(self.clock.advance(self.tick), Heard())
            return
        waiting = iter(self.said)
        following = next(waiting, None)
        for arrived in self._minutes():
            heard = Heard(_payloads(arrived, at=self.clock.now()))
            while following is not None and following.at <= self.clock.now():
                heard.said.append(following)
                following = next(waiting, None)
            yield heard

    def _decide(self, steps: CaseSteps) -> None:
        """Both doors; what waits for people is left alone until it is over."""
        now = self.clock.now()
        with self.house.journal.read() as tx:
            table = tx.cases.table.c
            live = tx.cases.where(table.state.in_(sorted(LIVE_STATES)), order=table.number)
        for case in live:
            if case.state == "acting":
                self._end_if_over(case)
            elif self.waits.get(case.id, now) <= now:
                self._one(steps, case)


@contextmanager
def month(
    folder: Path, week: WeekTraffic, *, recorded: dict[dt.datetime, Heard] | None = None, **given: Any
) -> Iterator[Month]:
    """An empty house in that folder with the map and the people; `given`: settings that differ."""
    clock = ManualClock(START)
    connectors = {name: ConnectorUse(use="alertmanager", source=QUIET) for name in sorted(SOURCES)}
    settings = Settings(data=folder, connectors={**connectors, "deploys": ConnectorUse(use="cdevents")}, **given)
    house = build(settings, role="door", clock=clock, secret_values={})
    house.engine.prepare()
    company = make_company(SEED)
    try:
        with house.journal.write() as tx:
            world = world_of(week)
            write_world(tx, replace(world, people={one.id: one for one in company.people},
                                    apps={one.id: one for one in company.apps}))  # fmt: skip
        house.world.renew()
        said = _messages(house, week, company.people) if recorded is None else []
        yield Month(house, clock, week, recorded=recorded, said=said)
    finally:
        house.stop()


def _messages(house: House, week: WeekTraffic, people: Any) -> list[Said]:
    """What people ask for, in the words of the runbooks' own examples, each from somebody else."""
    chance = random.Random(f"month-{SEED}")
    says = [text for _, book in sorted(house.rooms.runbooks.items()) for text in book.serves.says]
    writers = [one for one in people if one.active]
    found = []
    for number in range(A_DAY * week.days):
        person = chance.choice(writers)
        at = START + dt.timedelta(seconds=chance.uniform(0, week.days * 86_400))
        sender = Sender(channel="webchat", account=person.username, conversation=f"webchat:{person.id}:{number}",
                        person=person.id, assurance="signed_in")  # fmt: skip
        found.append(Said(at, sender, chance.choice(says), f"said-{number}"))
    return sorted(found, key=lambda one: one.at)


def on_record(house: House) -> dict[dt.datetime, Heard]:
    """What that house received, by the moment: raw payloads as they came, messages as they were said."""
    found: dict[dt.datetime, Heard] = {}
    with house.journal.log_engine.connect() as log:
        order = sa.select(tables.signals.c.body).order_by(tables.signals.c.seq)
        signals = [Signal.model_validate_json(body) for body in log.execute(order).scalars()]
    for payload in dict.fromkeys(one.payload for one in signals if one.payload):
        came = house.journal.signals.payload(payload)
        found.setdefault(came.received_at, Heard()).payloads.append(came)
    for one in signals:
        if one.sender is not None and not one.payload:
            text = (one.body or one.title).raw
            found.setdefault(one.received_at, Heard()).said.append(
                Said(one.received_at, one.sender, text, one.event_key)
            )
    return found
