"""Series that go on as they did are recognised in runs: whatever order they come in, the same is read as without it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from bench.prometheus_messages import write_v1, write_v2
from hypothesis import given, settings
from hypothesis import strategies as st

from tickless.stages.sense.telemetry import remote_write_1, remote_write_2
from tickless.stages.sense.telemetry.batch import Batch
from tickless.stages.sense.telemetry.index import Book, SeriesIndex
from tickless.stages.sense.telemetry.tape import Tape

MS = 1_770_000_000_000
MOST = 60
Read = Callable[[bytes, SeriesIndex, Book], Batch]
FORMS: dict[str, tuple[Callable[..., bytes], Read]] = {
    "1.0": (write_v1, remote_write_1.read),
    "2.0": (write_v2, remote_write_2.read),
    "2.0 with metadata": (lambda sent: write_v2(sent, kind=2), remote_write_2.read),
}


def name(number: int) -> tuple[tuple[str, str], ...]:
    """Every third is passed, for it is a bucket; names are of different lengths, some long, some many."""
    more = tuple((f"l{place}", f"v{number + place}") for place in range(number % 4))
    return (
        ("__name__", f"m{number}" + ("_bucket" if number % 3 == 2 else "")),
        ("path", "/x" * (number * 7 % 90)),
        *more,
    )


def read_all(read: Read, body: bytes, index: SeriesIndex) -> list[tuple[str, float, float]]:
    """(what the place stands for, time, value), in any order."""
    slots, times, values = read(body, index, index.book("one", "")).joined()
    said = [index.series[slot] if slot >= 0 else None for slot in slots.tolist()]
    names = [str(one.labels) if one else str(slot) for one, slot in zip(said, slots.tolist(), strict=True)]
    return sorted(zip(names, times.tolist(), values.tolist(), strict=True))


runs = st.lists(st.tuples(st.integers(0, MOST - 1), st.integers(1, MOST)), min_size=1, max_size=4)
values = st.sampled_from([0.0, 1.0, -2.5, 1e300, float("inf")])
rooms = st.sampled_from([15, 1_000])


@pytest.mark.parametrize("form", FORMS)
@settings(max_examples=50)
@given(data=st.data(), room=rooms)
def test_whatever_goes_on_or_not_is_read_alike(form: str, data: st.DataObject, room: int) -> None:
    write, read = FORMS[form]
    index = SeriesIndex(most=room, most_of_source=room, grown=lambda room: None)
    plain = SeriesIndex(most=room, most_of_source=room, grown=lambda room: None)
    for turn in range(5):
        order = [number % MOST for first, count in data.draw(runs) for number in range(first, first + count)]
        sent = [(name(number), [(MS + turn * 1_000 + number, data.draw(values))]) for number in order]
        if data.draw(st.booleans()):
            sent.insert(data.draw(st.integers(0, len(sent))), (name(7), [(MS, 1.0), (MS + 1, 2.0)]))
        plain.book("one", "").order = None  # so that nothing is known of any order
        assert read_all(read, write(sent), index) == read_all(read, write(sent), plain)
        if data.draw(st.booleans()):
            cold = data.draw(st.integers(0, len(index.seen)))
            for each in (index, plain):
                each.seen[cold:] = 1.0
                each.now = 5.0
                each.evict(before=2.0)


def test_a_tape_that_is_full_begins_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tickless.stages.sense.telemetry.tape.MOST_BYTES", 64)
    tape = Tape(np.uint8, generation=0)
    units, care = np.arange(20, dtype=np.uint8), np.full(20, 0xFF, np.uint8)
    for _ in range(3):
        tape.keep([3, 4], np.array([12, 8]), units, care)
        assert len(tape) == 2
        found = tape.after(4, units[12:])
        assert found is not None
        assert (found.slots.tolist(), found.ends.tolist()) == ([4], [8])
    assert tape.after(9, units) is None
    tape.keep([5], np.array([60]), np.zeros(60, np.uint8), np.zeros(60, np.uint8))
    assert len(tape) == 0
    assert tape.after(4, units) is None
