"""OTLP metrics, protobuf → a batch. The common form of a number is read in arrays, any other one by one.

The common form is `[11 <start>] 19 <time> 21|31 <value>`, then attributes. Formats: open-telemetry/opentelemetry-proto,
`metrics/v1/metrics.proto`. A histogram or summary becomes its count and its sum, a summary's quantiles are gauges.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from tickless.stages.sense.telemetry.batch import Batch, Ints, Rows, eight_bytes
from tickless.stages.sense.telemetry.index import Book, Context, SeriesIndex
from tickless.stages.sense.telemetry.labels import NAME, Kind, labels_of
from tickless.stages.sense.telemetry.otlp_values import attribute, label_names, resource, resource_labels
from tickless.stages.sense.telemetry.skeleton import LONGEST, Skeleton
from tickless.stages.sense.telemetry.wire import (
    BYTES,
    Field,
    broken,
    double_at,
    fields,
    fixed_at,
    read_varint,
    signed_fixed_at,
    skip_field,
)

_GAUGE, _SUM, _HISTOGRAM, _EXPONENTIAL, _SUMMARY = 5, 7, 9, 10, 11
_DELTA: Final = 1
_NANO: Final = 1e-9
_VALUE_ALONE: Final = 18
_VALUE_WITH_START: Final = 27
"""Where the value of a point in the common form ends, in bytes from the beginning of the point."""


@dataclass
class _Common:
    """Values in the common form, with a start time or without: their slots, and where they end."""

    slots: list[int | None] = field(default_factory=list)
    after: list[int] = field(default_factory=list)

    def cut(self, length: int) -> None:
        del self.slots[length:], self.after[length:]


@dataclass
class _Reading:
    """One request while it is read. `quick`: what is known by its bytes is not looked at more closely, until the end."""

    index: SeriesIndex
    book: Book
    body: bytes
    quick: bool = True
    batch: Batch = field(default_factory=Batch)
    rows: Rows = field(default_factory=Rows)
    started: _Common = field(default_factory=_Common)
    plain: _Common = field(default_factory=_Common)

    def place(self, key: bytes, pairs: Iterable[tuple[str, str]], kind: Kind) -> int:
        slot = self.book.places.get(key) if key else None
        return self.index.place(self.book, key, labels_of(pairs), kind) if slot is None else slot

    def read(self) -> None:
        for outer in fields(self.body, 0, len(self.body)):
            if outer.number == 1 and outer.kind == BYTES:
                _resource_metrics(self, outer)

    def done(self) -> bool:
        """Take in what is of the common form; whether all of it really was."""
        after = np.array(self.started.after + self.plain.after, np.intp)
        slots = np.array(self.started.slots + self.plain.slots, np.intp)
        if len(slots):
            octets = np.frombuffer(self.body, np.uint8)
            value = octets[after - 9]
            form = (octets[after - 18] == 0x19) & ((value == 0x31) | (value == 0x21))
            begun = after[: len(self.started.after)]
            if not (form.all() and (octets[begun - 27] == 0x11).all()):
                return False
            self._take(slots, after)
            all_common = not (self.rows.slots or self.batch.exemplars)
            if all_common and len(self.body) <= LONGEST and self.book.repeats:
                known = Skeleton.of(self.body, slots, after, started=begun, generation=self.index.generation)
                self.book.remember(self._name(), known)
        self.rows.into(self.batch)
        return True

    def again(self) -> bool:
        """Whether it is a request that is known but for its times and values; then it is read."""
        known = self.book.skeletons.get(self._name())
        if known is None or known.generation != self.index.generation:
            return False
        if not known.fits(self.body):
            self.book.unlike += 1
            return False
        self.book.unlike = 0
        self._take(known.slots, known.after)
        return True

    def _name(self) -> tuple[int, bytes]:
        """What a request is found again by: its length and its first resource."""
        at, end = 0, len(self.body)
        for _ in range(2):
            if at >= end or self.body[at] != 0x0A:
                return len(self.body), b""
            length, at = read_varint(self.body, at + 1)
            end = min(end, at + length)
        return len(self.body), self.body[at:end]

    def _take(self, slots: Ints, after: Ints) -> None:
        whole = np.frombuffer(self.body, np.uint8)[after - 9] == 0x31
        eight = eight_bytes(self.body, after - 8)
        values = np.where(whole, eight.view("<i8")[:, 0].astype(np.float64), eight.view("<f8")[:, 0])
        self.batch.add(slots, eight_bytes(self.body, after - 17).view("<u8")[:, 0] * _NANO, values)


def read_metrics(body: bytes, index: SeriesIndex, book: Book) -> Batch:
    """`ExportMetricsServiceRequest`. Raises `PayloadRejected`."""
    book.forget_near(index.generation)
    reading = _Reading(index, book, body)
    if reading.again():
        return reading.batch
    reading.read()
    if not reading.done():
        reading = _Reading(index, book, body, quick=False)
        reading.read()
        reading.done()
    return reading.batch


@dataclass(frozen=True)
class _Metric:
    name: str
    of_resource: list[tuple[str, str]]
    kind: Kind
    context: Context

    def named(self, suffix: str, pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
        return [*self.of_resource, *label_names(pairs), (NAME, self.name + suffix)]


def _resource_metrics(reading: _Reading, outer: Field) -> None:
    body = reading.body
    inside = list(fields(body, outer.start, outer.stop))
    raw = next((body[one.start : one.stop] for one in inside if one.number == 1 and one.kind == BYTES), b"")
    of_resource = resource_labels(resource(raw, 0, len(raw)))
    for scope in inside:
        if scope.number != 2 or scope.kind != BYTES:
            continue
        for found in fields(body, scope.start, scope.stop):
            if found.number == 2 and found.kind == BYTES:
                _metric(reading, found, raw, of_resource)


def _metric(reading: _Reading, outer: Field, raw: bytes, of_resource: list[tuple[str, str]]) -> None:
    body, at, end = reading.body, outer.start, outer.stop
    name = b""
    while at < end:
        tag = body[at]
        if tag & 7 != BYTES or tag >= 0x80:
            at = skip_field(body, at, end)
            continue
        length, start = read_varint(body, at + 1)
        at = start + length
        if at > end:
            raise broken()
        number = tag >> 3
        if number == 1:
            name = body[start:at]
        elif number in (_GAUGE, _SUM):
            _numbers(reading, _Head(raw, name, of_resource, number), start, at)
        elif number in (_HISTOGRAM, _EXPONENTIAL, _SUMMARY):
            kind, points = _points(body, number, start, at)
            metric = _Head(raw, name, of_resource, number).metric(reading.book, kind)
            for point in points:
                _distribution(reading, metric, number, point)


@dataclass(frozen=True)
class _Head:
    """What comes before the points of a metric."""

    raw: bytes
    name: bytes
    of_resource: list[tuple[str, str]]
    number: int

    def metric(self, book: Book, kind: Kind) -> _Metric:
        context = book.context(self.raw + bytes((self.number, kind)) + self.name)
        return _Metric(self.name.decode("utf-8", "replace"), self.of_resource, kind, context)


def _numbers(reading: _Reading, head: _Head, start: int, end: int) -> None:
    """A gauge or sum. What a sum says of itself stands behind its points nearly always: it is believed, if it is all."""
    body, tail, kind = reading.body, 0, Kind.GAUGE
    if head.number == _SUM and end - start > 4:
        if body[end - 4] == 0x10 and body[end - 2] == 0x18:
            tail, delta, monotonic = 4, body[end - 3] == _DELTA, body[end - 1] == 1
        else:
            tail, delta, monotonic = 2 * (body[end - 2] == 0x10), body[end - 1] == _DELTA, False
        kind = Kind.DELTA if delta and tail else Kind.COUNTER if monotonic else Kind.GAUGE
    before = len(reading.started.slots), len(reading.plain.slots), len(reading.rows.slots)
    metric = head.metric(reading.book, kind)
    if reading.quick and _quick(reading, metric, start, end - tail):
        return
    reading.started.cut(before[0])
    reading.plain.cut(before[1])
    reading.rows.cut(before[2])
    kind, points = _points(body, head.number, start, end)
    metric = head.metric(reading.book, kind)
    for point in points:
        _number(reading, metric, *point)


def _quick(reading: _Reading, metric: _Metric, at: int, end: int) -> bool:
    """Read points whose attributes are known in these very bytes. False when there is anything else between them."""
    body = reading.body
    starts: list[int] = []
    stops: list[int] = []
    while at < end:
        if body[at] != 0x0A or at + 1 == end:
            return False
        length = body[at + 1]
        if length < 0x80:
            at += 2
        else:
            length, at = read_varint(body, at + 1)
        starts.append(at)
        at += length
        stops.append(at)
    if at > end:
        return False
    started = bool(starts) and body[starts[0]] == 0x11
    common, before = (reading.started, _VALUE_WITH_START) if started else (reading.plain, _VALUE_ALONE)
    after = [start + before for start in starts]
    slots = list(map(metric.context.near.get, [body[value:stop] for value, stop in zip(after, stops, strict=True)]))
    if None in slots:
        _meet(reading, metric, slots, list(zip(starts, after, stops, strict=True)))
        after = [value for value, slot in zip(after, slots, strict=True) if slot is not None]
    common.slots += [slot for slot in slots if slot is not None] if len(after) < len(slots) else slots
    common.after += after
    return True


def _meet(reading: _Reading, metric: _Metric, slots: list[int | None], points: list[tuple[int, int, int]]) -> None:
    """Look further for the points that were not near; the rest is read by itself, and stays None."""
    for row, (start, value, stop) in enumerate(points):
        if slots[row] is None:
            slots[row] = reading.book.below(metric.context, reading.body[value:stop])
        if slots[row] is None:
            _number(reading, metric, start, stop)


def _points(body: bytes, number: int, at: int, end: int) -> tuple[Kind, list[tuple[int, int]]]:
    """Where the data points stand, and how their values are to be read, by the metric's own word: monotonic sums count, those
    of deltas are shares."""
    points: list[tuple[int, int]] = []
    delta, monotonic = False, number != _SUM
    while at < end:
        tag = body[at]
        if tag == 0x0A:
            length, start = body[at + 1] if at + 1 < end else 0, at + 2
            if length >= 0x80:
                length, start = read_varint(body, at + 1)
            at = start + length
            if at > end:
                raise broken()
            points.append((start, at))
            continue
        found = next(fields(body, at, end))
        if found.number == 2 and number != _SUMMARY:
            delta = found.value == _DELTA
        elif found.number == 3 and number == _SUM:
            monotonic = bool(found.value)
        at = found.stop
    if number == _GAUGE or not (delta or monotonic):
        return Kind.GAUGE, points
    return Kind.DELTA if delta else Kind.COUNTER, points


def _number(reading: _Reading, metric: _Metric, start: int, stop: int) -> None:
    body, time, value = reading.body, 0.0, float("nan")
    pairs: list[tuple[str, str]] = []
    key, plain = b"", True
    for found in fields(body, start, stop):
        if found.number == 3:
            time = fixed_at(body, found) * _NANO
        elif found.number == 4:
            value = double_at(body, found)
        elif found.number == 6:
            value = float(signed_fixed_at(body, found))
        elif found.number == 7 and found.kind == BYTES:
            pairs.append(attribute(body, found.start, found.stop))
        elif found.number == 5:
            reading.batch.exemplars += 1
            plain = False
        elif found.number == 8 and found.value & 1:
            return  # no value was recorded
        if found.number in (4, 6):
            key = metric.context.prefix + body[found.stop : stop]
        elif found.number not in (2, 3, 7, 8) or (found.number in (2, 3) and key):
            plain = False  # its bytes say more than its name
    if not plain:
        key = b""
    reading.rows.add(reading.place(key, metric.named("", pairs), metric.kind), time, value)


def _distribution(reading: _Reading, metric: _Metric, kind: int, point: tuple[int, int]) -> None:
    """Histogram, exponential histogram and summary: their fields differ in the number of the attributes alone."""
    body, time, total = reading.body, 0.0, None
    count: float | None = None
    pairs: list[tuple[str, str]] = []
    quantiles: list[tuple[float, float]] = []
    attributes = {_HISTOGRAM: 9, _EXPONENTIAL: 1, _SUMMARY: 7}[kind]
    for found in fields(body, *point):
        if found.number == attributes and found.kind == BYTES:
            pairs.append(attribute(body, found.start, found.stop))
        elif found.number == 3:
            time = fixed_at(body, found) * _NANO
        elif found.number == 4:
            count = float(fixed_at(body, found))
        elif found.number == 5:
            total = double_at(body, found)
        elif found.number == 6 and kind == _SUMMARY and found.kind == BYTES:
            parts = {part.number: double_at(body, part) for part in fields(body, found.start, found.stop)}
            quantiles.append((parts.get(1, 0.0), parts.get(2, 0.0)))
    reading.batch.histograms += 1
    for suffix, value in (("_count", count), ("_sum", total)):
        if value is not None:
            reading.rows.add(reading.place(b"", metric.named(suffix, pairs), metric.kind), time, value)
    for quantile, value in quantiles:
        named = metric.named("", [*pairs, ("quantile", repr(quantile))])
        reading.rows.add(reading.place(b"", named, Kind.GAUGE), time, value)
