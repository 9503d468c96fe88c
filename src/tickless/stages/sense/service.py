"""Receives: splits, drops repeats, reads, and answers only after the signals are durable."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from tickless.domain.errors import NotFound, PayloadRejected
from tickless.domain.signal import Payload, Signal
from tickless.journal import Journal
from tickless.journal.signal_log import KeptPayload, SignalRow, row_of
from tickless.kit.ids import new_id, new_ids
from tickless.sdk.connector import Instance
from tickless.sdk.egress import only_to
from tickless.sdk.receiving import UNBOUND, Item, Receiver
from tickless.sdk.registry import Registry
from tickless.stages.sense.core import Repeats
from tickless.stages.sense.heartbeats import as_beat, is_watchdog
from tickless.stages.sense.reading import deed_of, make_signal, sender_of
from tickless.stages.sense.rows import Arrival, make_row
from tickless.stages.sense.sources import SourceBook, beats
from tickless.stages.sense.writing import GroupWriter


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

    rows: list[SignalRow] = field(default_factory=list)
    marks: list[int] = field(default_factory=list)
    """The mark of each row's item."""
    seen: int = 0
    refused: list[PayloadRejected] = field(default_factory=list)


_Waiting = tuple[list[Signal], KeptPayload | None, "asyncio.Future[None]"]


class SenseRoom:
    """The machine door's first room. `wake` is called after every commit, so that the intake looks at once."""

    def __init__(
        self, *, journal: Journal, registry: Registry, wake: Callable[[], None], sources: SourceBook | None = None
    ) -> None:
        self.sources = sources or SourceBook()
        self._journal = journal
        self._registry = registry
        self._repeats = Repeats()
        self._writer = GroupWriter(journal.signals.append_rows, written=wake)

    async def receive(self, payload: Payload) -> Received:
        """Take in a payload. Raises `NotFound` for an unknown source, `TooFast` for one that sends more than it may; whatever
        can't be read is quarantined."""
        instance, receiver = self._receiver(payload.source)
        self.sources.admit(payload.source, payload.received_at)
        if receiver.complete is not None:
            payload = await asyncio.to_thread(receiver.complete, payload, instance.settings, instance.secrets.reveal)
        try:
            items = receiver.split(payload, instance.settings)
        except PayloadRejected as error:
            return await self._put_aside(payload, error, received=0, new=0)
        rule = self.sources.rule(payload.source)
        if rule.beat and beats(rule, items, payload.body, lambda item: receiver.read(item, payload, instance.settings)):
            self.sources.beat(payload.source, payload.received_at)
        kept = KeptPayload(new_id("pay"), payload)
        reading = self._read(items, kept, instance, receiver)
        if reading.rows:
            await self._writer.write(reading.rows, kept)
            stored = [
                (mark, row.fingerprint, row.event_key) for mark, row in zip(reading.marks, reading.rows, strict=True)
            ]
            self._repeats.remember(payload.source, stored)
        if reading.refused:
            refusal = _together(reading.refused, of=len(items))
            return await self._put_aside(payload, refusal, received=reading.seen, new=len(reading.rows))
        return Received(received=reading.seen, new=len(reading.rows))

    def signed(self, source: str) -> bool:
        """Whether this source's vendor signs what it sends."""
        instance = self._registry.instances.get(source)
        receiver = instance.connector.receiver if instance is not None else None
        return receiver is not None and receiver.authenticate is not None

    def greet(self, payload: Payload) -> tuple[bool, bytes | None]:
        """(may it come in, what to answer at once). Raises `NotFound`, and `SettingsInvalid` for a secret that is not there."""
        instance, receiver = self._receiver(payload.source)
        if receiver.authenticate is None:
            return False, None
        with only_to(instance.egress):
            welcome = receiver.authenticate(payload, instance.settings, instance.secrets.reveal)
        if not welcome:
            return False, None
        return True, receiver.handshake(payload, instance.settings) if receiver.handshake else None

    def _receiver(self, source: str) -> tuple[Instance, Receiver]:
        instance = self._registry.instances.get(source)
        if instance is None or instance.connector.receiver is None:
            raise NotFound(
                f"there is no source called {source[:80]!r}", mend="add it to the connectors in the settings"
            )
        return instance, instance.connector.receiver

    def _read(self, items: Sequence[bytes], kept: KeptPayload, instance: Instance, receiver: Receiver) -> _Reading:
        payload, stored = kept.payload, self._repeats.stored
        arrival = Arrival(payload.source, payload.received_at, kept.id)
        fresh = self._repeats.fresh(payload.source, items)
        reading, beat = _Reading(seen=len(items)), self.sources.rule(payload.source).beat
        for (mark, item), identity in zip(fresh, new_ids("sig", len(fresh)), strict=True):
            try:
                read = receiver.read(item, payload, instance.settings)
            except PayloadRejected as error:
                reading.refused.append(error)
                continue
            if is_watchdog(read.labels, beat) and read.kind == "alert":
                read = as_beat(read)
            if read.kind == "heartbeat":
                self.sources.beat_of(payload.source, read, payload.received_at)
            if read.kind == "message":
                try:
                    _may_speak(payload)
                    row = _message_row(read, identity=identity, arrival=arrival)
                except PayloadRejected as error:
                    reading.refused.append(error)
                    continue
            else:
                row = make_row(read, identity=identity, arrival=arrival)
            if not stored(payload.source, row.event_key):
                reading.rows.append(row)
                reading.marks.append(mark)
        return reading

    async def _put_aside(self, payload: Payload, error: PayloadRejected, *, received: int, new: int) -> Received:
        self.sources.unread(payload.source)
        mend = error.mend or "compare it with the connector's README"
        identity = await asyncio.to_thread(self._journal.signals.put_aside, payload, reason=error.public, mend=mend)
        return Received(received=received, new=new, quarantined=identity, reason=error.public, mend=mend)

    async def store(self, signals: list[Signal], payload: KeptPayload | None) -> None:
        """Append durably. Raises `Unreachable`."""
        await self._writer.write([row_of(signal) for signal in signals], payload)

    async def take_again(self, signal: Signal, *, now: dt.datetime) -> Received:
        """Append a signal once more that could not be taken in, under a key of its own: the old one counts as a repeat.
        However often it is asked for, it is appended once."""
        again = {"id": new_id("sig"), "event_key": f"{signal.event_key}:again", "received_at": now, "payload": None}
        await self.store([signal.model_copy(update=again)], None)
        return Received(received=1, new=1)


