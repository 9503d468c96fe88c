"""Samples of remote-write, 1.0 and 2.0 alike: those in the common form are read in arrays, any other one by one.

The common form is one sample with a time of this century: `12 10 09 <double> 10 <six bytes>`, and without the double,
`12 07 10 <six bytes>`, for zero.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tickless.stages.sense.telemetry.batch import Batch, Ints, Rows
from tickless.stages.sense.telemetry.index import Book, SeriesIndex
from tickless.stages.sense.telemetry.labels import Kind, Labels
from tickless.stages.sense.telemetry.wire import double_at, fields, signed

SAMPLE: Final = 18
ZERO: Final = 9
"""Bytes of a sample in its common form, and of one that is zero."""


@dataclass
class Request:
    """One request while it is read; `rows` are the values that came in another than the common form."""

    body: bytes
    index: SeriesIndex
    book: Book
    batch: Batch = field(default_factory=Batch)
    rows: Rows = field(default_factory=Rows)

    def place(self, key: bytes, labels: Labels, kind: Kind) -> int:
        slot = self.book.places.get(key) if key else None
        return self.index.place(self.book, key, labels, kind) if slot is None else slot

    def take(self, slots: Ints, at: Ints, *, believed: NDArray[np.bool_] | None = None) -> Ints:
        """Take in the samples that begin at those places, of the rows that are believed to hold nothing else. Returns which of
        them have another form."""
        octets = np.frombuffer(self.body + bytes(SAMPLE), np.uint8)  # so that nothing lies outside of it
        zero = octets[at + 1] == ZERO - 2
        end = at + np.where(zero, ZERO, SAMPLE)
        form = (octets[at] == 0x12) & (octets[end - 7] == 0x10)
        if believed is not None:
            form &= believed
        form &= zero | ((octets[at + 1] == SAMPLE - 2) & (octets[at + 2] == 0x09))
        time: NDArray[np.int64] = np.zeros(len(at), np.int64)
        for byte in range(6):
            part = octets[end - 6 + byte]
            form &= (part >= 0x80) if byte < 5 else (part < 0x80)
            time |= (part & 0x7F).astype(np.int64) << (7 * byte)
        values = octets[(end - 15)[:, None] + np.arange(8)].view("<f8")[:, 0]
        values = np.where(zero, 0.0, values)
        if form.all():
            self.batch.add(slots, time / 1_000, values)
            return np.zeros(0, np.intp)
        self.batch.add(slots[form], time[form] / 1_000, values[form])
        return np.flatnonzero(~form)


def read_sample(body: bytes, start: int, end: int) -> tuple[float, float]:
    """(seconds since 1970, value) of a sample's message. Raises `PayloadRejected`."""
    time, value = 0.0, 0.0
    for found in fields(body, start, end):
        if found.number == 1:
            value = double_at(body, found)
        elif found.number == 2:
            time = signed(found.value) / 1_000
    return time, value
