"""The signal log: append-only, each event once, in an order that no reader's cursor can miss, with a quarantine."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.journal.conftest import wipe
from tests.journal.databases import Urls
from tests.journal.samples import NOW, SECOND, signal

from tickless.domain.errors import NotFound, Unreachable
from tickless.domain.record import Untrusted
from tickless.domain.signal import Payload, Sender
from tickless.journal import Journal
from tickless.journal.signal_log import KeptPayload


def test_what_is_appended_is_read_in_order_and_never_twice(journal: Journal) -> None:
    first = [signal(event_key=f"k{number}") for number in range(5)]
    journal.signals.append(first)
    journal.signals.append([signal(event_key="k3"), signal(event_key="k3", source="another"), signal(event_key="k5")])
    read = journal.signals.after(0)
    assert [one.signal.event_key for one in read] == ["k0", "k1", "k2", "k3", "k4", "k3", "k5"]
    assert [one.signal for one in read[:5]] == first
    assert [one.seq for one in read] == sorted({one.seq for one in read})
    assert journal.signals.head() == read[-1].seq
    assert journal.signals.after(read[1].seq, limit=2) == read[2:4]
    assert journal.signals.newest(before=read[2].seq, limit=5) == [read[1], read[0]]
    assert journal.signals.get(first[2].id) == first[2]
    with pytest.raises(NotFound):
        journal.signals.get("sig_of_nobody")


def test_a_signal_comes_back_with_all_that_it_had(journal: Journal) -> None:
    sender = Sender(channel="web", account="ann", conversation="c", person="p1", assurance="signed_in", via="p2")
    whole = signal(kind="message", severity="error", body=Untrusted("bo\ndy"), labels={"a": Untrusted("\u202eb")},
                   link=Untrusted("http://x"), sender=sender, payload="pay_1", occurred_at=NOW - SECOND / 3)  # fmt: skip
    journal.signals.append([whole])
    assert journal.signals.get(whole.id) == whole


def test_all_or_nothing(journal: Journal) -> None:
    payload = Payload(source="monitor", received_at=NOW, body=b"\x00\xff")
    kept = KeptPayload("pay_1", payload)
    journal.signals.append([signal()], [kept])
    with pytest.raises(Unreachable):
        journal.signals.append([signal(), signal()], [kept])
    assert len(journal.signals.after(0)) == 1


def test_a_log_that_cannot_be_written_says_so(urls: Urls) -> None:
    journal = urls.open()
    with pytest.raises(Unreachable):
        journal.signals.append([signal()])
    journal.close()


events = st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 12)), max_size=12)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches=st.lists(events, max_size=6))
def test_each_event_is_kept_once_and_the_first_stays(journal: Journal, batches: list[list[tuple[str, int]]]) -> None:
    wipe(journal)
    first: dict[tuple[str, str], str] = {}
    for batch in batches:
        made = [signal(source=source, event_key=str(key)) for source, key in batch]
        for one in made:
            first.setdefault((one.source, one.event_key), one.id)
        journal.signals.append(made)
    stored = [one.signal for one in journal.signals.after(0)]
    assert [((one.source, one.event_key), one.id) for one in stored] == list(first.items())


def test_a_reader_behind_many_writers_misses_nothing(journal: Journal) -> None:
    """A row that commits late must not appear below a cursor that has passed already."""
    writers, each = 8, 25
    done = threading.Event()
    read: list[str] = []

    def follow() -> None:
        position = 0
        while True:
            last_round = done.is_set()
            batch = journal.signals.after(position, limit=7)
            read.extend(one.signal.event_key for one in batch)
            position = batch[-1].seq if batch else position
            if last_round and not batch:
                return

    def append(writer: int) -> None:
        for number in range(each):
            journal.signals.append([signal(event_key=f"{writer}:{number}:{part}") for part in range(2)])

    reader = threading.Thread(target=follow)
    reader.start()
    with ThreadPoolExecutor(writers) as pool:
        list(pool.map(append, range(writers)))
    done.set()
    reader.join(timeout=60)
    assert len(read) == writers * each * 2
    assert set(read) == {f"{w}:{n}:{part}" for w in range(writers) for n in range(each) for part in range(2)}


@pytest.mark.server("postgres")
def test_a_writer_that_dawdles_holds_the_others_back(postgres_database: str) -> None:
    """PostgreSQL hands out numbers before the commit: without the lock, the second writer's row would be seen first."""
    journal = Urls(postgres_database, postgres_database).open()
    journal.migrate()
    entered, go = threading.Event(), threading.Event()

    def dawdle(*_: Any) -> None:
        if threading.current_thread().name == "slow":
            entered.set()
            go.wait(20)

    sa.event.listen(journal.log_engine, "commit", dawdle)
    slow = threading.Thread(target=journal.signals.append, args=([signal(event_key="slow")],), name="slow")
    slow.start()
    assert entered.wait(20)
    quick = threading.Thread(target=journal.signals.append, args=([signal(event_key="quick")],))
    quick.start()
    quick.join(0.5)
    assert journal.signals.after(0) == []
    go.set()
    slow.join(20)
    quick.join(20)
    assert [one.signal.event_key for one in journal.signals.after(0)] == ["slow", "quick"]
    journal.close()


def test_the_quarantine_keeps_what_arrived_until_it_is_replayed(journal: Journal) -> None:
    payload = Payload(
        source="monitor", received_at=NOW, content_type="text/plain", headers={"x": "y"}, body=b"\x00\xfe"
    )
    ids = [journal.signals.put_aside(payload, reason="no JSON\x00", mend="send JSON") for _ in range(3)]
    newest = journal.signals.quarantined(limit=2)
    assert [one.size for one in newest] == [2, 2]
    rest = journal.signals.quarantined(before=newest[-1].id)
    assert sorted(one.id for one in (*newest, *rest)) == sorted(ids)
    assert journal.signals.quarantined_payload(ids[0]) == payload
    journal.signals.mark_replayed(ids[0], at=NOW + SECOND)
    replayed = {one.id: one.replayed_at for one in journal.signals.quarantined()}
    assert replayed == {ids[0]: NOW + SECOND, ids[1]: None, ids[2]: None}
    with pytest.raises(NotFound):
        journal.signals.quarantined_payload("qua_of_nobody")
