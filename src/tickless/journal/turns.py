"""One writer at a time, in the order of asking: SQLite's own way of waiting is a lottery that one of many may lose for long."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from tickless.domain.errors import Unreachable

PATIENCE: Final = 30.0
"""Seconds, as SQLite itself waits for writers of other processes."""


class Turns:
    """Threads of this process that want to write."""

    def __init__(self, patience: float = PATIENCE) -> None:
        self._patience = patience
        self._lock = threading.Lock()
        self._taken = False
        self._waiting: deque[threading.Event] = deque()

    @contextmanager
    def turn(self, *, first: bool = False) -> Iterator[None]:
        """Wait for one's turn, and let the next one go at the end. `first`: before everybody who waits.

        Raises `Unreachable` when it does not come.
        """
        self._wait(first)
        try:
            yield
        finally:
            self._pass_on()

    def _wait(self, first: bool) -> None:
        mine = threading.Event()
        with self._lock:
            if not self._taken:
                self._taken = True
                return
            if first:
                self._waiting.appendleft(mine)
            else:
                self._waiting.append(mine)
        if mine.wait(self._patience):
            return
        with self._lock:
            if mine.is_set():  # in the last moment
                return
            self._waiting.remove(mine)
        raise Unreachable("the journal cannot be reached", detail=f"no turn to write in {self._patience:.0f} s")

    def _pass_on(self) -> None:
        with self._lock:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._taken = False
