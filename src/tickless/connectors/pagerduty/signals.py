"""Events → alerts and changes. A trigger fires, a resolve ends it, an acknowledgement only informs."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import Any

from tickless.connectors.pagerduty.events import (
    CHANGE,
    KEYS,
    MEND,
    dedup_key_of,
    fingerprint_of,
    modern,
    read_object,
    text_of,
)
from tickless.connectors.pagerduty.settings import Settings
from tickless.connectors.pagerduty.webhooks import is_webhook, read_webhook
from tickless.domain.errors import PayloadRejected
from tickless.domain.signal import Payload, Severity, SignalState
from tickless.sdk import Item, receiver
from tickless.sdk.receiving import read_time

_STATES: dict[str, SignalState] = {"trigger": "firing", "resolve": "resolved", "acknowledge": "info"}
_SEVERITIES: dict[str, Severity] = {"critical": "critical", "error": "error", "warning": "warning", "info": "info"}
_OWN = frozenset({"event_action", "dedup_key", "payload", "links", "images", "client_url", *KEYS})
_TWICE = re.compile(r"([+-]\d\d:\d\d)Z$")
"""A time zone written twice, as some clients do."""
_PLAIN = ("component", "group")
_SAID = ("description", "body", "message")


def split(payload: Payload, settings: Settings) -> Sequence[bytes]:
    """One event a request."""
    return [payload.body]


def read(raw: bytes, payload: Payload, settings: Settings) -> Item:
    """Understand one event, or what PagerDuty's own webhook tells of an incident."""
    fields = read_object(raw)
    if is_webhook(fields):
        return read_webhook(fields["event"])
    event = modern(fields)
    action = text_of(event.get("event_action"))
    about = event.get("payload")
    told: dict[str, Any] = about if isinstance(about, dict) else {}
    if action == CHANGE:
        return _change(event, told, settings)
    if action not in _STATES:
        raise PayloadRejected("'event_action' is missing or no trigger, acknowledge or resolve", mend=MEND)
    key = dedup_key_of(event)
    if not key:
        raise PayloadRejected("'dedup_key' is missing or blank", mend=f"to {action} something, say its dedup_key")
    summary = text_of(told.get("summary"))
    if action == "trigger" and not summary:
        raise PayloadRejected("'payload.summary' is missing or blank", mend=MEND)
    return Item(
        fingerprint=fingerprint_of(key),
        title=summary or f"{key}: {action}",
        state=_STATES[action],
        severity=_SEVERITIES.get(text_of(told.get("severity")).lower()),
        body=_body(told.get("custom_details")),
        labels=_labels(event, told, settings) | {"action": action, "dedup_key": key},
        link=_link(event),
        occurred_at=_time(told.get("timestamp")),
    )


def _change(event: Mapping[str, Any], told: Mapping[str, Any], settings: Settings) -> Item:
    """What somebody did, for whoever looks for the cause of an alert later."""
    summary = text_of(told.get("summary"))
    if not summary:
        raise PayloadRejected("'payload.summary' is missing or blank", mend="a change event says what was changed")
    about = f"{text_of(told.get('source'))}\n{summary}".encode("utf-8", "replace")
    return Item(
        fingerprint=f"change:{hashlib.blake2b(about).hexdigest()[:16]}",
        title=summary,
        kind="change",
        state="info",
        body=_body(told.get("custom_details")),
        labels=_labels(event, told, settings),
        link=_link(event),
        occurred_at=_time(told.get("timestamp")),
    )


def _labels(event: Mapping[str, Any], told: Mapping[str, Any], settings: Settings) -> dict[str, str]:
    """Where it is, then every detail under its own name, then what else the event says."""
    labels = {name: text_of(told.get(name)) for name in _PLAIN}
    labels["event_class"] = text_of(told.get("class"))  # `class` is our word for what runbooks serve
    source = text_of(told.get("source"))
    labels["source"] = source
    details = told.get("custom_details")
    if isinstance(details, dict):
        for name, value in details.items():
            labels.setdefault(name, text_of(value))
    names_a_host = event.get("event_action") != CHANGE and source != text_of(event.get("client"))
    if settings.host_is_source and names_a_host and not {"host", "instance", "hostname"} & labels.keys():
        labels["host"] = source
    known = {"summary", "severity", "timestamp", "custom_details", "source", "class", *_PLAIN}
    for name, value in [*told.items(), *event.items()]:
        if name not in known and name not in _OWN:
            labels.setdefault(name, text_of(value))
    for number, link in enumerate(_objects(event.get("links"))[1:9], 2):
        labels.setdefault(f"link_{number}", text_of(link.get("href")))
    for number, image in enumerate(_objects(event.get("images"))[:8], 1):
        labels.setdefault(f"image_{number}", text_of(image.get("src")))
    return {name: value for name, value in labels.items() if value}


def _objects(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _link(event: Mapping[str, Any]) -> str | None:
    links = _objects(event.get("links"))
    return text_of(event.get("client_url")) or (text_of(links[0].get("href")) if links else "") or None


def _body(details: Any) -> str:
    if isinstance(details, dict):
        return next((text for name in _SAID if (text := text_of(details.get(name)))), "")
    return text_of(details)


def _time(value: Any) -> dt.datetime | None:
    return read_time(_TWICE.sub(r"\1", value.strip()) if isinstance(value, str) else value)


RECEIVER = receiver(split=split, read=read)
