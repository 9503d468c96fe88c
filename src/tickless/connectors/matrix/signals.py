"""An event of a room → a message of a person, or what they pressed by a reaction. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from tickless.connectors.matrix.events import (
    BUTTONS,
    Heard,
    bare,
    is_message,
    is_reaction,
    part_of,
    relation,
    text_of,
    words_of,
)
from tickless.connectors.matrix.settings import Settings, server_of
from tickless.domain.errors import PayloadRejected
from tickless.domain.signal import Payload
from tickless.sdk import Item, Spoken, receiver
from tickless.sdk.receiving import read_time

MEND = "only our own listener hands in events of rooms; see the connector's README"
_HEARD = msgspec.json.Decoder(Heard)
_FILES = frozenset({"m.image", "m.file", "m.audio", "m.video"})


def split(payload: Payload, settings: Settings) -> Sequence[bytes]:
    """One body is one event."""
    return [payload.body]


def read(raw: bytes, payload: Payload, settings: Settings) -> Item:
    """Understand one event. Raises `PayloadRejected` for what is no message and no reaction to one of ours."""
    try:
        heard = _HEARD.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise PayloadRejected("this is no event of a room", mend=MEND) from error
    event, sender = heard.event, text_of(heard.event.get("sender"), 255)
    identity = text_of(event.get("event_id"), 255)
    if not sender.startswith("@") or ":" not in sender or not identity or not heard.room.id:
        raise PayloadRejected("the event does not say who sent it, or where", mend=MEND)
    if is_reaction(event, me=settings.user_id):
        return _pressed(heard, sender, identity, settings)
    if not is_message(event, me=settings.user_id):
        raise PayloadRejected("the event is no message of a person", mend=MEND)
    return _said(heard, sender, identity, settings)


def _said(heard: Heard, sender: str, identity: str, settings: Settings) -> Item:
    kind = text_of(part_of(heard.event, "content").get("msgtype"))
    file = kind in _FILES
    text = "" if file else words_of(heard.event, settings, direct=heard.room.direct)[: settings.longest_text]
    how, root, _ = relation(heard.event)
    thread = root if how == "m.thread" and root else "" if heard.room.direct else identity
    labels = {"file": text_of(part_of(heard.event, "content").get("body"), 200)} if file else {}
    automatic = "notice" if kind == "m.notice" else ""
    return _item(heard, sender, identity, settings, text=text, thread=thread, automatic=automatic, labels=labels,
                 title="a file, which is not read" if file else "")  # fmt: skip


def _pressed(heard: Heard, sender: str, identity: str, settings: Settings) -> Item:
    """A reaction means what our own message says that it means."""
    _, about, key = relation(heard.event)
    buttons = part_of(heard.about, BUTTONS)
    found = next((value for name, value in buttons.items() if bare(name) == bare(key)), None)
    if not isinstance(found, dict):
        raise PayloadRejected("the reaction means nothing to us", mend="react with one of those below the message")
    how, root, _ = relation({"content": heard.about})
    thread = root if how == "m.thread" else ""
    values = {text_of(name, 100): text_of(value) for name, value in part_of(found, "values").items()}
    return _item(heard, sender, identity, settings, text=text_of(found.get("says")), thread=thread,
                 labels={"about": about}, deed=text_of(found.get("deed"), 40), ref=text_of(found.get("ref")),
                 values=values, title=text_of(found.get("label"), 200) or f"reacted with {key}")  # fmt: skip


def _item(
    heard: Heard,
    sender: str,
    identity: str,
    settings: Settings,
    *,
    text: str,
    thread: str,
    title: str = "",
    automatic: str = "",
    labels: dict[str, str],
    deed: str = "",
    ref: str = "",
    values: dict[str, str] | None = None,
) -> Item:
    room = text_of(heard.room.id, 255)
    conversation = f"{room}/{thread}" if thread else room
    own = server_of(sender) == settings.own_server
    said = Spoken(
        account=sender,
        conversation=conversation,
        name=text_of(heard.name, 120),
        address=_place(room, thread, sender=sender, alone=heard.room.direct),
        private=heard.room.direct,
        email=f"{sender[1:].partition(':')[0]}@{settings.email_domain}" if own and settings.email_domain else "",
        automatic=automatic,
        deed=deed,
        ref=ref,
        values=values or {},
    )
    return Item(
        fingerprint=f"message:{conversation}"[:200],
        title=text.split("\n", maxsplit=1)[0][:200] or title or "a message without words",
        kind="message",
        state="info",
        event_key=identity,
        body=text,
        labels={"channel": "matrix", "account": sender, **{name: said_ for name, said_ in labels.items() if said_}},
        occurred_at=_time(heard.event.get("origin_server_ts")),
        said=said,
    )


def _place(room: str, thread: str, *, sender: str, alone: bool) -> dict[str, str]:
    """Where to answer. `user`: with whom we are alone there; `direct`: with whom to speak alone instead."""
    found = {"room": room, "thread": thread, "user" if alone else "direct": sender}
    return {name: value for name, value in found.items() if value}


def _time(value: Any) -> dt.datetime | None:
    return read_time(value) if isinstance(value, int) and value > 0 else None


def authenticate(payload: Payload, settings: Settings, reveal: Callable[[str], str]) -> bool:
    """No: nobody signs rooms' events, and a token that may send signals may not speak as any account. Only our listener may."""
    return False


RECEIVER = receiver(split=split, read=read, authenticate=authenticate)
