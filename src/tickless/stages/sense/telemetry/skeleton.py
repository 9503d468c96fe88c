"""Requests that differ from an earlier one in times and values alone: recognised whole, and read without parsing.

An exporter sends the same series every time, and OTLP gives times and values fixed widths: what is left of the bytes when
these are blanked is equal.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tickless.stages.sense.telemetry.batch import Ints

LONGEST: Final = 2_000_000
"""Bytes of a request that is remembered."""
MOST_BYTES: Final = 16_000_000
"""Bytes that are remembered of one source."""

_TIME = np.arange(-17, -9)
_VALUE = np.arange(-8, 0)
_START = np.arange(-26, -18)


@dataclass(frozen=True)
class Skeleton:
    """A request without its times and values. `after`: where each value ends; `started`: of which there is a start time."""

    blank: NDArray[np.uint8]
    slots: Ints
    after: Ints
    started: Ints
    generation: int

    @classmethod
    def of(cls, body: bytes, slots: Ints, after: Ints, *, started: Ints, generation: int) -> Skeleton:
        """Remember a request whose values are all in the common form."""
        return cls(_blanked(body, after, started), slots, after, started, generation)

    @property
    def size(self) -> int:
        """Bytes that it takes."""
        return int(self.blank.nbytes + self.slots.nbytes + self.after.nbytes + self.started.nbytes)

    def fits(self, body: bytes) -> bool:
        """Whether a request of the same length says the same but for times and values."""
        return bool(np.array_equal(self.blank, _blanked(body, self.after, self.started)))


def _blanked(body: bytes, after: Ints, started: Ints) -> NDArray[np.uint8]:
    octets = np.frombuffer(body, np.uint8).copy()
    octets[after[:, None] + _TIME] = 0
    octets[after[:, None] + _VALUE] = 0
    octets[started[:, None] + _START] = 0
    return octets
