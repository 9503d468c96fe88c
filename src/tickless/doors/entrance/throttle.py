"""Back-off after wrong passwords, in memory: per process, gone after a restart, never locks an account for everybody."""

from __future__ import annotations

import datetime as dt
from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock

FORGET_AFTER = dt.timedelta(minutes=15)
LONGEST = 300.0
"""Longest wait, in seconds."""
MOST_KEYS = 20_000


@dataclass
class _Count:
    failures: int
    last: dt.datetime


class Throttle:
    """Counts failures by key. After `free` of them each further one doubles the wait: 1, 2, 4 … 300 seconds."""

    def __init__(self, *, free: int) -> None:
        self._free = free
        self._counts: OrderedDict[str, _Count] = OrderedDict()
        self._lock = Lock()

    def wait(self, key: str, *, now: dt.datetime) -> float:
        """Seconds until the next try is allowed; 0 when it is."""
        with self._lock:
            count = self._counts.get(key)
        if count is None or now - count.last >= FORGET_AFTER or count.failures < self._free:
            return 0.0
        pause = min(LONGEST, 2.0 ** min(count.failures - self._free, 9))
        return max(0.0, pause - (now - count.last).total_seconds())

    def failed(self, key: str, *, now: dt.datetime) -> None:
        with self._lock:
            count = self._counts.pop(key, None)
            if count is None or now - count.last >= FORGET_AFTER:
                count = _Count(0, now)
            self._counts[key] = _Count(count.failures + 1, now)
            while len(self._counts) > MOST_KEYS:
                self._counts.popitem(last=False)

    def succeeded(self, key: str) -> None:
        with self._lock:
            self._counts.pop(key, None)
