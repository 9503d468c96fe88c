"""How much one caller may ask for: a token bucket for each account and each token, in this process. Senders of signals have
their sources' own limits."""

from __future__ import annotations

import datetime as dt
import threading

from tickless.doors.entrance.problems import TooMuch

MOST_CALLERS = 10_000


class Pacing:
    """`per_minute` requests, all of them at once if need be; 0: as many as anybody likes. Safe to share between threads."""

    def __init__(self, per_minute: int) -> None:
        self._most = float(per_minute)
        self._left: dict[str, tuple[float, dt.datetime]] = {}
        self._lock = threading.Lock()

    def take(self, caller: str, *, now: dt.datetime) -> None:
        """One request of this caller. Raises `TooMuch` with the seconds until the next one."""
        if not self._most:
            return
        a_second = self._most / 60
        with self._lock:
            if len(self._left) >= MOST_CALLERS:
                self._left.clear()
            left, at = self._left.get(caller, (self._most, now))
            left = min(self._most, left + max(0.0, (now - at).total_seconds()) * a_second)
            if left >= 1:
                self._left[caller] = (left - 1, now)
                return
            self._left[caller] = (left, now)
        raise TooMuch(f"more than {self._most:g} requests a minute by one caller", after=(1 - left) / a_second,
                      mend="ask less often: pages of a hundred, the stream instead of asking again and again")  # fmt: skip
