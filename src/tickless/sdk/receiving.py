"""Receiving: payload → signals. Pure and total: a Signal or `PayloadRejected`, nothing else, and no look at the clock."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from tickless.domain.record import Untrusted
from tickless.domain.signal import Payload, Severity, SignalKind, SignalState

_MILLISECONDS = 100_000_000_000
"""Larger numbers are milliseconds: as seconds they would lie beyond the year 5000."""


UNBOUND = "x-tickless-unbound"
"""Header that the door sets, and takes from nobody: whoever sent this may send as any source. Such a sender speaks for no
person, for who spoke is the payload's own word."""


class Spoken(msgspec.Struct, frozen=True, gc=False):
    """Who said a message, where, and what was pressed. All of it is the channel's word; the house decides whom it believes.

    `account` and `conversation` are the channel's own ids. `address`: what the connector's `post` needs to answer there.
    `private`: nobody else reads the conversation. `email`: only an address that the channel vouches for. `automatic`: why
    a machine wrote it, if one did. `deed`, `ref`, `values`: a button instead of words (`domain.signal.Deed`).
    """

    account: str
    conversation: str
    name: str = ""
    address: dict[str, str] = {}
    private: bool = True
    email: str = ""
    automatic: str = ""
    deed: str = ""
    ref: str = ""
    values: dict[str, str] = {}


class Item(msgspec.Struct, frozen=True, gc=False):
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
    said: Spoken | None = None
    """For `kind="message"`: who spoke."""

    def tamed_labels(self) -> dict[str, Untrusted]:
        return {key[:200]: Untrusted(value[:4_000]) for key, value in (self.labels or {}).items()}


def read_time(value: object) -> dt.datetime | None:
    """A sender's time in UTC: RFC 3339 text, or seconds or milliseconds since 1970. None for anything that is no time.

    Text without an offset is taken as UTC. Times that UTC cannot hold (year 1 east of Greenwich) are none.
    """
    try:
        if isinstance(value, str):
            moment = dt.datetime.fromisoformat(value.strip())
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            moment = dt.datetime.fromtimestamp(value / 1_000 if abs(value) > _MILLISECONDS else value, dt.UTC)
        elif isinstance(value, dt.datetime):
            moment = value
        else:
            return None
        return (moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)).astimezone(dt.UTC)
    except (ValueError, OverflowError, OSError):
        return None


@dataclass(frozen=True)
class Fault:
    """One problem of a payload: in which entry (from 1; 0: the payload itself), in which field, what was written there.
    One that is not `serious` refuses nothing."""

    entry: int
    field: str
    expression: str
    reason: str
    mend: str
    serious: bool = True


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
    handshake: Callable[[Payload, Any], bytes | None] | None = None
    """(payload, settings) → the JSON to answer at once when the vendor only asks whether we are there; None: a real payload."""
    complete: Callable[[Payload, Any, Callable[[str], str]], Payload] | None = None
    """(payload, settings, reveal) → the payload with what the vendor has to be asked for first, in headers. It may wait for
    the vendor, is called before the payload is kept, and gives it back as it is when nothing can be learnt."""
    explain: Callable[[Payload, Any], Sequence[Fault]] | None = None
    """(payload, settings) → every problem at once, where a person decides how payloads are read; or raises
    `PayloadRejected`."""


def receiver(
    *,
    split: Callable[[Payload, Any], Sequence[bytes]],
    read: Callable[[bytes, Payload, Any], Item],
    authenticate: Callable[[Payload, Any, Callable[[str], str]], bool] | None = None,
    handshake: Callable[[Payload, Any], bytes | None] | None = None,
    complete: Callable[[Payload, Any, Callable[[str], str]], Payload] | None = None,
    explain: Callable[[Payload, Any], Sequence[Fault]] | None = None,
) -> Receiver:
    """Declare `RECEIVER = receiver(split=..., read=...)` in a connector's `signals.py`. `Any` is its own settings type."""
    return Receiver(
        split=split, read=read, authenticate=authenticate, handshake=handshake, complete=complete, explain=explain
    )
