"""Both shapes → alerts: `alerts[]` of unified alerting, `ruleId` and `evalMatches[]` of legacy alerting."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from tickless.connectors.grafana.settings import Settings
from tickless.domain.errors import PayloadRejected
from tickless.domain.signal import Payload, Severity, SignalState
from tickless.sdk import Item, receiver
from tickless.sdk.receiving import read_time

MEND = "send Grafana's own webhook payload; for a custom one use the connector `webhook`, with a mapping"
_SEVERITIES: dict[str, Severity] = {
    "critical": "critical", "page": "critical", "disaster": "critical", "fatal": "critical",
    "error": "error", "major": "error", "high": "error",
    "warning": "warning", "warn": "warning", "minor": "warning", "medium": "warning",
    "info": "info", "informational": "info", "low": "info", "none": "info",
}  # fmt: skip
_SAID = frozenset({"summary", "title", "description", "message"})
_LINKS = ("panelURL", "dashboardURL", "generatorURL")
"""The first that is there is the link; the others become labels."""
_READ = frozenset({"labels", "annotations", "status", "startsAt", "endsAt", "fingerprint"})
_LEGACY_READ = frozenset({"ruleName", "title", "message", "state", "ruleUrl", "tags"})
TEST = {"alertname": "TestAlert", "instance": "Grafana"}
"""What the button “Test” of a contact point sends: nothing ever resolves it."""


class Envelope(msgspec.Struct):
    """As far as it concerns us."""

    alerts: list[msgspec.Raw] | None = None
    truncatedAlerts: int = 0  # noqa: N815 - the vendor's name
    groupKey: str = ""  # noqa: N815


_ENVELOPE = msgspec.json.Decoder(Envelope)


def split(payload: Payload, settings: Settings) -> Sequence[bytes]:
    """The alerts of a group, and a note when some were left out; or the one legacy alert."""
    try:
        envelope = _ENVELOPE.decode(payload.body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise PayloadRejected(f"this is no webhook of Grafana: {_short(error)}", mend=MEND) from error
    if envelope.alerts is None:
        return [payload.body]
    alerts = list(map(bytes, envelope.alerts))
    if envelope.truncatedAlerts > 0:
        alerts.append(msgspec.json.encode({"truncated": envelope.truncatedAlerts, "group": envelope.groupKey}))
    return alerts


def _short(error: Exception) -> str:
    return str(error)[:200].encode("utf-8", "replace").decode()


def read(raw: bytes, payload: Payload, settings: Settings) -> Item:
    """Understand one alert."""
    try:
        fields = msgspec.json.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise PayloadRejected(f"an alert is no JSON: {_short(error)}", mend=MEND) from error
    if not isinstance(fields, dict):
        raise PayloadRejected("an alert is no JSON object", mend=MEND)
    if isinstance(fields.get("labels"), dict) and fields["labels"]:
        return _unified(fields, settings)
    if set(fields) == {"truncated", "group"}:
        return _left_out(_text(fields["truncated"]), _text(fields["group"]))
    if "ruleName" in fields or "ruleId" in fields:
        return _legacy(fields, settings)
    raise PayloadRejected("an alert has no labels", mend=MEND)


def _unified(fields: Mapping[str, Any], settings: Settings) -> Item:
    labels, annotations = _texts(fields["labels"]), _texts(fields.get("annotations"))
    started, ended = _time(fields.get("startsAt")), _time(fields.get("endsAt"))
    state: SignalState = "resolved" if fields.get("status") == "resolved" else "firing"
    links = [link for name in _LINKS if (link := _text(fields.get(name)))]
    kept = {name: _text(value) for name, value in fields.items() if name not in _READ}
    kept = {name: value for name, value in kept.items() if value and value != (links[0] if links else "")}
    kept |= {f"annotation.{name}": text for name, text in annotations.items() if name not in _SAID}
    is_test = TEST.items() <= labels.items()
    return Item(
        fingerprint=_text(fields.get("fingerprint")) or _hash(labels),
        title=annotations.get("summary")
        or annotations.get("title")
        or labels.get("alertname")
        or "alert without a name",
        state="info" if is_test else state,
        severity=_SEVERITIES.get(labels.get(settings.severity_label, "").lower()),
        body=annotations.get("description") or annotations.get("message") or "",
        labels={**kept, **labels},
        link=links[0] if links else None,
        occurred_at=(ended or started) if state == "resolved" else started,
    )


def _legacy(fields: Mapping[str, Any], settings: Settings) -> Item:
    """An alert of a dashboard: one rule, its state, and what matched."""
    name = _text(fields.get("ruleName"))
    state = _text(fields.get("state"))
    states: dict[str, SignalState] = {
        "alerting": "firing", "ok": "resolved", "pending": "info", "paused": "info",
        "no_data": "firing" if settings.no_data_fires else "info",
    }  # fmt: skip
    if state not in states:
        raise PayloadRejected("the alert's state is none of Grafana's", mend=MEND)
    rule = _text(fields.get("ruleId")).strip("0")
    if not rule and not name:
        raise PayloadRejected("the alert names no rule", mend=MEND)
    tags = _texts(fields.get("tags"))
    kept = {key: _text(value) for key, value in fields.items() if key not in _LEGACY_READ}
    kept = {key: value for key, value in kept.items() if value}
    organisation = _text(fields.get("orgId"))
    return Item(
        fingerprint=f"rule:{organisation}:{_text(fields['ruleId'])}" if rule else f"rule:{organisation}:{name}"[:200],
        title=_text(fields.get("title")) or name,
        state=states[state],
        severity=_SEVERITIES.get(tags.get(settings.severity_label, "").lower()),
        body=_text(fields.get("message")),
        labels={**kept, **_matched(fields.get("evalMatches")), **tags, "alertname": name or rule, "state": state},
        link=_text(fields.get("ruleUrl")) or None,
    )


def _matched(matches: Any) -> dict[str, str]:
    """Labels on which all matching series agree: they say where it is."""
    if not isinstance(matches, list):
        return {}
    tags = [_texts(match.get("tags")) for match in matches if isinstance(match, dict)]
    if not tags:
        return {}
    return {name: text for name, text in tags[0].items() if all(other.get(name) == text for other in tags)}


def _left_out(count: str, group: str) -> Item:
    return Item(
        fingerprint=f"truncated:{_hash({'group': group})}",
        title=f"Grafana left {count} alerts out of a group",
        state="info",
        severity="warning",
        body="The contact point's “Max alerts” is too low: raise it, or set it to 0.",
        labels={"alertname": "GrafanaTruncatedAlerts", "group_key": group},
    )


def _hash(labels: Mapping[str, str]) -> str:
    return hashlib.blake2b(msgspec.json.encode(labels, order="sorted")).hexdigest()[:16]


def _time(value: Any) -> dt.datetime | None:
    """None for none, and for the year 1, which says the same."""
    return None if not isinstance(value, str) or value.startswith("0001-") else read_time(value)


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _texts(values: Any) -> dict[str, str]:
    return {name: _text(value) for name, value in values.items()} if isinstance(values, dict) else {}


RECEIVER = receiver(split=split, read=read)
