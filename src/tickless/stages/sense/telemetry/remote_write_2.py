"""Prometheus remote-write 2.0 → a batch. Words are numbers into a table of the request: they are turned into the numbers that
the source's book has for them, and series that go on as they did the last time are recognised in runs.

Format: prometheus/prometheus `prompb/io/prometheus/write/v2/types.proto`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tickless.stages.sense.telemetry.batch import Batch, Ints
from tickless.stages.sense.telemetry.index import Book, SeriesIndex
from tickless.stages.sense.telemetry.labels import Kind, Labels, kind_of, labels_of
from tickless.stages.sense.telemetry.remote_write_samples import SAMPLE, ZERO, Request, read_sample
from tickless.stages.sense.telemetry.tape import FAILURES, SHORT, Tape
from tickless.stages.sense.telemetry.wire import BYTES, broken, fields, read_varint, skip_field

_NEW = np.iinfo(np.intp).min
"""Stands where a series' bytes are not known."""
_SERIES = 0x2A
_SYMBOL = 0x22


def read(body: bytes, index: SeriesIndex, book: Book) -> Batch:
    """`io.prometheus.write.v2.Request`. Raises `PayloadRejected`."""
    one = Request(body, index, book)
    symbols, starts, ends = _parts(body)
    if len(starts):
        names = _names(body, starts, ends, np.array([book.word(symbol) for symbol in symbols], np.uint32))
        tape = book.tape(np.uint32, index.generation)
        slots, looked_up = _slots(names, book, tape)
        if looked_up * 16 > len(slots) and (slots != _NEW).all():
            tape.keep(slots, names.lengths, names.words, np.full(len(names.words), 0xFFFFFFFF, np.uint32))
        for row in np.flatnonzero(slots == _NEW).tolist():
            _series(one, (int(starts[row]), int(ends[row])), symbols, names.key(row))
        known = np.flatnonzero(slots != _NEW)
        at, end = names.stops[known], ends[known]
        for row in known[one.take(slots[known], at, believed=_alone(body, at, end))].tolist():
            _series(one, (int(starts[row]), int(ends[row])), symbols, b"")
    one.rows.into(one.batch)
    return one.batch


@dataclass(frozen=True)
class _Names:
    """The series of a request by their labels: `words` of all of them in a row, `lengths` how many each has, `stops` where its
    labels' bytes end. A series that does not begin with its labels has none."""

    words: NDArray[np.uint32]
    lengths: Ints
    ends: Ints
    stops: Ints

    def key(self, row: int) -> bytes:
        return self.words[int(self.ends[row] - self.lengths[row]) : int(self.ends[row])].tobytes()


def _parts(body: bytes) -> tuple[list[bytes], Ints, Ints]:
    """(symbols, where the content of each series begins, where it ends)."""
    symbols: list[bytes] = []
    starts: list[Ints] = []
    ends: list[Ints] = []
    at, size = 0, len(body)
    while at < size:
        tag = body[at]
        if tag == _SYMBOL:
            length, start = _length(body, at + 1)
            at = start + length
            symbols.append(body[start:at])
        elif tag == _SERIES:
            first, last = _row_of_series(body, at)
            starts.append(first)
            ends.append(last)
            at = int(last[-1])
        else:
            at = skip_field(body, at, size)
    if at > size:
        raise broken()
    if not starts:
        return symbols, np.zeros(0, np.intp), np.zeros(0, np.intp)
    return symbols, np.concatenate(starts), np.concatenate(ends)


def _row_of_series(body: bytes, at: int) -> tuple[Ints, Ints]:
    """(starts, ends) of the contents of series that follow each other, the first at `at`.

    Every place that could be the beginning of one knows which would be the next; what leads nowhere is none.
    """
    size = len(body)
    octets = np.frombuffer(body + bytes(2), np.uint8)
    places = np.flatnonzero(octets[at:size] == _SERIES) + at
    low, high = octets[places + 1].astype(np.intp), octets[places + 2].astype(np.intp)
    long = low >= 0x80
    starts = places + 2 + long
    ends = starts + np.where(long, low & 0x7F | high << 7, low)
    fits = (ends <= size) & ~(long & (high >= 0x80))
    if not fits[0]:  # longer than two bytes can say, or broken
        length, start = read_varint(body, at + 1)
        if start + length > size:
            raise broken()
        return np.array([start], np.intp), np.array([start + length], np.intp)
    begins = np.zeros(size + 1, np.bool_)
    begins[places] = begins[size] = True
    likely = fits & begins[np.minimum(ends, size)]
    if likely[0] and ends[likely][-1] == size and (ends[likely][:-1] == places[likely][1:]).all():
        return starts[likely], ends[likely]
    chain = _chain(places, ends, fits)
    return starts[chain], ends[chain]


def _chain(places: Ints, ends: Ints, fits: NDArray[np.bool_]) -> Ints:
    """The numbers of the places that are reached from the first one."""
    following = np.searchsorted(places, ends)
    found = (following < len(places)) & (places[np.minimum(following, len(places) - 1)] == ends) & fits
    jumps = np.where(found, following, -1).tolist()
    usable, chain, here = fits.tolist(), [], 0
    while here >= 0 and usable[here]:
        chain.append(here)
        here = jumps[here]
    return np.array(chain, np.intp)


