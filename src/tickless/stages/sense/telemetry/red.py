"""Rate, errors and duration of every service and every call, by the minute, for the last hour and a half. Bounded memory.

(T. Wilkie's RED method.) A service is measured where it is entered: by its server and consumer spans, or by those without a
parent; what sends no spans of its own, such as a database, by the calls of those who do.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tickless.stages.sense.telemetry.records import Span

MINUTES: Final = 90
MOST: Final = 4_000
"""Services and calls together; what was seen least lately is forgotten first."""
SERVER, CONSUMER = 2, 5
Key = tuple[str, str]
"""(caller, callee); ("", service) for a service."""
F64 = NDArray[np.float64]


@dataclass(frozen=True)
class Traffic:
    """By the minute, oldest first, the last column the minute of `at` (which is not over yet). Rows: `keys`; values: how
    often, how often it failed, seconds all together."""

    at: float
    keys: tuple[Key, ...]
    count: F64
    errors: F64
    seconds: F64


class Red:
    """Counts. Not safe between threads. Times are seconds since 1970."""

    def __init__(self) -> None:
        self._slots: OrderedDict[Key, int] = OrderedDict()
        self._values = np.zeros((0, MINUTES, 3), dtype=np.float32)
        self._minute = np.zeros((0, MINUTES), dtype=np.int64)

    def entered(self, span: Span) -> None:
        """A span of a service; only those by which it is entered count."""
        if span.kind in (SERVER, CONSUMER) or not span.parent:
            self._add(("", span.service), span)

    def called(self, caller: str, callee: str, span: Span) -> None:
        """One service called another."""
        self._add((caller, callee), span)

    def traffic(self, now: float) -> Traffic:
        """What was seen in the last `MINUTES`."""
        last = int(now // 60)
        minutes = np.arange(last - MINUTES + 1, last + 1)
        keys = tuple(self._slots)
        slots = np.fromiter(self._slots.values(), dtype=np.intp, count=len(keys))
        places = minutes % MINUTES
        seen = self._minute[np.ix_(slots, places)] == minutes
        values = np.where(seen[:, :, None], self._values[np.ix_(slots, places)], 0.0).astype(np.float64)
        return Traffic(now, keys, values[:, :, 0], values[:, :, 1], values[:, :, 2])

    def _add(self, key: Key, span: Span) -> None:
        minute = int(span.at // 60)
        slot, place = self._slot(key), minute % MINUTES
        known = self._minute[slot, place]
        if known > minute:
            return  # it comes more than an hour late
        if known < minute:
            self._minute[slot, place] = minute
            self._values[slot, place] = 0.0
        value = self._values[slot, place]
        value[0] += 1
        value[1] += span.failed
        value[2] += span.seconds

    def _slot(self, key: Key) -> int:
        slot = self._slots.get(key)
        if slot is not None:
            self._slots.move_to_end(key)
            return slot
        if len(self._slots) >= MOST:
            _, slot = self._slots.popitem(last=False)
            self._minute[slot] = 0
        else:
            slot = len(self._slots)
            if slot >= len(self._minute):
                more = min(max(64, 2 * slot), MOST) - slot
                self._minute = np.concatenate([self._minute, np.zeros((more, MINUTES), dtype=np.int64)])
                self._values = np.concatenate([self._values, np.zeros((more, MINUTES, 3), dtype=np.float32)])
        self._slots[key] = slot
        return slot
