"""Calls of the alert API → alerts. Creating fires, closing and deleting resolves, everything else only informs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from tickless.connectors.opsgenie.identity import alert_id, alias_of, text_of
from tickless.connectors.opsgenie.settings import Settings
from tickless.domain.errors import PayloadRejected
from tickless.domain.signal import Payload, SignalState
from tickless.sdk import Item, receiver
from tickless.sdk.receiving import read_time

MEND = "send what Opsgenie's alert API takes: POST /v2/alerts with a message, or an action on an alert"
STATES: dict[str, SignalState] = {"create": "firing", "close": "resolved", "delete": "resolved"}
"""Every other action only informs."""
PING = "ping"
OWN = frozenset({
    "action", "alias", "priority", "entity", "target", "source", "tags", "responders", "visible_to", "actions", "by",
    "note", "owner", "end_time", "responder", "team", "escalation", "heartbeat", "opsgenie_id",
})  # fmt: skip
"""Labels of our own: all others are the alert's details."""
_TEXTS = {
    "entity": "entity", "source": "source", "user": "by", "username": "by", "note": "note", "tags": "tags",
    "responders": "responders", "visibleTo": "visible_to", "actions": "actions", "owner": "owner", "endTime": "end_time",
    "responder": "responder", "team": "team", "escalation": "escalation", "priority": "priority",
}  # fmt: skip
"""Fields of the API → our labels. Who did it is `by`: `user` says whom an alert is about."""
_SAID = frozenset({"message", "description", "alias", "details", *_TEXTS})


def split(payload: Payload, settings: Settings) -> Sequence[bytes]:
    """One call a request."""
    return [payload.body]


def read(raw: bytes, payload: Payload, settings: Settings) -> Item:
    """A call as the door hands it in, an alert to create as it is, or what Opsgenie's own webhook sends."""
    call = _object(raw)
    if isinstance(call.get("alert"), dict) and isinstance(call.get("action"), str):
        return _from_webhook(call, settings)
    if "request" not in call:
        return _item("create", alias_of(call), call, settings=settings)
    action, body = text_of(call.get("action")), call.get("body")
    told: dict[str, Any] = body if isinstance(body, dict) else {}
    key = f"request:{text_of(call['request'])}"
    if action == PING:
        return _ping(text_of(call.get("identifier")), key)
    if action == "create":
        return _item(action, alias_of(told), told, settings=settings, key=key)
    identifier = text_of(call.get("identifier"))
    if not action or not identifier:
        raise PayloadRejected("the call names no alert", mend=MEND)
    return _item(action, identifier, told, settings=settings, key=key)


def _object(raw: bytes) -> dict[str, Any]:
    try:
        found = msgspec.json.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        reason = str(error)[:200].encode("utf-8", "replace").decode()
        raise PayloadRejected(f"the body is no JSON: {reason}", mend=MEND) from error
    if not isinstance(found, dict):
        raise PayloadRejected("the body is no JSON object", mend=MEND)
    return found


def _item(
    action: str,
    alias: str,
    told: Mapping[str, Any],
    *,
    settings: Settings,
    key: str = "",
    at: dt.datetime | None = None,
) -> Item:
    message = text_of(told.get("message")).strip()
    if action == "create" and not message:
        raise PayloadRejected("Message can not be empty.", mend=MEND)
    fallback = "P3" if action == "create" else ""
    return Item(
        fingerprint=alert_id(alias),
        title=message or f"{alias}: {action}",
        state=STATES.get(action, "info"),
        event_key=key,
        severity=settings.priorities.get(text_of(told.get("priority")) or fallback),
        body=text_of(told.get("description")) or text_of(told.get("note")),
        labels={**_labels(told), "action": action, "alias": alias},
        occurred_at=at,
    )


def _labels(told: Mapping[str, Any]) -> dict[str, str]:
    labels = {label: text_of(told[name]) for name, label in _TEXTS.items() if told.get(name)}
    details = told.get("details")
    for name, value in details.items() if isinstance(details, dict) else ():
        labels.setdefault(name, text_of(value))
    if "entity" in labels:
        labels.setdefault("target", labels["entity"])
    for name, value in told.items():
        if name not in _SAID:
            labels.setdefault(name, text_of(value))
    return labels


def _ping(name: str, key: str) -> Item:
    if not name:
        raise PayloadRejected("the heartbeat has no name", mend="ping /v2/heartbeats/NAME/ping")
    return Item(
        fingerprint=f"heartbeat:{name}"[:200],
        title=f"Heartbeat of {name}",
        kind="heartbeat",
        state="info",
        event_key=key,
        labels={"heartbeat": name, "action": PING},
    )


def _from_webhook(call: Mapping[str, Any], settings: Settings) -> Item:
    """Opsgenie's own webhook, while somebody moves over: `action` such as Create or AddNote, and the alert."""
    alert: dict[str, Any] = dict(call["alert"])
    theirs = text_of(alert.pop("alertId", None))
    alias = text_of(alert.get("alias")) or theirs
    if not alias:
        raise PayloadRejected("the alert has neither an alias nor an id", mend=MEND)
    made, changed = alert.pop("createdAt", None), alert.pop("updatedAt", None)
    action = call["action"].strip().lower()
    item = _item(action, alias, alert, settings=settings, at=read_time(made if action == "create" else changed))
    labels = {**(item.labels or {}), "opsgenie_id": theirs}
    return msgspec.structs.replace(item, labels={name: text for name, text in labels.items() if text})


RECEIVER = receiver(split=split, read=read)
