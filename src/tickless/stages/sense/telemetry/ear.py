"""What the update of the baselines leaves for whoever looks closer: two hours of every series, and all values of some.

Kept as light as the update itself: arrays, and one mask.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tickless.stages.sense.telemetry.recent import Recent

Ints = NDArray[np.intp]
Floats = NDArray[np.float64]
Heard = tuple[Ints, Floats, Floats]
MOST_HEARD: Final = 200_000
"""Values that wait to be looked at; when more come, the oldest go unseen."""


ResetBefore = Callable[[int, float], float | None]


def _never(slot: int, at: float) -> float | None:
    """No counter begins anew."""
    return None


class Ear:
    """Stands under the lock of the room."""

    def __init__(self, reset_before: ResetBefore = _never) -> None:
        """`reset_before`: when a counter began anew, if that was shortly before a time."""
        self.reset_before = reset_before
        self.recent = Recent()
        self.closely: NDArray[np.bool_] = np.zeros(0, np.bool_)
        """Slots of which every value is kept for a while."""
        self.judged: NDArray[np.bool_] = np.zeros(0, np.bool_)
        """Slots of which others than the bank say what is an anomaly."""
        self.examined: NDArray[np.bool_] = np.zeros(0, np.bool_)
        """Slots of which it is known whether they are to be looked at closely."""
        self.unseen = 0
        self._any = False
        self._heard: deque[Heard] = deque()
        self._waiting = 0

    def grow(self, room: int) -> None:
        """Make room for so many slots."""
        self.recent.grow(room)
        more = np.zeros(room - len(self.closely), np.bool_)
        self.closely = np.concatenate([self.closely, more])
        self.judged = np.concatenate([self.judged, more])
        self.examined = np.concatenate([self.examined, more])

    def forget(self, slots: Ints) -> None:
        """These places mean other series from now on."""
        self.recent.forget(slots)
        self.closely[slots] = self.judged[slots] = self.examined[slots] = False

    def hear(self, slots: Ints, times: Floats, values: Floats) -> None:
        """Values that were taken in: of one series in order of their times."""
        self.recent.note(slots, times, values)
        if not self._any:
            return
        rows = np.flatnonzero(self.closely[slots])
        if not len(rows):
            return
        self._heard.append((slots[rows], times[rows], values[rows]))
        self._waiting += len(rows)
        while self._waiting > MOST_HEARD and len(self._heard) > 1:
            gone = len(self._heard.popleft()[0])
            self._waiting -= gone
            self.unseen += gone

    def heard(self) -> list[Heard]:
        """What waits, oldest first; then nothing waits."""
        waiting, self._heard, self._waiting = list(self._heard), deque(), 0
        return waiting

    def mark(self, closely: Iterable[int], judged: Iterable[int]) -> None:
        """From now on these are kept, and these are judged by others."""
        self.closely[:] = self.judged[:] = False
        self.closely[list(closely)] = True
        self._any = bool(self.closely.any())
        self.judged[list(judged)] = True
