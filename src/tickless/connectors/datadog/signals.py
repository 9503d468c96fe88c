"""Datadog's webhook → alerts. Its payload is the caller's own: ours is `payload.json` in this folder; JSON or a form.

The names of Datadog's variables are understood too, so that a template of one's own with `AGGREG_KEY` and its kin works.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from tickless.connectors.datadog.settings import Settings
from tickless.domain.errors import PayloadRejected
from tickless.domain.signal import Payload, Severity, SignalState
from tickless.sdk import Item, receiver
from tickless.sdk.fields import Fields, as_text, identity, is_form, read_form, read_object

MEND = "use the payload that ships with the connector: connectors/datadog/payload.json"
_UNFILLED = re.compile(r"\$[A-Z][A-Z_0-9]*(\[[^\]]*\])?|null|none", re.IGNORECASE)
"""What a variable without a value leaves behind."""
_AGAIN = re.compile(r"^(re-|renotify\s*)", re.IGNORECASE)
_STATES: dict[str, SignalState] = {
    "triggered": "firing", "warn": "firing", "warning": "firing", "alert": "firing", "": "firing", "notify": "firing",
    "recovered": "resolved", "ok": "resolved", "resolved": "resolved",
}  # fmt: skip
_OF_NO_MONITOR: dict[str, SignalState] = {"error": "firing", "warning": "firing", "success": "resolved"}
_PRIORITIES: dict[str, Severity] = {"p1": "critical", "p2": "error", "p3": "warning", "p4": "info", "p5": "info"}
_TYPES: dict[str, Severity] = {"error": "error", "warning": "warning", "info": "info", "success": "info"}
_ALIASES = {
    "alert_transition": "transition", "alert_type": "type", "alert_priority": "priority", "alert_status": "status",
    "alert_scope": "scope", "alert_query": "query", "alert_metric": "metric", "event_title": "title", "event_msg": "message",
    "text_only_msg": "message", "body": "message", "alert_cycle_key": "cycle_key", "host": "hostname", "url": "link",
    "org_name": "org", "event_id": "id", "aggregation_key": "aggreg_key",
}  # fmt: skip
_NOT_LABELS = frozenset(
    {"tickless", "id", "aggreg_key", "transition", "title", "message", "link", "date", "last_updated", "tags"}
)


def split(payload: Payload, settings: Settings) -> Sequence[bytes]:
    """One body is one event; a form's field `payload` may hold the whole of it."""
    if not is_form(payload.content_type):
        return [payload.body]
    form = read_form(payload.body, mend=MEND)
    return [form["payload"].encode() if set(form) == {"payload"} else msgspec.json.encode(form)]


def read(raw: bytes, payload: Payload, settings: Settings) -> Item:
    """Understand one event."""
    event = Fields(_named(read_object(raw, what="this", mend=MEND).values))
    same = identity(event.text("aggreg_key", "alert_id"), event.text("scope"))
    transition = event.text("transition")
    if not same or not (transition or event.text("title", "alert_title")):
        raise PayloadRejected("an event without `aggreg_key` or `alert_id`", mend=MEND)
    state = _state(event, transition, settings)
    return Item(
        fingerprint=same,
        title=event.text("alert_title", "title") or f"monitor {event.text('alert_id')}",
        state=state,
        event_key=identity(event.text("id"), transition) if event.text("id") else "",
        severity=_severity(event, transition),
        body=event.text("message"),
        labels=_labels(event),
        link=event.text("link") or None,
        occurred_at=event.time("date", "last_updated"),
    )


def _named(values: Mapping[str, Any]) -> dict[str, Any]:
    """By our names, without what was not filled in."""
    found: dict[str, Any] = {}
    for key, value in values.items():
        name = key.strip().lstrip("$").lower()
        if isinstance(value, str) and _UNFILLED.fullmatch(value.strip()):
            continue
        found.setdefault(_ALIASES.get(name, name), value)
    return found


def _state(event: Fields, transition: str, settings: Settings) -> SignalState:
    """By its transition; an event of no monitor has none, and its type tells."""
    said = _AGAIN.sub("", transition.strip()).strip().lower()
    if said in {"no data", "nodata"}:
        return settings.no_data
    if not said and not _AGAIN.match(transition):
        return _OF_NO_MONITOR.get(event.text("type").lower(), "info")
    return _STATES.get(said, "info")


def _severity(event: Fields, transition: str) -> Severity | None:
    """By priority; else a warning where the monitor only warns; else by the type of event."""
    by_priority = _PRIORITIES.get(event.text("priority").lower())
    if by_priority:
        return by_priority
    if "warn" in transition.lower():
        return "warning"
    return _TYPES.get(event.text("type").lower())


def _labels(event: Fields) -> dict[str, str]:
    """Tags `name:value` become labels, also those of the scope."""
    tags: dict[str, str] = {}
    for one in f"{event.text('tags')},{event.text('scope')}".split(","):
        name, _, value = one.strip().partition(":")
        if name and value:
            tags.setdefault(as_text(name), as_text(value))
    named = {
        "alertname": event.text("alert_title", "title"),
        "host": event.text("hostname") or tags.get("host", ""),
        "tags": ",".join(event.texts("tags")),
    }
    return {**tags, **event.labels(but=_NOT_LABELS), **{name: value for name, value in named.items() if value}}


RECEIVER = receiver(split=split, read=read)
