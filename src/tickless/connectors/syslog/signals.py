"""Syslog messages → alerts: what is grave fires, pairs open and close a trouble, the rest informs or is left out. Pure."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from functools import lru_cache

import msgspec

from tickless.connectors.syslog.framing import Framer
from tickless.connectors.syslog.message import Message, level_of, read_message
from tickless.connectors.syslog.settings import LEVELS, Pair, Settings
from tickless.domain.errors import PayloadRejected
from tickless.domain.signal import Payload, Severity, SignalState
from tickless.sdk import Item, receiver
from tickless.sdk.fields import identity, plain

BATCH = "application/x-tickless-syslog"
"""Content type of what our own listener hands in: a JSON array of `Heard`."""
MEND = "send syslog messages, one a line or counted (RFC 6587), as text/plain"
_SEVERITIES: tuple[Severity, ...] = ("critical", "critical", "critical", "error", "warning", "info", "info", "info")
_CHANGING = re.compile(r"0x[0-9a-fA-F]+|\b[0-9a-fA-F]{8,}\b|\d+")


class Heard(msgspec.Struct, frozen=True):
    """A message as it came, and from where."""

    text: str
    peer: str = ""


_BATCH = msgspec.json.Decoder(list[Heard])
_HEARD = msgspec.json.Decoder(Heard)


def split(payload: Payload, settings: Settings) -> Sequence[bytes]:
    """Its messages, without those that nobody wants."""
    return [
        msgspec.json.encode(one)
        for one in _heard(payload, settings)
        if level_of(one.text.encode()) <= LEVELS.index(settings.keep_from) or _paired(one.text, settings.pairs)
    ]


def _heard(payload: Payload, settings: Settings) -> list[Heard]:
    if payload.content_type != BATCH:
        framer = Framer(settings.largest)
        texts = [*framer.feed(payload.body), *framer.rest()]
        if not texts:
            raise PayloadRejected("there is no message in it", mend=MEND)
        return [Heard(one.decode("utf-8", "replace")) for one in texts]
    try:
        return _BATCH.decode(payload.body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise PayloadRejected("the batch cannot be read", mend=MEND) from error


def read(raw: bytes, payload: Payload, settings: Settings) -> Item:
    """Understand one message."""
    try:
        heard = _HEARD.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise PayloadRejected("a message cannot be read", mend=MEND) from error
    said = plain(heard.text)
    message = read_message(said.encode(), received_at=payload.received_at, zone=settings.zone)
    host = message.host or heard.peer
    pair = _paired(message.text, settings.pairs)
    state: SignalState = pair[1] if pair else "firing" if message.level <= LEVELS.index(settings.fires_at) else "info"
    about = pair[0] if pair else identity(message.app, message.kind or _same(message.text))
    return Item(
        fingerprint=identity("syslog", host, about) or "syslog",
        title=message.text.split("\n", maxsplit=1)[0][:300] or "an empty message",
        state=state,
        event_key=_key(said, heard.peer) if message.at else "",
        severity=_SEVERITIES[message.level],
        body=message.text,
        labels=_labels(message, host, heard.peer),
        occurred_at=message.at,
    )


def _labels(message: Message, host: str, peer: str) -> dict[str, str]:
    named = {
        "alertname": message.kind or message.app or "syslog",
        "host": host,
        "app": message.app,
        "process": message.process,
        "message_id": message.kind,
        "facility": message.facility,
        "level": LEVELS[message.level],
        "peer": peer,
    }
    return {**message.data, **{name: plain(said) for name, said in named.items() if said}}


def _key(said: str, peer: str) -> str:
    """A message has no id: its whole text, which says when, makes it one."""
    return hashlib.blake2b(f"{peer} {said}".encode(), digest_size=16).hexdigest()


def _same(text: str) -> str:
    """What does not change from one such message to the next: no numbers, no addresses."""
    return _CHANGING.sub("#", text)[:500]


@lru_cache(maxsize=64)
def _compiled(pair: Pair) -> tuple[re.Pattern[str], re.Pattern[str]]:
    return re.compile(pair.fires), re.compile(pair.resolves)


def _paired(text: str, pairs: Sequence[Pair]) -> tuple[str, SignalState] | None:
    """(which trouble, did it begin or end), if it is one of these."""
    for pair in pairs:
        fires, resolves = _compiled(pair)
        found, over = fires.search(text), resolves.search(text)
        which = over or found
        if which is not None:
            return identity(pair.name, *[one or "" for one in which.groups()]), "resolved" if over else "firing"
    return None


RECEIVER = receiver(split=split, read=read)
