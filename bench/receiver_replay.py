"""What is in quarantine is read again: in vain it stays as it is, once; after the reading is mended it becomes signals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from bench.receiver_house import ReceiverHouse
from tickless.domain.signal import Payload, Quarantined
from tickless.kit.canonical import digest
from tickless.sdk.receiving import Item, Receiver


@dataclass(frozen=True)
class Replayed:
    """How many were read again; how many of them were not as they had to be."""

    in_vain: int = 0
    mended: int = 0
    doubled: int = 0
    """Waiting twice, or no more, after a replay in vain."""
    not_replayed: int = 0
    """Still waiting, or without a signal, after the mend."""


def replay(receivers: ReceiverHouse, *, most: int) -> Replayed:
    """Replay up to `most` of what waits, twice: as the house reads today, and as one that can read it."""
    log = receivers.house.journal.signals
    waiting = _waiting(receivers, most)
    before = _count(receivers)
    read_today = sum(_again(receivers, one) is None for one in waiting)
    doubled = abs(before - read_today - _count(receivers))
    _mend(receivers)
    waiting, head = _waiting(receivers, most), log.head()
    for one in waiting:
        _again(receivers, one)
    still = {one.id for one in _waiting(receivers, 10 * most)} & {one.id for one in waiting}
    missing = max(0, len(waiting) - (log.head() - head))
    return Replayed(len(waiting), len(waiting), doubled, len(still) + missing)


def _again(receivers: ReceiverHouse, one: Quarantined) -> str | None:
    got = receivers.loop.run_until_complete(receivers.house.desk.replay(one.id, by="bench"))
    return got.quarantined


def _waiting(receivers: ReceiverHouse, most: int) -> list[Quarantined]:
    """Evenly over the sources, newest first."""
    log = receivers.house.journal.signals
    sources = sorted(log.waiting_by_source())
    each = max(1, most // max(1, len(sources)))
    found = [one for source in sources for one in log.quarantined(source=source, limit=each)]
    return [one for one in found if one.replayed_at is None]


def _count(receivers: ReceiverHouse) -> int:
    return sum(receivers.house.journal.signals.waiting_by_source().values())


def _mend(receivers: ReceiverHouse) -> None:
    """From now on every source reads whatever it gets, as one alert for each body."""
    registry = receivers.house.rooms.registry
    for name, instance in registry.instances.items():
        mended = replace(instance.connector, receiver=Receiver(split=_whole, read=_as_text))
        registry.instances[name] = replace(instance, connector=mended)


def _whole(payload: Payload, settings: Any) -> Sequence[bytes]:
    return [payload.received_at.isoformat().encode() + b" " + payload.body]


def _as_text(raw: bytes, payload: Payload, settings: Any) -> Item:
    return Item(
        fingerprint=digest([raw.decode("latin-1")])[:32], title=raw[:200].decode("utf-8", "replace").replace("\0", " ")
    )
