"""`{"text", "conversation"}` → a message. Who speaks is known to the door that let them in, never read from the body."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from tickless.connectors.webchat.settings import Settings
from tickless.domain.errors import PayloadRejected
from tickless.domain.signal import Payload
from tickless.sdk import Item, receiver
from tickless.sdk.receiving import read_time

MEND = 'send {"text": "…", "conversation": "…"}, with an `id` if you may send the same message twice'


class ChatMessage(msgspec.Struct, forbid_unknown_fields=True):
    """One message. `id`: the sender's own, for repeats; without it every message is a new one."""

    text: str
    conversation: str
    id: str = ""
    sent_at: str = ""


_MESSAGE = msgspec.json.Decoder(ChatMessage)


def split(payload: Payload, settings: Settings) -> Sequence[bytes]:
    """One body is one message. Without an id it gets one from its time of arrival: a second "yes" is no repeat."""
    message = _decode(payload.body)
    if message.id:
        return [payload.body]
    return [msgspec.json.encode(msgspec.structs.replace(message, id=payload.received_at.isoformat()))]


def _decode(raw: bytes) -> ChatMessage:
    try:
        return _MESSAGE.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise PayloadRejected(f"this is no chat message: {error}", mend=MEND) from error


def read(raw: bytes, payload: Payload, settings: Settings) -> Item:
    """Understand one message. Raises `PayloadRejected` for one without text or conversation, or too long."""
    message = _decode(raw)
    text = message.text.strip()
    if not text or not message.conversation.strip():
        raise PayloadRejected("a message needs a text and a conversation", mend=MEND)
    if len(text) > settings.longest_text:
        raise PayloadRejected(
            f"the message is longer than {settings.longest_text} characters", mend="shorten it, or attach a file"
        )
    conversation = message.conversation[:200]
    return Item(
        fingerprint=f"message:{conversation}",
        title=text.split("\n", maxsplit=1)[0][:200],
        kind="message",
        state="info",
        event_key=f"{conversation}/{message.id[:200]}",
        body=text,
        labels=_labels(conversation),
        occurred_at=read_time(message.sent_at) if message.sent_at else None,
    )


def _labels(conversation: str) -> dict[str, str]:
    return {"channel": "webchat", "conversation": conversation}


RECEIVER = receiver(split=split, read=read)
