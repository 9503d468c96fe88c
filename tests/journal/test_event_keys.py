"""Each event once, however its key is known: in memory, in the index, or to another process alone."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.journal.conftest import wipe
from tests.journal.samples import signal

from tickless.journal import Journal, tables
from tickless.journal.signal_log import SignalLog

batches = st.lists(st.tuples(st.integers(0, 1), st.lists(st.integers(0, 15), max_size=6)), max_size=10)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches=batches, merge_from=st.integers(1, 7))
def test_two_processes_keep_each_event_once(
    journal: Journal, batches: list[tuple[int, list[int]]], merge_from: int
) -> None:
    """Two logs over one database stand for two processes: what one of them merged or appended the other must know."""
    wipe(journal)
    logs = [SignalLog(journal.log_engine, merge_from=merge_from) for _ in range(2)]
    first: dict[int, str] = {}
    for process, keys in batches:
        made = [signal(event_key=str(key)) for key in keys]
        for key, one in zip(keys, made, strict=True):
            first.setdefault(key, one.id)
        logs[process].append(made)
    assert [(int(one.signal.event_key), one.signal.id) for one in journal.signals.after(0)] == list(first.items())
    for key, identity in first.items():
        for log in logs:
            found = log.by_event("monitor", str(key))
            assert found is not None
            assert found.signal.id == identity
    assert logs[0].by_event("monitor", "never sent") is None
    assert logs[0].by_event("another", "0") is None


def test_keys_go_into_the_index_many_at_a_time(journal: Journal) -> None:
    """What is merged is known after a start, and what is not merged is read from the log."""
    log = SignalLog(journal.log_engine, merge_from=100)
    for number in range(5):
        log.append([signal(event_key=f"{number}:{one}") for one in range(60)])
    with journal.log_engine.connect() as connection:
        merged = len(connection.execute(tables.event_keys.select()).all())
    assert 0 < merged < 300
    again = SignalLog(journal.log_engine, merge_from=100)
    again.append([signal(event_key=f"{number}:{one}") for number in range(5) for one in range(60)])
    assert len(journal.signals.after(0)) == 300
