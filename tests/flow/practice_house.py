"""A house for the practices: services, people with roles, an intake that is turned by hand, a clock that is moved by hand."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from tests.flow.test_holding import START, Room

from tickless.app.build import build
from tickless.app.settings import ConnectorUse, Settings
from tickless.domain.person import Person
from tickless.domain.service import Dependency, Service
from tickless.domain.world import World
from tickless.flow.desk.practices import PracticesDesk
from tickless.flow.keeping import Keeper
from tickless.journal.access import User
from tickless.journal.world import write_world
from tickless.kit.clock import ManualClock

HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)
PEOPLE = {
    "ada": "operator", "bo": "approver", "cy": "operator", "dee": "employee", "eve": "admin", "fay": "operator",
}  # fmt: skip


def person(login: str) -> Person:
    return Person(
        id=login, username=login, name=login.title(), email=f"{login}@larkmoor.example", department="IT", manager="eve"
    )


WORLD = World.of(
    people=[person(login) for login in PEOPLE],
    services=[
        Service(id="shop", name="Shop", criticality=1, owner="dee", supplier="acme", hours="daily 06:00-22:00"),
        Service(id="db", name="Database", criticality=2, owner="dee"),
        Service(id="mail", name="Mail", criticality=3, owner="cy"),
        Service(id="wiki", name="Wiki", criticality=4),
    ],
    dependencies=[Dependency(service="shop", needs="db", source="cmdb", last_seen=START)],
)


def by(login: str) -> Keeper:
    """Somebody at the desk, signed in."""
    return Keeper(login, WORLD.people[login], frozenset({PEOPLE[login]}))


class PracticeRoom(Room):
    """The same room, with the clock of the practices turned by hand, too."""

    @property
    def desk(self) -> PracticesDesk:
        return self.house.desk.practices

    def tick(self) -> None:
        """What happens by the clock, until nothing more does."""
        self.turn()
        for look in (*self.desk.looks, *self.desk.looks):
            look(self.clock.now())
        self.turn()

    def on(self, **span: float) -> None:
        """Time goes on, and the clock is looked at."""
        self.clock.advance(dt.timedelta(**span))
        self.tick()

    def answer(self, person_: str, *, approve: bool = True) -> None:
        """Somebody answers everything that waits for them."""
        front = self.house.desk
        with self.house.journal.read() as tx:
            waiting = [one.id for one in tx.approvals.by(state="pending") if person_ in one.approvers]
        assert waiting
        for one in waiting:
            front._answer_approval(one, WORLD.people[person_], approve, "seen")

    def actions(self, subject: str) -> list[str]:
        """What the record says was done with something, the oldest first."""
        with self.house.journal.read() as tx:
            return [row.action for row in reversed(tx.audit.latest(limit=1_000)) if row.subject == subject]

    def told(self, person_: str) -> list[str]:
        """What the house has told somebody."""
        with self.house.journal.read() as tx:
            return [one.text.tame(2_000) for one in tx.conversation(f"notices:{person_}")]


def open_house(
    folder: Path,
    *,
    connectors: dict[str, ConnectorUse] | None = None,
    secrets: dict[str, str] | None = None,
    **given: Any,
) -> PracticeRoom:
    """`given`: other settings, by their names."""
    (folder / "runbooks").mkdir(parents=True, exist_ok=True)
    clock = ManualClock(START)  # Monday, 2 March 2026, 09:00 UTC
    settings = Settings(data=folder / "data", runbooks=(folder / "runbooks",), connectors=connectors or {}, **given)
    made = build(settings, role="door", clock=clock, secret_values=secrets or {})
    made.engine.prepare()
    with made.journal.write() as tx:
        write_world(tx, WORLD)
        for login, role in PEOPLE.items():
            tx.access.users.put(User(id=f"user_{login}", login=login, roles=(role,), person=login))
    made.world.renew()
    return PracticeRoom(made, clock)


def close(room: PracticeRoom) -> None:
    room.house.engine.stop()
    room.house.journal.close()
