"""Receives: splits, drops repeats, reads, and answers only after the signals are durable. Commits are grouped."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from tickless.domain.errors import NotFound, PayloadRejected, Unreachable
from tickless.domain.signal import Payload, Signal
from tickless.journal import Journal
from tickless.journal.signal_log import KeptPayload
from tickless.kit.ids import new_id
from tickless.sdk.connector import Instance
from tickless.sdk.receiving import Receiver
from tickless.sdk.registry import Registry
from tickless.stages.sense.core import Repeats
from tickless.stages.sense.reading import make_signal

MAX_GROUP = 5_000
"""Most signals in one commit."""


@dataclass(frozen=True)
class Received:
    """What came of a payload."""

    received: int
    new: int
    quarantined: str | None = None
    reason: str | None = None
    mend: str | None = None


@dataclass
class _Reading:
    """A payload on its way into the log."""

    signals: list[Signal] = field(default_factory=list)
    fresh: list[tuple[bytes, str]] = field(default_factory=list)
    seen: int = 0
    refused: list[tuple[bytes, PayloadRejected]] = field(default_factory=list)


_Waiting = tuple[list[Signal], KeptPayload | None, "asyncio.Future[None]"]


class SenseRoom:
    """The machine door's first room. `wake` is called after every commit, so that the intake looks at once."""

    def __init__(self, *, journal: Journal, registry: Registry, wake: Callable[[], None]) -> None:
        self._journal = journal
        self._registry = registry
        self._wake = wake
        self._repeats = Repeats()
        self._lock = threading.Lock()
        self._waiting: list[_Waiting] = []
        self._writing = False

    async def receive(self, payload: Payload) -> Received:
        """Take in a payload. Raises `NotFound` for an unknown source; whatever can't be read is quarantined."""
        instance, receiver = self._receiver(payload.source)
        try:
            items = receiver.split(payload, instance.settings)
        except PayloadRejected as error:
            return await self._put_aside(payload, error, received=0, new=0)
        kept = KeptPayload(new_id("pay"), payload)
        reading = self._read(items, kept, instance, receiver)
        if reading.signals:
            await self.store(reading.signals, kept)
            for item, fingerprint in reading.fresh:
                self._repeats.remember(payload.source, item, fingerprint)
        if reading.refused:
            body, refusal = reading.refused[0]
            alone = payload.model_copy(update={"body": body}) if len(items) > 1 else payload
            return await self._put_aside(alone, refusal, received=reading.seen, new=len(reading.signals))
        return Received(received=reading.seen, new=len(reading.signals))

    def _receiver(self, source: str) -> tuple[Instance, Receiver]:
        instance = self._registry.instances.get(source)
        if instance is None or instance.connector.receiver is None:
            raise NotFound(
                f"there is no source called {source[:80]!r}", mend="add it to the connectors in the settings"
            )
        return instance, instance.connector.receiver

    def _read(self, items: Sequence[bytes], kept: KeptPayload, instance: Instance, receiver: Receiver) -> _Reading:
        reading = _Reading()
        payload = kept.payload
        for item in items:
            reading.seen += 1
            if self._repeats.known(payload.source, item):
                continue
            try:
                read = receiver.read(item, payload, instance.settings)
            except PayloadRejected as error:
                reading.refused.append((item, error))
                continue
            signal = make_signal(
                read, identity=new_id("sig"), source=payload.source, received_at=payload.received_at, payload=kept.id
            )
            reading.signals.append(signal)
            reading.fresh.append((item, read.fingerprint))
        return reading

    async def _put_aside(self, payload: Payload, error: PayloadRejected, *, received: int, new: int) -> Received:
        mend = error.mend or "compare it with the connector's README"
        identity = await asyncio.to_thread(self._journal.signals.put_aside, payload, reason=error.public, mend=mend)
        return Received(received=received, new=new, quarantined=identity, reason=error.public, mend=mend)

    async def store(self, signals: list[Signal], payload: KeptPayload | None) -> None:
        """Append durably. Callers that come while a commit is on its way share the next one, from whatever event loop."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        with self._lock:
            self._waiting.append((signals, payload, done))
            leads = not self._writing
            self._writing = True
        if leads:
            try:
                while group := self._next_group():
                    await self._commit(group)
            finally:
                self._writing = False
        await done

    def _next_group(self) -> list[_Waiting]:
        """What goes into the next commit; with nothing left, the next caller leads."""
        group: list[_Waiting] = []
        with self._lock:
            size = 0
            while self._waiting and size < MAX_GROUP:
                group.append(self._waiting.pop(0))
                size += len(group[-1][0])
            self._writing = bool(group)
        return group

    async def _commit(self, group: list[_Waiting]) -> None:
        signals = [signal for found, _, _ in group for signal in found]
        payloads = [payload for _, payload, _ in group if payload is not None]
        failure: Unreachable | None = Unreachable("the signals could not be stored", mend="send them again")
        try:
            await asyncio.to_thread(self._journal.signals.append, signals, payloads)
            failure = None
        except Unreachable as error:
            failure = error
        finally:
            for _, _, done in group:
                _settle(done, failure)
        if failure is None:
            self._wake()


def _settle(done: asyncio.Future[None], failure: Unreachable | None) -> None:
    """Tell a caller in its own event loop, which may run in another thread."""
    loop = done.get_loop()
    if not loop.is_closed():
        loop.call_soon_threadsafe(_resolve, done, failure)


def _resolve(done: asyncio.Future[None], failure: Unreachable | None) -> None:
    if done.done():
        return
    if failure is None:
        done.set_result(None)
    else:
        done.set_exception(failure)
