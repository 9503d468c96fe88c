"""Receiving: payload → signals. Pure and total: a Signal or `PayloadRejected`, nothing else, and no look at the clock."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from tickless.domain.record import Untrusted
from tickless.domain.signal import Payload, Severity, SignalKind, SignalState


@dataclass(frozen=True)
class Item:
    """What a receiver reads out of a payload; the house adds ids and times of its own to make a `Signal`.

    `event_key` is the sender's own id of this event if there is one; otherwise leave it empty and the house derives it
    from fingerprint, state and `occurred_at`. `occurred_at` is the sender's time, None if the sender gives none.
    """

    fingerprint: str
    title: str
    kind: SignalKind = "alert"
    state: SignalState = "firing"
    event_key: str = ""
    severity: Severity | None = None
    body: str = ""
    labels: dict[str, str] | None = None
    link: str | None = None
    occurred_at: dt.datetime | None = None

    def tamed_labels(self) -> dict[str, Untrusted]:
        return {key[:200]: Untrusted(value[:4_000]) for key, value in (self.labels or {}).items()}


@dataclass(frozen=True)
class Receiver:
    """How a connector reads payloads.

    `split` cuts a body into raw items without understanding them (cheap: identical repeats are recognised by their
    bytes); `read` understands one. Both raise `PayloadRejected` with a reason and a mend, and nothing else.
    """

    split: Callable[[Payload, Any], Sequence[bytes]]
    read: Callable[[bytes, Payload, Any], Item]
    authenticate: Callable[[Payload, Any, Callable[[str], str]], bool] | None = None
    """(payload, settings, reveal) → may it come in, by the vendor's own signature; None: only Tickless's source token."""


def receiver(
    *,
    split: Callable[[Payload, Any], Sequence[bytes]],
    read: Callable[[bytes, Payload, Any], Item],
    authenticate: Callable[[Payload, Any, Callable[[str], str]], bool] | None = None,
) -> Receiver:
    """Declare `RECEIVER = receiver(split=..., read=...)` in a connector's `signals.py`. `Any` is its own settings type."""
    return Receiver(split=split, read=read, authenticate=authenticate)