def _names(body: bytes, starts: Ints, ends: Ints, words: NDArray[np.uint32]) -> _Names:
    octets = np.frombuffer(body + bytes(2), np.uint8)
    count = octets[starts + 1].astype(np.intp)
    plain = (ends - starts > 1) & (octets[starts] == 0x0A) & (count < 0x80) & (starts + 2 + count <= ends) & (count > 0)
    stops = np.where(plain, starts + 2 + count, ends)
    refs = octets[: len(body)][_inside(starts[plain] + 2, stops[plain], len(body))]
    lengths = np.zeros(len(starts), np.intp)
    if not len(refs):
        return _Names(np.zeros(0, np.uint32), lengths, lengths, stops)
    numbers, places = _varints(refs)
    behind = np.cumsum(count[plain])
    if (refs[behind - 1] >= 0x80).any() or numbers.max() >= len(words):
        raise broken()
    lengths[plain] = np.diff(np.searchsorted(places, behind), prepend=0) if len(places) < len(refs) else count[plain]
    return _Names(words[numbers], lengths, np.cumsum(lengths), stops)


def _slots(names: _Names, book: Book, tape: Tape) -> tuple[Ints, int]:
    """(the slot of each series, `_NEW` where its bytes are not known; how many had to be looked up)."""
    count = len(names.lengths)
    slots = np.full(count, _NEW, np.intp)
    find, packed = book.places.get, names.words.tobytes()
    borders = [0, *(names.ends * 4).tolist()]
    row, looked_up, failures = 0, 0, 0 if len(tape) else FAILURES
    while row < count:
        slot = find(packed[borders[row] : borders[row + 1]])
        run = None
        if slot is not None:
            slots[row] = slot
            if failures < FAILURES and slot >= 0:
                run = tape.after(slot, names.words[borders[row] // 4 :])
        if run is None:
            row, looked_up = row + 1, looked_up + 1
            continue
        # Units alone do not tell where a series ends: their numbers have to agree as well.
        agree = names.ends[row : row + len(run.ends)] - borders[row] // 4 == run.ends
        equal = len(agree) if agree.all() else int(agree.argmin())
        failures += equal < SHORT
        slots[row : row + equal] = run.slots[:equal]
        looked_up += not equal
        row += max(1, equal)
    return slots, looked_up


def _alone(body: bytes, at: Ints, end: Ints) -> NDArray[np.bool_]:
    """Whether the first sample is all there is but for metadata (field 5) and a creation time (6)."""
    octets = np.frombuffer(body + bytes(SAMPLE + 1), np.uint8)
    after = at + np.where(octets[at + 1] == ZERO - 2, ZERO, SAMPLE)
    beyond = octets[after]
    alone: NDArray[np.bool_] = (after == end) | ((after < end) & ((beyond == 0x2A) | (beyond == 0x30)))
    return alone


def _length(body: bytes, at: int) -> tuple[int, int]:
    """A length that is nearly always of one or two bytes. (length, where it ends)"""
    try:
        first = body[at]
        if first < 0x80:
            return first, at + 1
        second = body[at + 1]
        if second < 0x80:
            return first & 0x7F | second << 7, at + 2
    except IndexError:
        raise broken() from None
    return read_varint(body, at)


def _inside(starts: Ints, stops: Ints, size: int) -> NDArray[np.bool_]:
    """Which of so many bytes lie in one of those stretches, which follow each other."""
    borders = np.empty(2 * len(starts) + 2, np.intp)
    borders[0], borders[-1] = 0, size
    borders[1:-1:2], borders[2:-1:2] = starts, stops
    return np.repeat(np.arange(len(borders) - 1) % 2 == 1, np.diff(borders))


def _varints(octets: NDArray[np.uint8]) -> tuple[NDArray[np.integer[Any]], Ints]:
    """All varints in a row of bytes, each of at most five: (values, how many bytes lie before the end of each)."""
    more = octets >= 0x80
    if not more.any():
        return octets, np.arange(len(octets))
    last = np.flatnonzero(~more)
    values = octets[last].astype(np.int64)
    going = np.ones(len(last), np.bool_)
    for byte in range(1, 6):  # backwards: what lies before is lower
        going &= last >= byte
        going[going] = more[last[going] - byte]
        if not going.any():
            return values, last
        values[going] = values[going] << 7 | octets[last[going] - byte] & 0x7F
    raise broken()


def _series(one: Request, span: tuple[int, int], symbols: list[bytes], key: bytes) -> None:
    """One series in any form."""
    body, batch = one.body, one.batch
    refs: list[int] = []
    samples: list[tuple[float, float]] = []
    kind: Kind | None = None
    for found in fields(body, *span):
        if found.number == 1 and found.kind == BYTES:
            at = found.start
            while at < found.stop:
                number, at = read_varint(body, at)
                refs.append(number)
            if at > found.stop:
                raise broken()
        elif found.number == 1:
            refs.append(found.value)
        elif found.number == 2 and found.kind == BYTES:
            samples.append(read_sample(body, found.start, found.stop))
        elif found.number == 3:
            batch.histograms += 1
        elif found.number == 4:
            batch.exemplars += 1
        elif found.number == 5 and found.kind == BYTES:
            kind = _kind(body, found.start, found.stop)
    if len(refs) % 2 or any(ref >= len(symbols) for ref in refs):
        raise broken()
    labels = _labels(refs, symbols)
    named = kind_of(labels)
    slot = one.place(key, labels, named if named is not Kind.GAUGE or kind is None else kind)
    for time, value in samples:
        one.rows.add(slot, time, value)


def _labels(refs: list[int], symbols: list[bytes]) -> Labels:
    words = [symbols[ref].decode("utf-8", "replace") for ref in refs]
    return labels_of(zip(words[::2], words[1::2], strict=True))


def _kind(body: bytes, start: int, end: int) -> Kind | None:
    """By the metric's type: 1 is a counter. Others say nothing that the name does not."""
    declared = next((found.value for found in fields(body, start, end) if found.number == 1), 0)
    return Kind.COUNTER if declared == 1 else None
