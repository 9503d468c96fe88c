"""A real bounded connection pool: its slots are open TCP connections, and a leaked one is gone until it is recycled."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tickless.sample.estate.calling import Line

LEAK_PATIENCE = 3.0


class PoolExhausted(Exception):
    """No connection came free in time."""


class Pool:
    def __init__(self, port: int, size: int) -> None:
        self.port = port
        self.size = size
        self.in_use = 0
        self.waiting = 0
        self._idle: list[Line] = []
        self._leaked: list[Line | None] = []
        self._free = asyncio.Condition()

    @asynccontextmanager
    async def connection(self, wait: float) -> AsyncIterator[Line]:
        """Lend one connection. Raises `PoolExhausted` after `wait` seconds, OSError when it can't connect."""
        await self._take(wait)
        line: Line | None = None
        try:
            line = self._idle.pop() if self._idle else await Line.open(self.port)
            yield line
        except BaseException:
            if line is not None:
                line.close()
            line = None
            raise
        finally:
            if line is not None:
                self._idle.append(line)
            await self._give_back(1)

    async def leak(self) -> None:
        """Take every slot, also those that are lent now, and never give them back. Raises `PoolExhausted`."""
        while len(self._leaked) < self.size:
            await self._take(LEAK_PATIENCE)
            try:
                self._leaked.append(await Line.open(self.port))
            except OSError:
                self._leaked.append(None)

    async def recycle(self) -> int:
        """Close what was leaked and free its slots. Returns how many."""
        leaked, self._leaked = self._leaked, []
        for line in leaked:
            if line is not None:
                line.close()
        await self._give_back(len(leaked))
        return len(leaked)

    async def _take(self, wait: float) -> None:
        self.waiting += 1
        try:
            async with asyncio.timeout(wait), self._free:
                await self._free.wait_for(lambda: self.in_use < self.size)
                self.in_use += 1
        except TimeoutError as error:
            raise PoolExhausted(f"no free connection in {wait} s") from error
        finally:
            self.waiting -= 1

    async def _give_back(self, slots: int) -> None:
        async with self._free:
            self.in_use -= slots
            self._free.notify(slots)
