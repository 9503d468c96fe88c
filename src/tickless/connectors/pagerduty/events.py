"""The shapes of the Events API (PagerDuty/api-schema, `reference/events-v2/openapiv3.json`; v1 as its old clients send it)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import msgspec

from tickless.domain.errors import PayloadRejected

CHANGE = "change"
"""The action that the door writes into a change event, which has none of its own."""
KEYS = ("routing_key", "service_key")
"""Where v2 and v1 carry the credential."""
LONGEST_FINGERPRINT = 200
MEND = "send an event of PagerDuty's Events API v2: event_action, payload with summary, source and severity"
_SAME = ("summary", "source", "component", "group", "class")


def read_object(raw: bytes) -> dict[str, Any]:
    """Raises `PayloadRejected` for anything but a JSON object."""
    try:
        found = msgspec.json.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise PayloadRejected(f"JSON parse error: {_short(error)}", mend=MEND) from error
    if not isinstance(found, dict):
        raise PayloadRejected("an event is a JSON object", mend=MEND)
    return found


def _short(error: Exception) -> str:
    return str(error)[:200].encode("utf-8", "replace").decode()


def is_old(event: Mapping[str, Any]) -> bool:
    """Events API v1: `event_type`, `incident_key`, `description`, `details`."""
    return "event_action" not in event and "event_type" in event


def modern(event: Mapping[str, Any]) -> dict[str, Any]:
    """A v1 event in the words of v2; what v2 has no word for stays."""
    if not is_old(event):
        return dict(event)
    renamed = {"event_type", "incident_key", "description", "details"}
    details = event.get("details")
    payload = {"summary": event.get("description"), "severity": "critical", "custom_details": details}
    return {
        **{name: value for name, value in event.items() if name not in renamed},
        "event_action": event.get("event_type"),
        "dedup_key": event.get("incident_key"),
        "payload": payload,
    }


def dedup_key_of(event: Mapping[str, Any]) -> str:
    """The sender's key; for a trigger without one, a key made of what it is about, so that a repeat is no second alert."""
    given = text_of(event.get("dedup_key"))
    if given or event.get("event_action") != "trigger":
        return given
    payload = event.get("payload")
    about = payload if isinstance(payload, dict) else {}
    told = msgspec.json.encode([text_of(about.get(name)) for name in _SAME])
    return hashlib.blake2b(told).hexdigest()[:32]


def fingerprint_of(key: str) -> str:
    """The key itself; a very long one shortened, and still its own."""
    if len(key) <= LONGEST_FINGERPRINT:
        return key
    return f"{key[:160]}:{hashlib.blake2b(key.encode('utf-8', 'replace')).hexdigest()[:32]}"


def text_of(value: Any) -> str:
    """A plain value as text; anything nested as JSON; nothing as nothing."""
    if value is None:
        return ""
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
