"""In which order the series of a source came, and how they were written: a request is likely to go on as an earlier one did.

A sender cuts its stream anew for every request, but targets are scraped one after the other and tell their series in one order.
Whatever follows a known series is therefore compared with what followed it the last time, whole runs at once; what differs is
looked up by itself. A run is believed only where every unit of its names is equal.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tickless.stages.sense.telemetry.batch import Ints

MOST_BYTES: Final = 32_000_000
"""Of one tape; when it is full it begins anew."""
FAILURES: Final = 16
"""Runs shorter than `SHORT` in one request after which order is no longer expected of it."""
SHORT: Final = 8
_FIRST_ROOM: Final = 4_096
_A_LOOK: Final = 2_048
"""Units that are compared before all the others are: most runs that break, break soon."""


class Run(NamedTuple):
    """Series that go on as they did: their slots, and where each ends, in units from the beginning of the run."""

    slots: Ints
    ends: Ints


class Tape:
    """Series in the order in which they came, each with the units (bytes, or numbers of words) that it was written in.

    Holds for one `generation` of the index: afterwards a slot may be another series.
    """

    def __init__(self, dtype: type[np.unsignedinteger[Any]], generation: int) -> None:
        self.generation = generation
        self._units: NDArray[Any] = np.zeros(0, dtype)
        self._care: NDArray[Any] = np.zeros(0, dtype)
        self._ends: Ints = np.zeros(0, np.intp)
        self._slots: Ints = np.zeros(0, np.intp)
        self._row_of: Ints = np.zeros(0, np.intp)
        self._rows = 0
        self._used = 0

    def __len__(self) -> int:
        return self._rows

    @property
    def size(self) -> int:
        """Bytes that it takes."""
        return int(2 * self._units.nbytes + self._ends.nbytes + self._slots.nbytes + self._row_of.nbytes)

    def after(self, slot: int, units: NDArray[Any]) -> Run | None:
        """How far these units go on as they did when the series was last written, beginning with the series itself.

        None when it is not on the tape.
        """
        row = int(self._row_of[slot]) if 0 <= slot < len(self._row_of) else -1
        if not 0 <= row < self._rows or self._slots[row] != slot:
            return None
        first = int(self._ends[row - 1]) if row else 0
        length = min(len(units), self._used - first)
        equal = self._equal(units[: min(_A_LOOK, length)], first)
        if equal == _A_LOOK:
            equal = self._equal(units[:length], first)
        stop = int(np.searchsorted(self._ends[: self._rows], first + equal, side="right"))
        return Run(self._slots[row:stop], self._ends[row:stop] - first)

    def _equal(self, units: NDArray[Any], first: int) -> int:
        """How many of the units are as they stand on the tape from `first`, values aside."""
        known = slice(first, first + len(units))
        differs = np.bitwise_xor(units, self._units[known])
        differs &= self._care[known]
        unlike = differs != 0
        place = int(unlike.argmax()) if len(unlike) else 0
        return place if len(unlike) and unlike[place] else len(units)

    def keep(self, slots: Sequence[int] | Ints, lengths: Ints, units: NDArray[Any], care: NDArray[Any]) -> None:
        """Put a request on it. `care`: all bits set where units are to be equal, none where they are values."""
        count, size = len(slots), len(units)
        if 2 * (self._used + size) * self._units.itemsize > MOST_BYTES:
            self._rows = self._used = 0
            if 2 * size * self._units.itemsize > MOST_BYTES:
                return
        self._make_room(self._rows + count, self._used + size)
        here = slice(self._rows, self._rows + count)
        self._units[self._used : self._used + size] = units
        self._care[self._used : self._used + size] = care
        self._slots[here] = slots
        self._ends[here] = self._used + np.cumsum(lengths)
        placed = self._slots[here]
        highest = int(placed.max(initial=-1))
        if highest >= len(self._row_of):
            more = max(highest + 1, 2 * len(self._row_of)) - len(self._row_of)
            self._row_of = np.concatenate([self._row_of, np.full(more, -1, np.intp)])
        rows = np.arange(self._rows, self._rows + count)
        self._row_of[placed[placed >= 0]] = rows[placed >= 0]
        self._rows += count
        self._used += size

    def _make_room(self, rows: int, units: int) -> None:
        self._ends, self._slots = _grown(self._ends, rows), _grown(self._slots, rows)
        self._units, self._care = _grown(self._units, units), _grown(self._care, units)


def _grown(array: NDArray[Any], wanted: int) -> NDArray[Any]:
    if wanted <= len(array):
        return array
    room = max(_FIRST_ROOM, wanted, 2 * len(array))
    return np.concatenate([array, np.zeros(room - len(array), array.dtype)])
