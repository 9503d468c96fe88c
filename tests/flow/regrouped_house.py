"""A still house with alerts in it: put in as the intake does, one at a time, and looked at from all sides."""

from __future__ import annotations

import asyncio
import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from tests.flow.still_house import StillHouse

from tickless.domain.case import Case, Participant
from tickless.domain.finding import Finding
from tickless.domain.record import Untrusted
from tickless.domain.regroup import Regroup
from tickless.domain.service import Dependency, Service
from tickless.domain.signal import Signal
from tickless.flow.desk.regroup import Mover, RegroupDesk
from tickless.journal.alerts import Alert
from tickless.kit.ids import new_id

OPERATOR = Mover("p2", roles=frozenset({"operator"}))
MINUTE = dt.timedelta(minutes=1)


@dataclass
class RegroupedHouse:
    still: StillHouse

    @classmethod
    def open(cls, folder: Path) -> RegroupedHouse:
        made = cls(StillHouse.open(folder))
        made.still.house.engine.prepare()
        with made.still.house.journal.write() as tx:
            for name in ("shop", "till", "mail", "payroll", "orders-db"):
                tx.services.put(Service(id=name, name=name.title(), owner="p1" if name == "payroll" else None))
            tx.dependencies.put(
                Dependency(service="shop", needs="orders-db", source="map", last_seen=made.still.clock.now())
            )
        made.still.house.desk.renew()
        return made

    def close(self) -> None:
        self.still.house.engine.stop()
        self.still.house.journal.close()

    @property
    def desk(self) -> RegroupDesk:
        return self.still.house.desk.regroup

    @property
    def now(self) -> dt.datetime:
        return self.still.clock.now()

    def alert(
        self, name: str, *, service: str, need: str = "service_down", firing: bool = True, source: str = "prom"
    ) -> Case | None:
        """An alert comes in. Each of another service and class stands for itself where the map says nothing."""
        signal = Signal(
            id=new_id("sig"), source=source, event_key=new_id("ev"), kind="alert", fingerprint=name,
            state="firing" if firing else "resolved", occurred_at=self.now, received_at=self.now, severity="error",
            title=Untrusted(f"{name} at {service}"), labels={"service": Untrusted(service)},
        )  # fmt: skip
        finding = Finding(
            id=new_id("fnd"), signal=signal.id, act="event", kind="incident", need=need, confidence=1.0, brain="rules",
            slots={"service": service}, made_at=self.now,
        )  # fmt: skip
        rooms = self.still.rooms
        rooms.journal.signals.append([signal])
        with rooms.journal.write() as tx:
            tx.findings.put(finding)
            return rooms.correlate.alert(tx, signal, finding, now=self.now).case

    def opened(self, name: str, *, service: str, need: str = "service_down") -> Case:
        case = self.alert(name, service=service, need=need)
        assert case is not None
        return case

    def reported(self, case: Case, person: str, conversation: str) -> None:
        with self.still.house.journal.write() as tx:
            member = Participant(case=case.id, role="affected", ref=person, conversation=conversation, since=self.now)
            tx.alerts.add_participant(member)

    def merge(self, into: Case, *others: Case, by: Mover = OPERATOR, reason: str = "one cause") -> Regroup:
        return asyncio.run(self.desk.merge([one.id for one in others], into=into.id, by=by, reason=reason))

    def split(
        self, case: Case, *names: str, into: Case | None = None, by: Mover = OPERATOR, source: str = "prom"
    ) -> Regroup:
        keys = [(name, source) for name in names]
        return asyncio.run(
            self.desk.split(case.id, keys, into=into.id if into else None, by=by, reason="another cause")
        )

    def undo(self, regroup: Regroup, by: Mover = OPERATOR) -> Regroup:
        return asyncio.run(self.desk.undo(regroup.id, by=by, reason="a mistake"))

    def read(self, case: Case | str) -> Case:
        with self.still.house.journal.read() as tx:
            return tx.cases.need(case if isinstance(case, str) else case.id)

    def alerts(self, case: Case) -> set[str]:
        with self.still.house.journal.read() as tx:
            return {one.fingerprint for one in tx.alerts.of_case(case.id)}

    def row(self, name: str, source: str = "prom") -> Alert:
        with self.still.house.journal.read() as tx:
            found = tx.alerts.get(name, source)
        assert found is not None
        return found

    def people(self, case: Case) -> set[tuple[str, str]]:
        with self.still.house.journal.read() as tx:
            return {(one.ref, one.role) for one in tx.alerts.participants(case.id)}

    def posted(self) -> dict[str, str]:
        """Workflow → what it will hear."""
        with self.still.house.journal.read() as tx:
            return {one.workflow: one.message["type"] for one in tx.coordination.posted()}

    def workflows(self) -> set[str]:
        """Durable runs that were begun."""
        return {one.id for one in self.still.house.engine.pending()}
