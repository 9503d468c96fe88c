"""Webhook v4 and API v2 → alerts. `split` only cuts the body into alerts; `read` understands one (msgspec, no copies)."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import msgspec

from tickless.connectors.alertmanager.settings import Settings
from tickless.domain.errors import PayloadRejected
from tickless.domain.signal import Payload, Severity, SignalState
from tickless.sdk import Item, receiver
from tickless.sdk.receiving import read_time

MEND = (
    "send Alertmanager's webhook (version 4: an object with `alerts`) or its API v2 (an array of objects with `labels`)"
)
_SEVERITIES: dict[str, Severity] = {
    "critical": "critical", "page": "critical", "emergency": "critical", "disaster": "critical", "fatal": "critical",
    "error": "error", "major": "error", "high": "error", "ticket": "error",
    "warning": "warning", "warn": "warning", "minor": "warning", "medium": "warning",
    "info": "info", "informational": "info", "low": "info", "none": "info", "ok": "info",
}  # fmt: skip
_SAID = frozenset({"summary", "title", "description", "message"})
"""Annotations that become title and body."""


class Alert(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """One alert in either shape. An unknown field sends it down the slower, lenient way, which keeps it."""

    labels: dict[str, str]
    annotations: dict[str, str] = {}
    status: str = ""
    startsAt: str = ""  # noqa: N815 - the vendor's name
    endsAt: str = ""  # noqa: N815
    generatorURL: str = ""  # noqa: N815
    fingerprint: str = ""
    routeLabels: dict[str, str] = {}  # noqa: N815
    """Of the whole group: `split` writes them into each alert."""


class Webhook(msgspec.Struct):
    """The envelope of webhook v4, as far as it concerns us."""

    alerts: list[msgspec.Raw]
    truncatedAlerts: int = 0  # noqa: N815
    groupKey: str = ""  # noqa: N815
    routeLabels: msgspec.Raw = msgspec.Raw()  # noqa: N815


class Truncated(msgspec.Struct, forbid_unknown_fields=True):
    """Our own note that Alertmanager left alerts out of a group."""

    truncatedAlerts: int  # noqa: N815
    groupKey: str  # noqa: N815


_WEBHOOK = msgspec.json.Decoder(Webhook)
_ARRAY = msgspec.json.Decoder(list[msgspec.Raw])
_ALERT = msgspec.json.Decoder(Alert)
_TRUNCATED = msgspec.json.Decoder(Truncated)
_SORTED = msgspec.json.Encoder(order="sorted").encode
_ANY = msgspec.json.Decoder(dict[str, Any])


def split(payload: Payload, settings: Settings) -> Sequence[bytes]:
    """Cut the body into its alerts, not yet understood."""
    body = payload.body
    try:
        if body.lstrip()[:1] == b"[":
            return list(map(bytes, _ARRAY.decode(body)))
        envelope = _WEBHOOK.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise PayloadRejected(f"this is no Alertmanager payload: {error}", mend=MEND) from error
    alerts = list(map(bytes, envelope.alerts))
    if len(envelope.routeLabels) > len(b"null"):
        routed = b',"routeLabels":' + bytes(envelope.routeLabels) + b"}"
        alerts = [alert[:-1] + routed if alert.startswith(b"{") else alert for alert in alerts]
    if envelope.truncatedAlerts > 0:
        alerts.append(msgspec.json.encode(Truncated(envelope.truncatedAlerts, envelope.groupKey)))
    return alerts


def read(raw: bytes, payload: Payload, settings: Settings) -> Item:
    """Understand one alert. Open alerts have no end, or the year 1 as their end; in API v2 a past end means resolved."""
    try:
        alert = _ALERT.decode(raw)
        extra: dict[str, str] = {}
    except msgspec.ValidationError:
        if b'"truncatedAlerts"' in raw and (note := _truncation(raw)) is not None:
            return note
        alert, extra = _lenient(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise PayloadRejected(f"an alert is no JSON: {error}", mend=MEND) from error
    return _item(alert, extra, payload.received_at, settings.severity_label)


def _item(alert: Alert, extra: dict[str, str], received_at: dt.datetime, severity_label: str) -> Item:
    labels, annotations = alert.labels, alert.annotations
    if not labels:
        raise PayloadRejected("an alert has no labels", mend="every alert needs at least the label `alertname`")
    started, ended = _time(alert.startsAt), _time(alert.endsAt)
    state = _state(alert.status, ended, received_at)
    fingerprint = alert.fingerprint or label_hash(labels)  # before annotations join the labels
    name = labels.get("alertname", "")
    kept = {**extra, **labels} if extra else labels
    for key, value in annotations.items():
        if key not in _SAID:
            kept.setdefault(f"annotation.{key}", value)
    for key, value in alert.routeLabels.items():
        kept.setdefault(f"route.{key}", value)
    return Item(
        fingerprint=fingerprint,
        title=annotations.get("summary") or annotations.get("title") or name or "alert without a name",
        state=state,
        severity=_SEVERITIES.get(labels.get(severity_label, "").lower()),
        body=annotations.get("description") or annotations.get("message") or "",
        labels=kept,
        link=alert.generatorURL or None,
        occurred_at=(ended or started) if state == "resolved" else started,
    )


@lru_cache(maxsize=4_096)
def _time(text: str) -> dt.datetime | None:
    """The time; None for none, and for the year 1, which says the same. Alerts of one evaluation begin at one time."""
    return None if not text or text.startswith("0001-") else read_time(text)


def _state(status: str, ended: dt.datetime | None, received_at: dt.datetime) -> SignalState:
    if status:
        return "resolved" if status == "resolved" else "firing"
    return "resolved" if ended is not None and ended <= received_at else "firing"


def label_hash(labels: dict[str, str]) -> str:
    """A stable hash of a label set, for alerts that come without a fingerprint: 16 hex digits, as Alertmanager's has."""
    return hashlib.blake2b(_SORTED(labels)).hexdigest()[:16]


