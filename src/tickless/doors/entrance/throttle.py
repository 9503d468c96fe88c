"""Back-off after wrong passwords. It stands in the journal: it outlives a restart, and holds for all processes."""

from __future__ import annotations

import datetime as dt
import hashlib

from tickless.journal import Journal

FORGET_AFTER = dt.timedelta(minutes=15)
LONGEST = 300.0
"""Longest wait, in seconds: nobody is ever locked out for good, by anybody."""


class Throttle:
    """Counts failures by key. After `free` of them each further one doubles the wait: 1, 2, 4 … 300 seconds."""

    def __init__(self, journal: Journal, name: str, *, free: int) -> None:
        self._journal = journal
        self._name = name
        self._free = free

    def _key(self, key: str) -> str:
        """Logins and addresses are kept as hashes only."""
        return f"{self._name}:{hashlib.sha256(key.encode()).hexdigest()}"

    def wait(self, key: str, *, now: dt.datetime) -> float:
        """Seconds until the next try is allowed; 0 when it is."""
        stored = self._key(key)
        with self._journal.read() as tx:
            count = tx.access.failures([stored]).get(stored)
        if count is None or now - count[1] >= FORGET_AFTER or count[0] < self._free:
            return 0.0
        pause = min(LONGEST, 2.0 ** min(count[0] - self._free, 9))
        return max(0.0, pause - (now - count[1]).total_seconds())

    def failed(self, key: str, *, now: dt.datetime) -> None:
        stored = self._key(key)
        with self._journal.write() as tx:
            tx.access.forget_failures(before=now - FORGET_AFTER)
            count = tx.access.failures([stored]).get(stored)
            tx.access.note_failure(stored, failures=(count[0] if count else 0) + 1, at=now)

    def succeeded(self, key: str) -> None:
        with self._journal.write() as tx:
            tx.access.forget_failures(key=self._key(key))
