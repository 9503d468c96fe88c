"""Several processes on one PostgreSQL: one dies, one is paused, one is stopped; the others go on, and nothing happens twice."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

import pytest
from tests.chaos.conftest import FREE, Server, Spawn
from tests.journal.databases import empty
from tests.waiting import until

from tickless.app.build import House
from tickless.app.sample_house import open_sample_house
from tickless.domain.person import Person
from tickless.domain.signal import Sender
from tickless.sample.company import Company
from tickless.sample.estate.control import Estate

pytestmark = [pytest.mark.chaos, pytest.mark.server("postgres")]


@pytest.fixture
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with empty("postgres", tmp_path, request) as urls:
        yield urls.main


@pytest.fixture
def door(estate: Estate, company: Company, tmp_path: Path, database: str) -> Iterator[House]:
    """The process that only takes in: the test's own."""
    house = open_sample_house(estate, company, tmp_path / "data", role="door", database=database).house
    house.start()
    yield house
    house.stop()


def ask(house: House, person: Person, text: str) -> None:
    sender = Sender(channel="web", account=person.id, conversation=f"talk:{person.id}", person=person.id,
                    assurance="signed_in")  # fmt: skip
    asyncio.run(house.desk.say(sender, text))


def worker(spawn: Spawn, database: str, name: str, **given: object) -> Server:
    server = spawn(name, database=database, role="worker", dead_after=4.0, **given)
    until(lambda: server.read("pid"), f"worker {name} starts: {server.read('log')[-500:]}")
    return server


def outcomes(house: House) -> list[str | None]:
    with house.journal.read() as tx:
        return [case.outcome for case in tx.cases.where()]


def all_verified(house: House, count: int) -> None:
    until(lambda: outcomes(house) == ["verified"] * count, lambda: f"{count} verified: {outcomes(house)}")


def each_once(house: House, estate: Estate, people: list[Person]) -> None:
    done = sorted((one.operation, one.target) for one in estate.effects())
    assert done == sorted(("directory.add_to_group", f"{person.username}/app-{FREE}") for person in people)
    until(lambda: not house.engine.pending(), "every durable run has ended")
    assert [(one.check, one.detail) for one in house.desk.doctor() if not one.ok] == []


def test_a_door_and_a_worker_are_one_house(
    spawn: Spawn, door: House, estate: Estate, database: str, strangers: Iterator[Person]
) -> None:
    people = list(islice(strangers, 2))
    ask(door, people[0], "I need access to Lantern Meet")
    assert outcomes(door) == [], "a door takes in; it does not work"
    worker(spawn, database, "one")
    ask(door, people[1], "please give me Lantern Meet")
    all_verified(door, 2)
    each_once(door, estate, people)


def asked_until(holds: Callable[[], object], door: House, strangers: Iterator[Person], asked: list[Person]) -> None:
    """One after the other asks, until the armed worker was the one that got a case: the other one ends its own."""
    for person in islice(strangers, 30):
        ask(door, person, "I need access to Lantern Meet")
        asked.append(person)
        until(lambda: holds() or outcomes(door) == ["verified"] * len(asked), lambda: str(outcomes(door)))
        if holds():
            return
    raise AssertionError("the armed worker never came to an effect")


def test_what_a_killed_worker_left_is_taken_over(
    spawn: Spawn, door: House, estate: Estate, database: str, strangers: Iterator[Person]
) -> None:
    first = worker(spawn, database, "first", kinds=["effect"])
    worker(spawn, database, "second")
    asked: list[Person] = []
    asked_until(lambda: first.process.poll() is not None, door, strangers, asked)
    assert first.points[0][0] == "effect", "it died between the effect and its receipt"
    all_verified(door, len(asked))
    each_once(door, estate, asked)
    with door.journal.read() as tx:
        taken = [row for row in tx.audit.rows(limit=10_000) if row.action == "node.taken_over"]
        alive = [node.role for node in tx.coordination.nodes()]
    assert [row.detail["runs"] > 0 for row in taken] == [True]
    assert sorted(alive) == ["door", "worker"]


@pytest.mark.parametrize("point", ["before", "effect"])
def test_a_paused_worker_that_wakes_after_the_takeover_does_nothing_twice(
    spawn: Spawn, door: House, estate: Estate, database: str, strangers: Iterator[Person], point: str
) -> None:
    """It stops right before or right after an effect, sleeps through its own death, and goes on where it was."""
    first = worker(spawn, database, "first", kinds=[point], deaths=1, signal="SIGSTOP")
    worker(spawn, database, "second")
    asked: list[Person] = []
    asked_until(lambda: first.points, door, strangers, asked)
    all_verified(door, len(asked))
    assert first.process.poll() is None
    before = _nodes(door)
    first.signal_life(signal.SIGCONT)
    until(lambda: len(_nodes(door) - before) == 1, "the paused worker is back and says so")
    person = next(strangers)
    ask(door, person, "I need access to Lantern Meet")
    all_verified(door, len(asked) + 1)
    time.sleep(2)  # the sleeper had its chance
    each_once(door, estate, [*asked, person])
    with door.journal.read() as tx:
        begun = [row.detail["key"] for row in tx.audit.rows(limit=10_000) if row.action == "act.begin"]
        ended = [case.state for case in tx.cases.where()]
    assert len(begun) == len(set(begun))
    assert set(ended) == {"resolved"}


def _nodes(house: House) -> set[str]:
    with house.journal.read() as tx:
        return {node.id for node in tx.coordination.nodes()}


def test_what_a_stopped_worker_waited_for_is_heard_by_the_next(
    spawn: Spawn, door: House, estate: Estate, database: str, strangers: Iterator[Person]
) -> None:
    """An orderly stop with an approval pending: the next process goes on with the run."""
    person = next(strangers)
    first = worker(spawn, database, "first")
    ask(door, person, "I need access to Driftview")

    def pending() -> list[str]:
        with door.journal.read() as tx:
            return [one.id for one in tx.approvals.by(state="pending")]

    until(pending, "the approval is asked for")
    first.signal_life(signal.SIGTERM)
    assert first.wait(30) == 0
    worker(spawn, database, "second")
    with door.journal.read() as tx:
        asked = tx.approvals.need(pending()[0])
    approver = door.rooms.world().people[asked.approvers[0]]
    asyncio.run(door.desk.answer_approval(asked.id, by=approver, user="u", approve=True, reason="fine"))
    all_verified(door, 1)
