"""Prometheus remote-write 1.0 → a batch. Series that go on as they did the last time are recognised in runs, others by their
labels' bytes, and what is not in the common form (labels, then one sample) is read field by field.

Format: prometheus/prometheus `prompb/remote.proto`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from tickless.stages.sense.telemetry.batch import Batch, Ints
from tickless.stages.sense.telemetry.index import Book, SeriesIndex
from tickless.stages.sense.telemetry.labels import kind_of, labels_of
from tickless.stages.sense.telemetry.remote_write_samples import SAMPLE, ZERO, Request, read_sample
from tickless.stages.sense.telemetry.tape import FAILURES, SHORT, Tape
from tickless.stages.sense.telemetry.wire import BYTES, broken, fields, read_varint, skip_field, text_at


def read(body: bytes, index: SeriesIndex, book: Book) -> Batch:
    """`prometheus.WriteRequest`. Raises `PayloadRejected`."""
    one = Request(body, index, book)
    tape = book.tape(np.uint8, index.generation)
    rows = _walk(one, tape)
    if rows.slots:
        slots, starts, ends = rows.joined()
        octets = np.frombuffer(body, np.uint8)
        at = np.where(octets[np.maximum(ends - SAMPLE + 1, 0)] == SAMPLE - 2, ends - SAMPLE, ends - ZERO)
        odd = one.take(slots, at)
        for row in odd.tolist():
            _, start = read_varint(body, int(starts[row]) + 1)
            _series(one, start, int(ends[row]))
        if not len(odd) and rows.looked_up * 16 > len(slots):
            _keep(tape, octets, slots=slots, starts=starts, ends=ends, at=at)
    one.rows.into(one.batch)
    return one.batch


@dataclass
class _Rows:
    """Known series in their order: slot, and where each begins, with its tag, and ends."""

    slots: list[Ints] = field(default_factory=list)
    starts: list[Ints] = field(default_factory=list)
    ends: list[Ints] = field(default_factory=list)
    looked_up: int = 0

    def add(self, slots: list[int], starts: list[int], ends: list[int]) -> None:
        """Series that were looked up one by one; empties the lists."""
        if slots:
            self.looked_up += len(slots)
            self._add(np.array(slots, np.intp), np.array(starts, np.intp), np.array(ends, np.intp))
            for one in (slots, starts, ends):
                one.clear()

    def add_run(self, slots: Ints, at: int, ends: Ints) -> None:
        """Series that stand one after the other from `at` on."""
        self._add(slots, np.concatenate([[at], ends[:-1]]), ends)

    def _add(self, slots: Ints, starts: Ints, ends: Ints) -> None:
        self.slots.append(slots)
        self.starts.append(starts)
        self.ends.append(ends)

    def joined(self) -> tuple[Ints, Ints, Ints]:
        return np.concatenate(self.slots), np.concatenate(self.starts), np.concatenate(self.ends)


def _walk(one: Request, tape: Tape) -> _Rows:
    """All series: known ones are returned, new ones are read at once."""
    body, find, rows = one.body, one.book.places.get, _Rows()
    octets = np.frombuffer(body, np.uint8)
    slots: list[int] = []
    starts: list[int] = []
    ends: list[int] = []
    at, size, failures = 0, len(body), 0 if len(tape) else FAILURES
    while at < size:
        if body[at] != 0x0A:  # metadata and what we do not know
            at = skip_field(body, at, size)
            continue
        start, end = _content(body, at, size)
        slot = None
        if end - start > SAMPLE:
            sample = end - SAMPLE
            if body[sample + 1] != SAMPLE - 2:
                sample = end - ZERO
            slot = find(body[start:sample])
        if slot is None:
            _series(one, start, end)
            at = end
            continue
        run = tape.after(slot, octets[at:]) if failures < FAILURES and slot >= 0 else None
        if run is not None:
            failures += len(run.slots) < SHORT
        if run is not None and len(run.slots):
            rows.add(slots, starts, ends)
            rows.add_run(run.slots, at, at + run.ends)
            at += int(run.ends[-1])
        else:
            for known, place in ((slots, slot), (starts, at), (ends, end)):
                known.append(place)
            at = end
    rows.add(slots, starts, ends)
    return rows


def _content(body: bytes, at: int, size: int) -> tuple[int, int]:
    """Where the content of the field at `at` begins and ends; its length is nearly always of one or two bytes."""
    length = body[at + 1] if at + 2 < size else 0xFF
    if length < 0x80:
        start = at + 2
    elif at + 2 < size and body[at + 2] < 0x80:
        length, start = length & 0x7F | body[at + 2] << 7, at + 3
    else:
        length, start = read_varint(body, at + 1)
    if start + length > size:
        raise broken()
    return start, start + length


def _keep(tape: Tape, octets: NDArray[np.uint8], *, slots: Ints, starts: Ints, ends: Ints, at: Ints) -> None:
    """Put series whose order was not known on the tape, as they were written; their times and values are no names."""
    care = np.full(len(octets), 0xFF, np.uint8)
    care[(ends - 6)[:, None] + np.arange(6)] = 0
    care[(at[ends - at == SAMPLE] + 3)[:, None] + np.arange(8)] = 0
    if (starts[1:] == ends[:-1]).all():
        whole = slice(int(starts[0]), int(ends[-1]))
        tape.keep(slots, ends - starts, octets[whole], care[whole])
        return
    parts = [slice(*pair) for pair in zip(starts.tolist(), ends.tolist(), strict=True)]
    units, cares = (np.concatenate([array[part] for part in parts]) for array in (octets, care))
    tape.keep(slots, ends - starts, units, cares)


def _series(one: Request, start: int, end: int) -> None:
    """One series in any form."""
    body, batch = one.body, one.batch
    pairs: list[tuple[str, str]] = []
    samples: list[tuple[float, float]] = []
    last_label = start
    in_order = True
    for found in fields(body, start, end):
        if found.number == 1 and found.kind == BYTES:
            name = value = ""
            for part in fields(body, found.start, found.stop):
                if part.number == 1:
                    name = text_at(body, part)
                elif part.number == 2:
                    value = text_at(body, part)
            pairs.append((name, value))
            in_order = in_order and not samples
            last_label = found.stop
        elif found.number == 2 and found.kind == BYTES:
            samples.append(read_sample(body, found.start, found.stop))
        elif found.number == 3:
            batch.exemplars += 1
        elif found.number == 4:
            batch.histograms += 1
    labels = labels_of(pairs)
    # Only labels alone, at the beginning, are a series' name; a key that holds more would name it by its values.
    key = body[start:last_label] if in_order else b""
    slot = one.place(key, labels, kind_of(labels))
    for time, measured in samples:
        one.rows.add(slot, time, measured)
