"""The writer: one commit at a time, and whoever comes while one is on its way shares the next one."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from tickless.domain.errors import Unreachable
from tickless.journal.signal_log import KeptPayload, SignalRow
from tickless.kit.log import get_logger

MAX_GROUP = 5_000
"""Most signals in one commit."""
LINGER = 0.005
"""Seconds that a commit waits for company when another one ended just before: under load a few posts share one, and the
price of a commit is paid once. A single post doesn't wait."""

_log = get_logger("sense")


@dataclass(frozen=True)
class _Waiting:
    rows: Sequence[SignalRow]
    payload: KeptPayload | None
    done: asyncio.Future[None]

    def settle(self, failure: Unreachable | None) -> None:
        """Tell the caller in its own loop; a loop that is closed has no caller any more."""
        with contextlib.suppress(RuntimeError):
            self.done.get_loop().call_soon_threadsafe(self._settle, failure)

    def _settle(self, failure: Unreachable | None) -> None:
        if self.done.done():
            return
        if failure is None:
            self.done.set_result(None)
        else:
            self.done.set_exception(failure)


class GroupWriter:
    """`append` runs in a thread of its own, `written` there after every commit. Callers may live in different loops."""

    def __init__(
        self,
        append: Callable[[Sequence[SignalRow], Sequence[KeptPayload]], None],
        *,
        written: Callable[[], None],
    ) -> None:
        self._append = append
        self._written = written
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="signal-log")
        self._lock = threading.Lock()
        self._waiting: list[_Waiting] = []
        self._busy = False
        self._ended = float("-inf")

    async def write(self, rows: Sequence[SignalRow], payload: KeptPayload | None) -> None:
        """Returns when it is durable. Raises `Unreachable` when it could not be stored."""
        waiting = _Waiting(rows, payload, asyncio.get_running_loop().create_future())
        with self._lock:
            self._waiting.append(waiting)
            idle, self._busy = not self._busy, True
        if idle:
            self._thread.submit(self._commit_group).add_done_callback(_tell)
        await waiting.done

    def _commit_group(self) -> None:
        if time.monotonic() - self._ended < LINGER:
            time.sleep(LINGER)
        group = self._next_group()
        failure: Unreachable | None = Unreachable("the signals could not be stored", mend="send them again")
        try:
            self._append(
                [row for waiting in group for row in waiting.rows],
                [waiting.payload for waiting in group if waiting.payload is not None],
            )
            failure = None
        except Unreachable as error:
            failure = error
        finally:
            self._ended = time.monotonic()
            for waiting in group:
                waiting.settle(failure)
            self._go_on()
        if failure is None:
            self._written()

    def _next_group(self) -> list[_Waiting]:
        size, count = 0, 0
        with self._lock:
            while count < len(self._waiting) and size < MAX_GROUP:
                size += len(self._waiting[count].rows)
                count += 1
            group, self._waiting = self._waiting[:count], self._waiting[count:]
        return group

    def _go_on(self) -> None:
        with self._lock:
            self._busy = bool(self._waiting)
        if self._busy:
            self._thread.submit(self._commit_group).add_done_callback(_tell)


def _tell(work: Future[None]) -> None:
    """A break in the writer reaches its callers as `Unreachable`; here it is logged."""
    if not work.cancelled() and (error := work.exception()) is not None:
        _log.error("the signal log broke", exc_info=error)
