"""CloudEvents → signals. An event's identity is its source and id together, as the specification says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from tickless.connectors.cloudevents.envelope import MEND, Event, from_binary, from_structured, mode_of
from tickless.connectors.cloudevents.settings import Settings
from tickless.domain.errors import PayloadRejected
from tickless.domain.signal import Payload, Severity, SignalKind, SignalState
from tickless.sdk import Item, receiver
from tickless.sdk.receiving import read_time

_ARRAY = msgspec.json.Decoder(list[msgspec.Raw])
_NOT_LABELS = frozenset({"id", "specversion", "time", "datacontenttype", "dataschema"})
_STATES: dict[str, SignalState] = {
    "firing": "firing", "open": "firing", "alarm": "firing", "problem": "firing",
    "resolved": "resolved", "closed": "resolved", "ok": "resolved", "recovered": "resolved",
}  # fmt: skip
_SEVERITIES: dict[str, Severity] = {
    "critical": "critical", "fatal": "critical", "error": "error", "warning": "warning", "warn": "warning", "info": "info",
}  # fmt: skip
_NUMBERS: tuple[tuple[int, Severity], ...] = ((21, "critical"), (17, "error"), (13, "warning"), (0, "info"))
LONGEST_DATA = 20_000
"""Data that is not told as text is kept as JSON up to so many characters."""


def split(payload: Payload, settings: Settings) -> Sequence[bytes]:
    """One event, or the entries of a batch."""
    if mode_of(payload) != "batch":
        return [payload.body]
    try:
        return list(map(bytes, _ARRAY.decode(payload.body)))
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise PayloadRejected(f"the batch is no JSON array: {error}", mend=MEND) from error


def read(raw: bytes, payload: Payload, settings: Settings) -> Item:
    """Understand one event."""
    event = from_binary(payload) if mode_of(payload) == "binary" else from_structured(raw)
    attributes = event.attributes
    event_type, source = attributes["type"], attributes["source"]
    subject = attributes.get("subject", "")
    kind, state, severity = _meaning(event, settings)
    return Item(
        fingerprint=" ".join(part for part in (source, _stem(event_type, kind, settings), subject) if part),
        title=_said(event.data, "title", "summary", "message", "name") or f"{event_type} {subject}".strip(),
        kind=kind,
        state=state,
        event_key=f"{source} {attributes['id']}",
        severity=severity,
        body=_said(event.data, "description", "text") or _as_text(event.data),
        labels=_labels(event),
        link=_said(event.data, "url", "link") or None,
        occurred_at=read_time(attributes.get("time")),
    )


def _meaning(event: Event, settings: Settings) -> tuple[SignalKind, SignalState, Severity | None]:
    """What the settings say of this type; what the data says of itself (`state` or `status`, `severity`) goes before."""
    meaning = settings.meaning_of(event.attributes["type"])
    told = _STATES.get(_said(event.data, "state", "status").lower())
    severity = _SEVERITIES.get(_said(event.data, "severity").lower()) or _severity_of(event.attributes)
    if meaning is None:
        return "alert", told or "info", severity
    state = told if told and meaning.kind == "alert" and meaning.state == "firing" else meaning.state
    return meaning.kind, state, severity or meaning.severity


def _severity_of(attributes: Mapping[str, str]) -> Severity | None:
    """The extension `severity` (cloudevents/spec, `extensions/severity.md`): by its number, else by its text."""
    number = attributes.get("severitynumber", "")
    if number.isdecimal() and len(number) < 4:
        return next((severity for least, severity in _NUMBERS if int(number) >= least), "info")
    return _SEVERITIES.get(attributes.get("severitytext", "").lower())


def _stem(event_type: str, kind: SignalKind, settings: Settings) -> str:
    """The type without what tells trouble from its end, so that both are about one thing."""
    meaning = settings.meaning_of(event_type)
    if meaning is not None and meaning.about:
        return meaning.about
    if kind == "alert" and event_type.startswith("dev.cdevents.incident."):
        return "dev.cdevents.incident"
    return event_type


def _labels(event: Event) -> dict[str, str]:
    labels = {name: value for name, value in event.attributes.items() if name not in _NOT_LABELS}
    if isinstance(event.data, dict):
        for key, value in event.data.items():
            if isinstance(value, (str, int, float)):
                labels.setdefault(key, value if isinstance(value, str) else msgspec.json.encode(value).decode())
    return labels


def _said(data: Any, *names: str) -> str:
    """The first of these fields of the data that is a text."""
    if not isinstance(data, dict):
        return ""
    return next((data[name] for name in names if isinstance(data.get(name), str) and data[name]), "")


def _as_text(data: Any) -> str:
    if data is None:
        return ""
    text = data if isinstance(data, str) else msgspec.json.encode(data).decode()
    return text[:LONGEST_DATA]


RECEIVER = receiver(split=split, read=read)
