"""Prometheus remote-write 1.0 and 2.0 → a batch. The common form of a series is read in arrays, any other one by one.

The common form is labels, then one sample with a time of this century: `12 10 09 <double> 10 <six bytes>`, and without the
double, `12 07 10 <six bytes>`, for zero.
Formats: prometheus/prometheus `prompb/remote.proto`, `prompb/io/prometheus/write/v2/types.proto`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tickless.stages.sense.telemetry.batch import Batch, Ints, Rows
from tickless.stages.sense.telemetry.index import Book, SeriesIndex
from tickless.stages.sense.telemetry.labels import Kind, Labels, kind_of, labels_of
from tickless.stages.sense.telemetry.wire import (
    BYTES,
    broken,
    double_at,
    fields,
    read_varint,
    signed,
    skip_field,
    text_at,
)

_SAMPLE: Final = 18
_ZERO: Final = 9
"""Bytes of a sample in its common form, and of one that is zero."""


@dataclass
class _Request:
    """One request while it is read; `rows` are the values that came in another than the common form."""

    body: bytes
    index: SeriesIndex
    book: Book
    batch: Batch = field(default_factory=Batch)
    rows: Rows = field(default_factory=Rows)

    def place(self, key: bytes, labels: Labels, kind: Kind) -> int:
        slot = self.book.places.get(key) if key else None
        return self.index.place(self.book, key, labels, kind) if slot is None else slot


def read_v1(body: bytes, index: SeriesIndex, book: Book) -> Batch:
    """`prometheus.WriteRequest`. Raises `PayloadRejected`."""
    one = _Request(body, index, book)
    batch = one.batch
    slots: list[int] = []
    ends: list[int] = []
    starts: list[int] = []
    begins: list[int] = []
    find = book.places.get
    at, size = 0, len(body)
    while at < size:
        if body[at] != 0x0A:  # metadata and what we do not know
            at = skip_field(body, at, size)
            continue
        length = body[at + 1] if at + 2 < size else 0xFF
        if length < 0x80:
            start = at + 2
        elif at + 2 < size and body[at + 2] < 0x80:
            length, start = length & 0x7F | body[at + 2] << 7, at + 3
        else:
            length, start = read_varint(body, at + 1)
        end = start + length
        if end > size:
            raise broken()
        sample, slot = end - _SAMPLE, None
        if length > _SAMPLE:
            if body[sample + 1] != 0x10:
                sample = end - _ZERO
            slot = find(body[start:sample])
        if slot is None:
            _series_v1(one, start, end)
        else:
            slots.append(slot)
            starts.append(start)
            ends.append(end)
            begins.append(sample)
        at = end
    if slots:
        for place in _samples(one, slots, np.array(begins, np.intp)):
            _series_v1(one, starts[place], ends[place])
    one.rows.into(batch)
    return batch


def read_v2(body: bytes, index: SeriesIndex, book: Book) -> Batch:
    """`io.prometheus.write.v2.Request`. Raises `PayloadRejected`."""
    one = _Request(body, index, book)
    parts = _parts_v2(body)
    keys = _keys_v2(parts, book)
    found = list(map(book.places.get, keys))
    slots = [slot for slot in found if slot is not None]
    at, end = np.array(parts.samples, np.intp), np.array(parts.ends, np.intp)
    known: Ints | None = None
    if len(slots) < len(found):
        for row, slot in enumerate(found):
            if slot is None:
                _series_v2(one, (parts.starts[row], parts.ends[row]), parts.symbols, keys[row])
        known = np.array([row for row, slot in enumerate(found) if slot is not None], np.intp)
        at, end = at[known], end[known]
    if slots:
        for place in _samples(one, slots, at, _alone(body, at, end)):
            row = place if known is None else int(known[place])
            _series_v2(one, (parts.starts[row], parts.ends[row]), parts.symbols, b"")
    one.rows.into(one.batch)
    return one.batch


@dataclass
class _Parts:
    """A request of 2.0 in its parts: symbols, and for each series where it stands, its labels' references as bytes (empty when
    it does not begin with them) and where its sample begins."""

    symbols: list[bytes] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    refs: list[bytes] = field(default_factory=list)
    samples: list[int] = field(default_factory=list)


def _parts_v2(body: bytes) -> _Parts:
    parts = _Parts()
    symbols, starts, ends, refs, samples = parts.symbols, parts.starts, parts.ends, parts.refs, parts.samples
    at, size = 0, len(body)
    while at < size:
        tag = body[at]
        if tag == 0x2A:
            length = body[at + 1] if at + 1 < size else 0xFF
            if length < 0x80:
                start = at + 2
            else:
                length, start = _length(body, at + 1)
            at = start + length
            if at > size:
                raise broken()
            starts.append(start)
            ends.append(at)
            if length > 1 and body[start] == 0x0A and (count := body[start + 1]) < 0x80 and count + 2 <= length:
                refs.append(body[start + 2 : start + 2 + count])
                samples.append(start + 2 + count)
            else:
                refs.append(b"")
                samples.append(at)
        elif tag == 0x22:
            length, start = _length(body, at + 1)
            at = start + length
            symbols.append(body[start:at])
        else:
            at = skip_field(body, at, size)
    if at > size:
        raise broken()
    return parts


def _alone(body: bytes, at: Ints, end: Ints) -> NDArray[np.bool_]:
    """Whether the first sample is all there is but for metadata (field 5) and a creation time (6)."""
    octets = np.frombuffer(body + bytes(_SAMPLE + 1), np.uint8)
    after = at + np.where(octets[at + 1] == _ZERO - 2, _ZERO, _SAMPLE)
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


def _samples(one: _Request, slots: list[int], at: Ints, believed: NDArray[np.bool_] | None = None) -> list[int]:
    """Take in the samples that begin at those places, of the rows that are believed to hold nothing else. Returns which of
    them have another form, for the slow way."""
    octets = np.frombuffer(one.body + bytes(_SAMPLE), np.uint8)  # so that nothing lies outside of it
    slot = np.array(slots, np.intp)
    zero = octets[at + 1] == _ZERO - 2
    end = at + np.where(zero, _ZERO, _SAMPLE)
    form = (octets[at] == 0x12) & (octets[end - 7] == 0x10)
    if believed is not None:
        form &= believed
    form &= zero | ((octets[at + 1] == _SAMPLE - 2) & (octets[at + 2] == 0x09))
    time: NDArray[np.int64] = np.zeros(len(at), np.int64)
    for byte in range(6):
        part = octets[end - 6 + byte]
        form &= (part >= 0x80) if byte < 5 else (part < 0x80)
        time |= (part & 0x7F).astype(np.int64) << (7 * byte)
    values = octets[(end - 15)[:, None] + np.arange(8)].view("<f8")[:, 0]
    values = np.where(zero, 0.0, values)
    if form.all():
        one.batch.add(slot, time / 1_000, values)
        return []
    one.batch.add(slot[form], time[form] / 1_000, values[form])
    return [int(place) for place in np.flatnonzero(~form)]


def _series_v1(one: _Request, start: int, end: int) -> None:
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
            samples.append(_sample(body, found.start, found.stop))
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


def _sample(body: bytes, start: int, end: int) -> tuple[float, float]:
    time, value = 0.0, 0.0
    for found in fields(body, start, end):
        if found.number == 1:
            value = double_at(body, found)
        elif found.number == 2:
            time = signed(found.value) / 1_000
    return time, value


def _keys_v2(parts: _Parts, book: Book) -> list[bytes]:
    """For each series: the numbers of its words as bytes; empty when they are not known that way."""
    octets = np.frombuffer(b"".join(parts.refs), np.uint8)
    if not len(octets):
        return [b""] * len(parts.refs)
    numbers, ends = _varints(octets)
    counts = np.fromiter(map(len, parts.refs), np.intp, len(parts.refs))
    stops = np.cumsum(counts)
    if (octets[stops[counts > 0] - 1] >= 0x80).any() or numbers.max() >= len(parts.symbols):
        raise broken()
    words = np.array([book.word(symbol) for symbol in parts.symbols], np.uint32)
    packed = words[numbers].tobytes()
    borders = (np.searchsorted(ends, stops, side="left") * 4).tolist()
    return [packed[begin:end] for begin, end in zip([0, *borders], borders, strict=False)]


def _varints(octets: NDArray[np.uint8]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """All varints in a row of bytes, each of at most five: (values, how many bytes lie before the end of each)."""
    last = np.flatnonzero(octets < 0x80)
    first = np.concatenate([[0], last[:-1] + 1]) if len(last) else last
    length = last - first + 1
    if len(length) and length.max() > 5:
        raise broken()
    values = np.zeros(len(last), np.int64)
    for byte in range(int(length.max(initial=0))):
        here = length > byte
        values[here] |= (octets[first[here] + byte] & 0x7F).astype(np.int64) << (7 * byte)
    return values, last


def _series_v2(one: _Request, span: tuple[int, int], symbols: list[bytes], key: bytes) -> None:
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
            samples.append(_sample(body, found.start, found.stop))
        elif found.number == 3:
            batch.histograms += 1
        elif found.number == 4:
            batch.exemplars += 1
        elif found.number == 5 and found.kind == BYTES:
            kind = _kind_v2(body, found.start, found.stop)
    if len(refs) % 2 or any(ref >= len(symbols) for ref in refs):
        raise broken()
    labels = _labels_v2(refs, symbols)
    named = kind_of(labels)
    slot = one.place(key, labels, named if named is not Kind.GAUGE or kind is None else kind)
    for time, value in samples:
        one.rows.add(slot, time, value)


def _labels_v2(refs: list[int], symbols: list[bytes]) -> Labels:
    words = [symbols[ref].decode("utf-8", "replace") for ref in refs]
    return labels_of(zip(words[::2], words[1::2], strict=True))


def _kind_v2(body: bytes, start: int, end: int) -> Kind | None:
    """By the metric's type: 1 is a counter. Others say nothing that the name does not."""
    declared = next((found.value for found in fields(body, start, end) if found.number == 1), 0)
    return Kind.COUNTER if declared == 1 else None
