"""Plays a week through the house: its receivers, intake, holds, correlation and decisions, on a clock that is moved. Nothing
is done to anybody: what would be done is decided and written down, and the monitors say when it is over.

`python -m bench.week_replay FOLDER` leaves the house in that folder: `tickless --data FOLDER serve` shows it.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import random
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bench.storm_play import SOURCES, START
from bench.week_disks import EVERY, Disk, make_disks, written
from bench.week_traffic import Arrival, WeekTraffic, make_week
from tickless.app.build import House, build
from tickless.app.settings import ConnectorUse, Settings
from tickless.domain.case import LIVE_STATES, Case
from tickless.domain.known import Maintenance
from tickless.domain.service import Dependency, Service
from tickless.domain.signal import Payload
from tickless.domain.world import World
from tickless.flow.case_steps import CaseSteps
from tickless.flow.ending import ends
from tickless.flow.foretelling import Foretelling
from tickless.journal.world import write_world
from tickless.kit.clock import ManualClock
from tickless.stages.measure.week import Week
from tickless.stages.sense.heartbeats import SourceRule

TICK = dt.timedelta(minutes=1)
WATCH = 5
"""Minutes between two looks at who is silent."""
QUIET = SourceRule(heartbeat=1_800, beat="Watchdog")
CRITICALITY = {"web": 1, "api": 2, "db": 2, "platform": 1}


@dataclass
class Replay:
    """A house in which a week is played. `waits`: case → when it is decided again."""

    house: House
    clock: ManualClock
    week: WeekTraffic
    tick: dt.timedelta = TICK
    """How far the clock goes at once."""
    waits: dict[str, dt.datetime] = field(default_factory=dict)
    turns: dict[str, int] = field(default_factory=dict)
    disks: list[Disk] = field(default_factory=list)
    _measured: dt.datetime | None = None
    _chance: random.Random = field(default_factory=lambda: random.Random("measured"))

    def play(self) -> Week:
        """The whole week, minute by minute; the report on it."""
        steps = CaseSteps(self.house.rooms)
        with asyncio.Runner() as runner:
            for minute, arrived in enumerate(self._minutes()):
                for payload in _payloads(arrived, at=self.clock.now()):
                    runner.run(self.house.desk.receive(payload))
                while self.house.intake.run_once():
                    pass
                self._decide(steps)
                if self._measured is None or self.clock.now() - self._measured >= EVERY:
                    self._measured = self.clock.now()
                    runner.run(self._measure())
                if minute % WATCH == 0:
                    self.house.desk.sources.look()
                    self.house.desk.sources.watch(self.clock.now())
        return self.house.desk.reports.week(days=self.week.days, until=self.clock.now())

    async def _measure(self) -> None:
        """What is measured of disks, what that foresees, and what became of what was foreseen."""
        now, desk = self.clock.now(), self.house.desk
        body = written(self.disks, now, self._chance)
        await desk.telemetry.take("metrics", lambda: body, form="remote_write_1", source="nodes")
        await asyncio.to_thread(desk.telemetry.look)
        Foretelling(self.house.rooms).look(now)

    def _minutes(self) -> Iterator[list[Arrival]]:
        waiting = iter(self.week.arrivals)
        following = next(waiting, None)
        end = max(START + dt.timedelta(days=self.week.days), self.week.arrivals[-1].at)
        while self.clock.now() < end:
            now, arrived = self.clock.advance(self.tick), list[Arrival]()
            while following is not None and following.at < now:
                arrived.append(following)
                following = next(waiting, None)
            yield arrived

    def _decide(self, steps: CaseSteps) -> None:
        """What would be done about each case that waits for it; what is over and was left to the monitors ends."""
        now = self.clock.now()
        with self.house.journal.read() as tx:
            table = tx.cases.table.c
            live = tx.cases.where(table.state.in_(sorted(LIVE_STATES)), table.door == "machine", order=table.number)
        for case in live:
            if case.state == "acting":
                self._end_if_over(case)
            elif self.waits.get(case.id, now) <= now:
                self._one(steps, case)

    def _one(self, steps: CaseSteps, case: Case) -> None:
        turn = self.turns[case.id] = self.turns.get(case.id, -1) + 1
        made = steps.decide(case.id, case.generation, turn)
        if made["kind"] == "wait":
            self.waits[case.id] = self.clock.now() + dt.timedelta(seconds=float(made["seconds"]))
        elif made["kind"] == "mute":
            steps.close(case.id, made["id"], "mute")
        elif made["kind"] == "hand_off":
            steps.hand_off(case.id, made["id"])
        elif made["kind"] != "over":
            with self.house.journal.write() as tx:
                waiting = tx.cases.need(case.id, lock=True)
                tx.cases.put(waiting.model_copy(update={"state": "acting"}))

    def _end_if_over(self, case: Case) -> None:
        now = self.clock.now()
        with self.house.journal.write() as tx:
            if any(alert.state == "firing" for alert in tx.alerts.of_case(case.id)):
                return
            found = tx.cases.need(case.id, lock=True)
            why = "Rehearsed: nothing was done, and the monitors say that it is over."
            ends.end_case(tx, found, state="resolved", outcome="assumed", now=now, why=why)


@contextmanager
def replaying(folder: Path, week: WeekTraffic) -> Iterator[Replay]:
    """A house in that folder at the beginning of the week, with the map as people drew it."""
    clock = ManualClock(START)
    connectors = {name: ConnectorUse(use="alertmanager", source=QUIET) for name in sorted(SOURCES)}
    settings = Settings(data=folder, connectors={**connectors, "deploys": ConnectorUse(use="cdevents")})
    house = build(settings, role="door", clock=clock, secret_values={})
    house.engine.prepare()
    try:
        with house.journal.write() as tx:
            write_world(tx, world_of(week))
            for number, (service, begins, ends_at) in enumerate(week.storms.maintenance):
                tx.maintenance.put(
                    Maintenance(
                        id=f"mnt_{number}",
                        service=service,
                        title=f"Work on {service}",
                        starts_at=begins,
                        ends_at=ends_at,
                    )
                )
        house.world.renew()
        yield Replay(house, clock, week, disks=make_disks(len(week.arrivals), days=week.days))
    finally:
        house.stop()


def world_of(week: WeekTraffic) -> World:
    """The records that the house is given."""
    services = [
        Service(id=name, name=name, criticality=CRITICALITY.get(node.kind, 3))
        for name, node in sorted(week.world.nodes.items())
    ]
    needs = [Dependency(service=one, needs=other, source="drawn", last_seen=START) for one, other in week.drawn]
    return World.of(services=services, dependencies=needs)


def _payloads(arrived: list[Arrival], *, at: dt.datetime) -> list[Payload]:
    """As the senders post them: alerts of a source together, deployments one by one."""
    found = []
    for source in sorted({one.source for one in arrived if one.deployed is None}):
        alerts = [_alert(one) for one in arrived if one.source == source and one.deployed is None]
        body = {
            "version": "4", "status": "firing", "receiver": "tickless", "groupKey": "{}", "groupLabels": {},
            "commonLabels": {}, "commonAnnotations": {}, "externalURL": "http://127.0.0.1", "alerts": alerts,
        }  # fmt: skip
        found.append(Payload(source=source, received_at=at, content_type="application/json", body=_json(body)))
    for one in arrived:
        if one.deployed is not None:
            told = _json(_deployment(one))
            found.append(Payload(source=one.source, received_at=at, content_type="application/json", body=told))
    return found


def _json(value: object) -> bytes:
    return json.dumps(value).encode()


def _alert(one: Arrival) -> dict[str, object]:
    alert = one.alert
    if alert is None:
        labels = {"alertname": "Watchdog", "severity": "none"}
        return {"status": "firing", "labels": labels, "annotations": {}, "startsAt": one.at.isoformat(),
                "endsAt": "0001-01-01T00:00:00Z", "fingerprint": f"watchdog-{one.source}"}  # fmt: skip
    labels = {"alertname": alert.name, "severity": alert.severity}
    labels |= {"service": alert.node} if alert.node else {}
    labels |= {"app": alert.app} if alert.app else {}
    over = alert.at.isoformat() if alert.state == "resolved" else "0001-01-01T00:00:00Z"
    return {"status": alert.state, "labels": labels, "annotations": {"summary": alert.text},
            "startsAt": alert.at.isoformat(), "endsAt": over, "fingerprint": alert.fingerprint}  # fmt: skip


def _deployment(one: Arrival) -> dict[str, object]:
    content = {"environment": {"id": "production"}, "artifactId": f"pkg:oci/{one.deployed}@sha256%3A0b31"}
    return {
        "context": {"specversion": "0.5.0", "id": f"d-{one.at.timestamp():.0f}-{one.deployed}", "source": "/ci",
                    "type": "dev.cdevents.service.deployed.0.3.0", "timestamp": one.at.isoformat()},
        "subject": {"id": one.deployed, "source": "/ci", "content": content},
    }  # fmt: skip


def main() -> None:
    """Play a week into a folder and print its report."""
    from tickless.stages.measure.week import as_markdown

    folder = Path(sys.argv[1])
    with replaying(folder, make_week(int(sys.argv[2]) if len(sys.argv) > 2 else 1)) as replay:
        sys.stdout.write(as_markdown(replay.play()))


if __name__ == "__main__":
    main()
