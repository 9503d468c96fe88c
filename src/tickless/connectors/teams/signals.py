"""An activity → a message of a person, or what they pressed in a card. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from tickless.connectors.teams.activity import MEND, Activity, fit, read_activity, words_of
from tickless.connectors.teams.auth import authenticate, handshake
from tickless.connectors.teams.member import EMAIL, complete
from tickless.connectors.teams.render import ENTRY, OURS
from tickless.connectors.teams.settings import Settings
from tickless.domain.errors import PayloadRejected
from tickless.domain.signal import Payload
from tickless.sdk import Item, Spoken, receiver
from tickless.sdk.receiving import read_time

LONGEST_KEY = 300


def split(payload: Payload, settings: Settings) -> Sequence[bytes]:
    """One body is one activity."""
    return [payload.body]


def read(raw: bytes, payload: Payload, settings: Settings) -> Item:
    """Understand one activity. Raises `PayloadRejected` for what is no message of a person."""
    activity = read_activity(raw)
    if activity.type != "message" or not (activity.id and activity.sender.id and activity.conversation.id):
        raise PayloadRejected("the activity is no message, or does not say whose and where", mend=MEND)
    pressed = activity.value.get(OURS) if isinstance(activity.value, dict) else None
    button = pressed if isinstance(pressed, dict) else {}
    if activity.value is not None and not button and not activity.text:
        raise PayloadRejected("something was pressed that is none of ours", mend="press one of the newest message")
    values = _values(button, activity.value)
    words = (words_of(activity) or _text(button.get("says"), 1_000))[: settings.longest_text]
    title = (
        words.split("\n", maxsplit=1)[0][:200] or "; ".join(values.values())[:200] or _text(button.get("label"), 200)
    )
    said = _spoken(activity, payload, values, button)
    return Item(
        fingerprint=fit(f"message:{activity.conversation.id}")[:200],
        title=title or ("a file, which is not read" if activity.attachments else "a message without words"),
        kind="message",
        state="info",
        event_key=_event_key(activity),
        body=words,
        labels={"channel": "teams", "account": said.account, "in": fit(activity.conversation.conversation_type)[:40]},
        occurred_at=read_time(activity.timestamp) if activity.timestamp else None,
        said=said,
    )


def _event_key(activity: Activity) -> str:
    """An activity's id is its own in its conversation only."""
    key = fit(f"{activity.conversation.id}/{activity.id}")
    return key if len(key) <= LONGEST_KEY else hashlib.sha256(key.encode()).hexdigest()


def _spoken(activity: Activity, payload: Payload, values: dict[str, str], button: dict[str, Any]) -> Spoken:
    sender, place = activity.sender, activity.conversation
    tenant = next(iter(sorted(activity.tenants)), "")
    address = {
        "service_url": fit(activity.service_url)[:1_000],
        "conversation": fit(place.id)[:1_000],
        "tenant": fit(tenant)[:100],
    }
    if not activity.personal:
        whom = {"user": sender.id[:300], "tenant": tenant[:100], "service_url": activity.service_url[:400]}
        address["direct"] = fit(json.dumps(whom, ensure_ascii=False))
    return Spoken(
        account=fit(sender.aad_object_id or sender.id)[:300],
        conversation=fit(place.id)[:1_000],
        name=fit(sender.name)[:120],
        address=address,
        private=activity.personal,
        email=payload.headers.get(EMAIL, ""),
        automatic="bot" if sender.role == "bot" or sender.id.startswith("28:") else "",
        deed=_text(button.get("deed"), 40),
        ref=_text(button.get("ref"), 300),
        values=values,
    )


def _values(button: dict[str, Any], value: Any) -> dict[str, str]:
    """What the button carries, and what was filled in beside it."""
    own = button.get("values")
    found = {_text(name, 100): _text(one, 1_000) for name, one in own.items()} if isinstance(own, dict) else {}
    if button.get("gathers") and isinstance(value, dict):
        filled = {name.removeprefix(ENTRY): one for name, one in value.items() if name.startswith(ENTRY)}
        found |= {
            _text(name, 100): _text(one, 1_000) for name, one in filled.items() if isinstance(one, str) and one.strip()
        }
    return found


def _text(value: Any, limit: int) -> str:
    return fit(value)[:limit] if isinstance(value, str) else ""


RECEIVER = receiver(split=split, read=read, authenticate=authenticate, handshake=handshake, complete=complete)
