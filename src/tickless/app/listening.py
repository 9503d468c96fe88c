"""Runs the listeners of the configured connectors: one holder for each instance, started again after errors.

All of them live in one thread with a loop of its own. What they hand in is durable before they hear back.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Mapping
from concurrent.futures import Future

from tickless.domain.errors import TicklessError
from tickless.domain.signal import Payload
from tickless.flow.desk.channel_health import State, lease_of, note_state
from tickless.flow.desk.promise import Desk
from tickless.kit.log import get_logger
from tickless.kit.redaction import redact_secrets
from tickless.sdk.connector import Instance
from tickless.sdk.egress import only_to
from tickless.sdk.listening import Listener
from tickless.sdk.registry import Registry

LEASE_SECONDS = 10.0
RENEW_SECONDS = 3.0
LONGEST_PAUSE = 60.0
STEADY_SECONDS = 60.0
"""Who listened this long without an error begins with the shortest pause again."""

log = get_logger("flow")


class HouseEar:
    """What a listener sees of the house (`sdk.listening.Ear`)."""

    def __init__(self, desk: Desk, instance: Instance) -> None:
        self.instance = instance
        self._desk = desk
        self._mark = f"ear:{instance.name}"

    async def hand_in(
        self, body: bytes, *, content_type: str = "application/json", headers: Mapping[str, str] = {}
    ) -> bool:
        payload = Payload(
            source=self.instance.name,
            received_at=self._desk.clock.now(),
            content_type=content_type,
            headers={name.lower(): value for name, value in headers.items()},
            body=body,
        )
        return (await self._desk.receive(payload)).quarantined is None

    async def mark(self) -> str | None:
        return await asyncio.to_thread(self._read)

    def _read(self) -> str | None:
        with self._desk.journal.read() as tx:
            return tx.coordination.mark(self._mark)

    async def note(self, mark: str) -> None:
        await asyncio.to_thread(self._write, mark)

    def _write(self, mark: str) -> None:
        with self._desk.journal.write() as tx:
            tx.coordination.note(self._mark, mark)


class Listening:
    """Several processes may run one; the leases let one of them listen for each instance."""

    def __init__(self, *, desk: Desk, registry: Registry, node: str) -> None:
        self._desk = desk
        self._node = node
        self._ears = {
            name: (instance.connector.listener, HouseEar(desk, instance))
            for name, instance in registry.instances.items()
            if instance.connector.listener is not None and instance.connector.listener.wanted(instance.settings)
        }
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._all: Future[None] | None = None

    def start(self) -> None:
        if not self._ears:
            return
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="listening", daemon=True)
        self._thread.start()
        self._all = asyncio.run_coroutine_threadsafe(self._keep_all(), self._loop)

    def stop(self) -> None:
        """Cancels the listeners, waits for them, and lets go of the leases. Safe to call twice."""
        loop, self._loop = self._loop, None
        if loop is None or self._thread is None or self._all is None:
            return
        self._all.cancel()
        with contextlib.suppress(TimeoutError):
            asyncio.run_coroutine_threadsafe(_settled(), loop).result(timeout=10)
        loop.call_soon_threadsafe(loop.stop)
        self._thread.join(timeout=10)
        if not self._thread.is_alive():
            loop.close()
        with self._desk.journal.write() as tx:
            for name in self._ears:
                tx.coordination.release(lease_of(name), holder=self._node)

    async def _keep_all(self) -> None:
        await asyncio.gather(*(self._keep(name, listener, ear) for name, (listener, ear) in self._ears.items()))

    async def _keep(self, name: str, listener: Listener, ear: HouseEar) -> None:
        """Listen whenever it is this process's turn, for ever."""
        failures = 0
        while True:
            if not await self._turn(name):
                await asyncio.sleep(RENEW_SECONDS)
                continue
            began = asyncio.get_running_loop().time()
            reason = await self._listen(name, listener, ear)
            if asyncio.get_running_loop().time() - began > STEADY_SECONDS:
                failures = 0
            failures += 1
            log.warning("a listener stopped", channel=name, reason=reason, failures=failures)
            await self._say(name, "paused", reason)
            await asyncio.sleep(min(2.0 ** (failures - 1), LONGEST_PAUSE))

    async def _listen(self, name: str, listener: Listener, ear: HouseEar) -> str:
        """Listen until it breaks, or the lease is lost. Returns why."""
        with only_to(ear.instance.egress):
            ears = asyncio.ensure_future(listener.listen(ear))
        try:
            await self._say(name, "listening", "")
            while not ears.done():
                await asyncio.wait([ears], timeout=RENEW_SECONDS)
                if not ears.done() and not await self._turn(name):
                    return "another process listens now"
            error = ears.exception()
        finally:
            if not ears.done():
                ears.cancel()
                await asyncio.wait([ears])
        if error is None:
            return "it ended by itself"
        if isinstance(error, TicklessError):
            return redact_secrets(f"{error.public} {error.mend}".strip())[:300]
        log.error("a listener broke", channel=name, exc_info=error)
        return f"the connector broke: {type(error).__name__}"

    async def _turn(self, name: str) -> bool:
        return await asyncio.to_thread(self._take, name)

    def _take(self, name: str) -> bool:
        try:
            with self._desk.journal.write() as tx:
                now = self._desk.clock.now()
                return tx.coordination.take_lease(lease_of(name), holder=self._node, now=now, seconds=LEASE_SECONDS)
        except TicklessError as error:
            log.error("the journal cannot be reached", error=error.public)
            return False

    async def _say(self, name: str, state: State, reason: str) -> None:
        await asyncio.to_thread(self._note, name, state, reason)

    def _note(self, name: str, state: State, reason: str) -> None:
        with contextlib.suppress(TicklessError), self._desk.journal.write() as tx:
            note_state(tx, name, state=state, since=self._desk.clock.now(), reason=reason)


async def _settled() -> None:
    """Everything else in this loop has ended."""
    others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    if others:
        await asyncio.wait(others, timeout=8)
    await asyncio.get_running_loop().shutdown_default_executor()
