"""A house in which nothing moves by itself: a test writes cases down, and calls the step that it is about."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tickless.app.build import House, build
from tickless.app.settings import Settings
from tickless.domain.case import Case, Impact
from tickless.domain.decision import ApprovalRequest, Decision, OpenQuestion
from tickless.domain.person import Person
from tickless.domain.plan import Plan, Run
from tickless.domain.record import Untrusted
from tickless.flow.rooms import Rooms
from tickless.kit.clock import ManualClock

NOW = dt.datetime(2026, 3, 2, 9, 30, tzinfo=dt.UTC)
HERE = "web:ada:1"


@dataclass
class StillHouse:
    house: House
    clock: ManualClock
    cases: int = 0

    @classmethod
    def open(cls, folder: Path) -> StillHouse:
        (folder / "runbooks").mkdir()
        clock = ManualClock(NOW)
        settings = Settings(data=folder / "data", runbooks=(folder / "runbooks",))
        made = cls(build(settings, role="door", clock=clock, secret_values={}), clock)
        with made.house.journal.write() as tx:
            for key, name in (("p1", "Ada Byron"), ("p2", "Tom Moor")):
                mail = f"{key}@larkmoor.example"
                tx.people.put(Person(id=key, username=key, name=name, email=mail, department="IT", manager="p2"))
        made.house.desk.renew()
        return made

    @property
    def rooms(self) -> Rooms:
        return self.house.desk._rooms

    def case(self, **given: Any) -> Case:
        """A case of Ada's, written down as it is given."""
        self.cases += 1
        known: dict[str, Any] = {
            "id": f"case_{self.cases}", "number": self.cases, "kind": "request", "need": "software_request",
            "title": Untrusted("An editor, please"), "subject": "person:p1", "requester": "p1", "speaker": "p1",
            "conversation": HERE, "door": "human", "impact": Impact(priority=3, reason="one person"),
            "opened_at": self.clock.now(), "updated_at": self.clock.now(),
        }  # fmt: skip
        with self.house.journal.write() as tx:
            return tx.cases.put(Case(**{**known, **given}))

    def change(self, case: Case, **given: Any) -> Case:
        with self.house.journal.write() as tx:
            return tx.cases.put(tx.cases.need(case.id).model_copy(update=given))

    def read(self, case: Case) -> Case:
        with self.house.journal.read() as tx:
            return tx.cases.need(case.id)

    def plan(self, case: Case) -> Plan:
        return Plan(case=case.id, runbook="house.test", revision="1", title="A test", effect="change", reversible=True,
                    inputs={"person": {"id": "p1", "name": "Ada Byron"}}, subject="person:p1", precheck=(), steps=(),
                    verify=(), targets=())  # fmt: skip

    def decision(self, case: Case, *, turn: int = 0, **given: Any) -> Decision:
        known: dict[str, Any] = {
            "id": f"dec_{case.id.removeprefix('case_')}_{case.generation}_{turn}", "case": case.id, "attempt": turn,
            "kind": "ask_person", "summary": "It has to be asked.", "decided_at": self.clock.now(),
        }  # fmt: skip
        with self.house.journal.write() as tx:
            return tx.decisions.put(Decision(**{**known, **given}))

    def run(self, case: Case, *, turn: int = 0) -> Run:
        plan = self.plan(case)
        run = Run(id=f"run_{case.id.removeprefix('case_')}_{case.generation}_{turn}", case=case.id, plan=plan,
                  plan_hash=plan.hash, state="running", started_at=self.clock.now())  # fmt: skip
        with self.house.journal.write() as tx:
            return tx.runs.put(run)

    def questions(self, case: Case) -> list[OpenQuestion]:
        with self.house.journal.read() as tx:
            return tx.questions.by(case=case.id)

    def approvals(self, case: Case) -> list[ApprovalRequest]:
        with self.house.journal.read() as tx:
            return tx.approvals.by(case=case.id)

    def told(self, conversation: str = HERE) -> list[str]:
        with self.house.journal.read() as tx:
            return [line.text.raw for line in tx.conversation(conversation)]
