"""What was read of a request: values with their series and times, as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.intp]
Floats = NDArray[np.float64]


@dataclass
class Batch:
    """Values of one source. `slots` may hold `REFUSED` and `PASSED`; `times` are seconds since 1970 by the sender's clock."""

    slots: list[Ints] = field(default_factory=list)
    times: list[Floats] = field(default_factory=list)
    values: list[Floats] = field(default_factory=list)
    histograms: int = 0
    exemplars: int = 0

    def add(
        self, slots: Sequence[int] | Ints, times: Sequence[float] | Floats, values: Sequence[float] | Floats
    ) -> None:
        """Append some."""
        self.slots.append(np.asarray(slots, np.intp))
        self.times.append(np.asarray(times, np.float64))
        self.values.append(np.asarray(values, np.float64))

    def joined(self) -> tuple[Ints, Floats, Floats]:
        """(slots, times, values), in the order in which they came."""
        if len(self.slots) == 1:
            return self.slots[0], self.times[0], self.values[0]
        if not self.slots:
            return np.zeros(0, np.intp), np.zeros(0), np.zeros(0)
        return np.concatenate(self.slots), np.concatenate(self.times), np.concatenate(self.values)


@dataclass
class Rows:
    """A few values, one by one: for what has no quick way."""

    slots: list[int] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    values: list[float] = field(default_factory=list)

    def add(self, slot: int, time: float, value: float) -> None:
        self.slots.append(slot)
        self.times.append(time)
        self.values.append(value)

    def cut(self, length: int) -> None:
        """Take back what came after so many."""
        del self.slots[length:], self.times[length:], self.values[length:]

    def into(self, batch: Batch) -> None:
        if self.slots:
            batch.add(self.slots, self.times, self.values)


def eight_bytes(body: bytes, at: Ints) -> NDArray[np.uint8]:
    """The eight bytes at each place, as rows that may be viewed as numbers."""
    octets: NDArray[np.uint8] = np.frombuffer(body, np.uint8)[at[:, None] + np.arange(8)]
    return octets
