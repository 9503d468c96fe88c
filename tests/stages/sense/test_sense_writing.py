"""Groups of commits: everybody hears of their own commit, from whatever loop, whether it worked or not."""

from __future__ import annotations

import asyncio
import datetime as dt
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa

from tickless.domain.errors import NotFound, Unreachable
from tickless.domain.signal import Payload
from tickless.journal import Journal
from tickless.journal.signal_log import KeptPayload, SignalRow
from tickless.kit.ids import new_ids
from tickless.sdk.receiving import Item
from tickless.stages.sense.rows import Arrival, make_row
from tickless.stages.sense.writing import MAX_GROUP, GroupWriter

AT = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
ARRIVAL = Arrival("prometheus", AT, "pay_1")


def rows(name: str, count: int = 1) -> list[SignalRow]:
    return [
        make_row(Item(fingerprint=f"{name}-{index}", title="a title"), identity=identity, arrival=ARRIVAL)
        for index, identity in enumerate(new_ids("sig", count))
    ]


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    journal = Journal(main_url=f"sqlite:///{tmp_path}/main.db", log_url=f"sqlite:///{tmp_path}/log.db")
    journal.migrate()
    return journal


def test_callers_in_two_loops_at_once_hear_of_their_commits(journal: Journal) -> None:
    wakes: list[None] = []
    writer = GroupWriter(journal.signals.append_rows, written=lambda: wakes.append(None))

    async def many(loop: int) -> None:
        await asyncio.gather(*(writer.write(rows(f"{loop}.{n}"), None) for n in range(50)))

    with ThreadPoolExecutor(2) as loops:
        list(loops.map(lambda loop: asyncio.run(asyncio.wait_for(many(loop), 30)), range(2)))
    assert journal.signals.head() == 100
    assert wakes, "the intake is told"


async def test_who_comes_during_a_commit_shares_the_next_one(journal: Journal) -> None:
    groups: list[int] = []
    begun, going = threading.Event(), threading.Event()

    def append(found: Sequence[SignalRow], payloads: Sequence[KeptPayload]) -> None:
        groups.append(len(found))
        begun.set()
        going.wait(30)
        journal.signals.append_rows(found, payloads)

    writer = GroupWriter(append, written=lambda: None)
    first = asyncio.create_task(writer.write(rows("first"), None))
    await asyncio.to_thread(begun.wait, 30)
    others = [asyncio.create_task(writer.write(rows(f"other{n}", MAX_GROUP // 2), None)) for n in range(3)]
    await asyncio.sleep(0)
    assert not first.done(), "nobody is told before the commit"
    going.set()
    await asyncio.gather(first, *others)
    assert groups == [1, MAX_GROUP, MAX_GROUP // 2], "a group is bounded"


async def test_a_log_that_cannot_be_written_fails_its_own_callers_and_no_later_ones(journal: Journal) -> None:
    with journal.log_engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE signals RENAME TO away"))
    writer = GroupWriter(journal.signals.append_rows, written=lambda: pytest.fail("nothing was written"))
    with pytest.raises(Unreachable):
        await writer.write(rows("lost"), None)
    with journal.log_engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE away RENAME TO signals"))
    await GroupWriter(journal.signals.append_rows, written=lambda: None).write(rows("kept"), None)
    assert [logged.signal.fingerprint for logged in journal.signals.newest()] == ["kept-0"]


async def test_what_arrived_can_be_read_again_as_it_arrived(journal: Journal) -> None:
    arrived = Payload(source="prometheus", received_at=AT, headers={"user-agent": "x"}, body=b"\x00\xff[]" * 500)
    await GroupWriter(journal.signals.append_rows, written=lambda: None).write(
        rows("one"), KeptPayload("pay_1", arrived)
    )
    assert journal.signals.payload("pay_1") == arrived
    with pytest.raises(NotFound):
        journal.signals.payload("pay_2")
