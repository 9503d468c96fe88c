"""What is going to happen, in order of time; what was put down first for a moment happens first."""

from __future__ import annotations

import datetime as dt
import heapq
import itertools
from collections.abc import Callable

Work = Callable[[], None]


class Agenda:
    """Each piece of work is done once, at its moment or as soon as the player looks."""

    def __init__(self) -> None:
        self._heap: list[tuple[dt.datetime, int, Work]] = []
        self._count = itertools.count()

    def at(self, moment: dt.datetime, work: Work) -> None:
        heapq.heappush(self._heap, (moment, next(self._count), work))

    def next(self) -> dt.datetime | None:
        """When the next piece is due; None when nothing is left."""
        return self._heap[0][0] if self._heap else None

    def do_due(self, now: dt.datetime) -> int:
        """Do everything that is due by now, and what that makes due; returns how much it was."""
        done = 0
        while self._heap and self._heap[0][0] <= now:
            heapq.heappop(self._heap)[2]()
            done += 1
        return done
