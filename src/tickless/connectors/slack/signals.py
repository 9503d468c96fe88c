"""What people write and press in Slack → messages, with who spoke and where it is answered. Pure.

In a direct conversation everything is heard. In channels only what names the bot, so that it needs no right to read them.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from tickless.connectors.slack.envelope import (
    HEARD,
    MEND,
    Envelope,
    items,
    open_envelope,
    part,
    read_object,
    text,
)
from tickless.connectors.slack.pressed import forms, presses
from tickless.connectors.slack.settings import Settings
from tickless.connectors.slack.spoken import Heard
from tickless.connectors.slack.words import plain
from tickless.domain.errors import PayloadRejected
from tickless.domain.signal import Payload
from tickless.sdk import Item, Spoken, receiver
from tickless.sdk.receiving import read_time

WINDOW_SECONDS = 300
MOST_FILES = 20
_SUBTYPES = frozenset({"", "file_share", "thread_broadcast", "me_message", "bot_message"})
"""Messages; everything else (edits, joins, topics …) is no message of a person."""


def authenticate(payload: Payload, settings: Settings, reveal: Callable[[str], str]) -> bool:
    """Slack's signature over the raw body, not older than five minutes."""
    if settings.mode != "events":
        return False
    stamp, signature = (payload.headers.get(f"x-slack-{name}", "") for name in ("request-timestamp", "signature"))
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) < 12):
        return False
    if abs(payload.received_at.timestamp() - int(stamp)) > WINDOW_SECONDS:
        return False
    signed = b"v0:" + stamp.encode() + b":" + payload.body
    expected = "v0=" + hmac.new(reveal(settings.signing_secret).encode(), signed, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected.encode(), signature.encode())


def handshake(payload: Payload, settings: Settings) -> bytes | None:
    """The challenge, when Slack only asks whether this address is ours."""
    if "json" not in payload.content_type:
        return None
    try:
        body = read_object(payload.body)
    except PayloadRejected:
        return None
    if text(body, "type") != "url_verification":
        return None
    return msgspec.json.encode({"challenge": text(body, "challenge")})


def split(payload: Payload, settings: Settings) -> Sequence[bytes]:
    """What of it is a person's word, each on its own; nothing for what is none. Raises `PayloadRejected`."""
    envelope = open_envelope(payload)
    try:
        return [msgspec.json.encode(one) for one in _heard(envelope, settings)]
    except (RecursionError, ValueError, TypeError) as error:
        raise PayloadRejected("this cannot be what Slack sent", mend=MEND) from error


def _heard(envelope: Envelope, settings: Settings) -> list[Heard]:
    body, profile = envelope.body, envelope.profile
    if envelope.kind == "event":
        found = _message(body, settings)
    elif envelope.kind == "pressed":
        found = presses(body)
    elif envelope.kind == "form":
        found = forms(body)
    elif envelope.kind == "command":
        found = _command(body, settings)
    else:
        found = []
    vouched = text(profile, "email")
    return [msgspec.structs.replace(one, email=vouched, name=one.name or text(profile, "name")) for one in found]


def _message(body: dict[str, Any], settings: Settings) -> list[Heard]:
    event = part(body, "event")
    direct = text(event, "channel_type") == "im" or text(event, "channel").startswith("D")
    if text(event, "type") != "app_mention" and not (text(event, "type") == "message" and direct):
        return []
    if text(event, "subtype") not in _SUBTYPES or event.get("hidden"):
        return []
    own = text(event, "app_id") and text(event, "app_id") == text(body, "api_app_id")
    bot = next((text(one, "user_id") for one in items(body, "authorizations") if one.get("is_bot")), "")
    if own or (bot and text(event, "user") == bot):
        return []
    words = plain(text(event, "text"), bot=bot)[: settings.longest_text]
    files = tuple((text(one, "name") or "no name")[:120] for one in items(event, "files"))[:MOST_FILES]
    user, channel, stamp = text(event, "user") or text(event, "bot_id"), text(event, "channel"), text(event, "ts")
    if not (user and channel and stamp):
        raise PayloadRejected("a message without sender, place or time", mend=MEND)
    team = text(event, "user_team") or text(event, "team") or text(body, "team_id") or text(body, "enterprise_id")
    machine = bool(text(event, "bot_id")) or text(event, "subtype") == "bot_message" or user == "USLACKBOT"
    return [
        Heard(
            account=f"{team}:{user}",
            user=user,
            channel=channel,
            thread=text(event, "thread_ts") or ("" if direct else stamp),
            direct=direct,
            words=words or ("" if files else "hello"),
            files=files,
            key=f"{channel}/{stamp}",
            at=stamp,
            automatic="written by a bot" if machine else "",
        )
    ]


def _command(body: dict[str, Any], settings: Settings) -> list[Heard]:
    """Nobody else sees a slash command, so it is answered where nobody else reads."""
    user, team = text(body, "user_id"), text(body, "team_id") or text(body, "enterprise_id")
    if not user or not text(body, "trigger_id"):
        raise PayloadRejected("a command without sender", mend=MEND)
    return [
        Heard(
            account=f"{team}:{user}",
            user=user,
            name=text(body, "user_name"),
            direct=True,
            words=plain(text(body, "text"))[: settings.longest_text] or "help",
            key=f"command/{text(body, 'trigger_id')[:150]}",
        )
    ]


_HEARD = msgspec.json.Decoder(Heard)


def read(raw: bytes, payload: Payload, settings: Settings) -> Item:
    """One word of a person as an item. Raises `PayloadRejected`."""
    try:
        heard = _HEARD.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise PayloadRejected("this cannot be what Slack sent", mend=MEND) from error
    place = "direct" if heard.direct else f"{heard.channel}/{heard.thread}"
    address = {"channel": heard.channel, "thread": heard.thread, "direct": heard.user}
    said = Spoken(
        account=heard.account,
        conversation=place,
        name=heard.name,
        address={name: value for name, value in address.items() if value},
        private=heard.direct,
        email=heard.email,
        automatic=heard.automatic,
        deed=heard.deed,
        ref=heard.ref,
        values=heard.values,
    )
    return Item(
        fingerprint=f"message:{heard.account}/{place}",
        title=heard.words.split("\n", maxsplit=1)[0][:200] or "a file, which is not read",
        kind="message",
        state="info",
        event_key=heard.key,
        body=heard.words,
        labels={"channel": "slack", "account": heard.account, "conversation": place, **_attached(heard.files)},
        occurred_at=read_time(_seconds(heard.at)),
        said=said,
    )


def _attached(files: Sequence[str]) -> dict[str, str]:
    """Names only, apart from the words: a file's name is never taken for what its sender wants."""
    names = {f"attachment_{number}": name for number, name in enumerate(files, start=1)}
    return {"attachments": str(len(files)), **names} if files else {}


def _seconds(stamp: str) -> float | None:
    try:
        return float(stamp)
    except ValueError:
        return None


RECEIVER = receiver(split=split, read=read, authenticate=authenticate, handshake=handshake)
__all__ = ["HEARD", "RECEIVER"]