def _may_speak(payload: Payload) -> None:
    """Raises `PayloadRejected` for the message of a person that came by a token which is good for any source."""
    if payload.headers.get(UNBOUND):
        raise PayloadRejected(
            "it holds a person's message, and came by a token of no source",
            mend="send it with a token that is bound to this source: tickless token create --source",
        )


def _message_row(item: Item, *, identity: str, arrival: Arrival) -> SignalRow:
    """The row of a person's message. Raises `PayloadRejected` when nobody is said to have spoken."""
    if item.said is None:
        raise PayloadRejected(
            "it holds a person's message and does not say whose",
            mend="messages come in by the chat, the API (POST /api/v1/conversations/messages) or a channel's connector",
        )
    return row_of(
        make_signal(
            item,
            identity=identity,
            source=arrival.source,
            received_at=arrival.at,
            payload=arrival.payload,
            sender=sender_of(arrival.source, item.said),
            deed=deed_of(item.said),
        )
    )


def _together(refused: Sequence[PayloadRejected], *, of: int) -> PayloadRejected:
    """One reason for all items of a payload that can't be read. The whole payload is put aside: what was read of it is
    known by its event keys, so that a replay adds only what was missing."""
    if of == 1:
        return refused[0]
    reasons = "; ".join(dict.fromkeys(error.public for error in refused))
    return PayloadRejected(f"{len(refused)} of {of} items cannot be read: {reasons[:500]}", mend=refused[0].mend)
