"""The sample company's most frequent need, from the message to the verified end: used by S5 and S6."""

from __future__ import annotations

import asyncio
import datetime as dt
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.report import CannotRun, Task
from tickless.app.build import House
from tickless.app.sample_house import SampleHouse, open_sample_house
from tickless.domain.person import Person
from tickless.domain.signal import Sender
from tickless.kit.log import configure_logging
from tickless.sample.company import make_company
from tickless.sample.estate.control import Estate

SEED = 7
PATIENCE = 60.0
WORDS = (
    "i am locked out of my account since this morning",
    "my account is locked, can you unlock it?",
    "locked out again after my holiday",
    "please unlock my account",
)


@dataclass(frozen=True)
class Unlocked:
    """Seconds from the message to the verified resolution, and from the decision to act to the first step's beginning."""

    seconds: float
    dispatch: float


@contextmanager
def sample_house() -> Iterator[SampleHouse]:
    """A started house in a running estate, both gone after the block."""
    configure_logging(level="ERROR")
    company = make_company(SEED)
    with tempfile.TemporaryDirectory() as folder, Estate.start(company, Path(folder, "estate")) as estate:
        sample = open_sample_house(estate, company, Path(folder, "data"))
        sample.house.start()
        try:
            yield sample
        finally:
            sample.house.stop()


def unlock_accounts(task: Task, sample: SampleHouse, count: int) -> list[Unlocked]:
    """One person after the other is locked out and says so."""
    people = [person for person in sample.company.people[50:] if not person.privileged][:count]
    return asyncio.run(_all(task, sample, people))


async def _all(task: Task, sample: SampleHouse, people: Sequence[Person]) -> list[Unlocked]:
    done = []
    for number, person in enumerate(people):
        sample.estate.fault("lock", person.username)
        done.append(await _one(sample.house, person, number))
        if number % 10 == 9:
            task.say(f"  {number + 1} of {len(people)}: the last one in {done[-1].seconds:.2f} s")
    return done


async def _one(house: House, person: Person, number: int) -> Unlocked:
    conversation = f"bench{number}"
    sender = Sender(
        channel="web", account=person.username, conversation=conversation, person=person.id, assurance="signed_in"
    )
    begun = dt.datetime.now(dt.UTC)
    await house.desk.say(sender, WORDS[number % len(WORDS)])
    limit = time.monotonic() + PATIENCE
    while time.monotonic() < limit:
        await asyncio.sleep(0.05)
        if (found := _end(house, conversation, begun)) is not None:
            return found
    raise CannotRun(f"the account of person {number + 1} was not unlocked within {PATIENCE:g} s")


def _end(house: House, conversation: str, begun: dt.datetime) -> Unlocked | None:
    with house.journal.read() as tx:
        case = next(iter(tx.cases.by(conversation=conversation)), None)
        if case is None or case.live or case.resolved_at is None:
            return None
        if case.outcome != "verified":
            raise CannotRun(f"a case ended {case.outcome}, not verified")
        decided = next(d.decided_at for d in tx.decisions.by(case=case.id) if d.kind == "act")
        run = tx.runs.by(case=case.id)[0]
        first = tx.receipts_of(run.id)[0].started_at
    return Unlocked((case.resolved_at - begun).total_seconds(), (first - decided).total_seconds())