def _truncation(raw: bytes) -> Item | None:
    """The note that `split` adds; None if it is something else."""
    try:
        note = _TRUNCATED.decode(raw)
    except msgspec.MsgspecError:
        return None
    return Item(
        fingerprint=f"truncated:{label_hash({'groupKey': note.groupKey})}",
        title=f"Alertmanager left {note.truncatedAlerts} alerts out of a group",
        state="info",
        severity="warning",
        body="The receiver's `max_alerts` is too low: raise it, or set it to 0.",
        labels={"alertname": "AlertmanagerTruncatedAlerts", "group_key": note.groupKey},
    )


def _lenient(raw: bytes) -> tuple[Alert, dict[str, str]]:
    """An alert with fields or values that the specification does not know: plain values are kept as labels."""
    try:
        fields = _ANY.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise PayloadRejected(f"an alert is no JSON object: {error}", mend=MEND) from error
    if not isinstance(fields.get("labels"), dict):
        raise PayloadRejected("an alert has no object `labels`", mend=MEND)
    alert = Alert(
        labels=_texts(fields.pop("labels")),
        annotations=_texts(fields.pop("annotations", None)),
        routeLabels=_texts(fields.pop("routeLabels", None)),
        **{name: str(fields.pop(name, None) or "") for name in _KNOWN},
    )
    return alert, _texts(fields)


_KNOWN = ("status", "startsAt", "endsAt", "generatorURL", "fingerprint")


def _texts(values: Any) -> dict[str, str]:
    """Plain values as text; nested ones as JSON."""
    if not isinstance(values, dict):
        return {}
    return {
        key: value if isinstance(value, str) else msgspec.json.encode(value).decode() for key, value in values.items()
    }


RECEIVER = receiver(split=split, read=read)
