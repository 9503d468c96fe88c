"""PagerDuty's own webhook (version 3), while somebody moves over: what it tells of an incident."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tickless.connectors.pagerduty.events import MEND, text_of
from tickless.domain.errors import PayloadRejected
from tickless.domain.signal import Severity, SignalState
from tickless.sdk import Item
from tickless.sdk.receiving import read_time

_STATES: dict[str, SignalState] = {
    "incident.triggered": "firing", "incident.reopened": "firing", "incident.resolved": "resolved",
}  # fmt: skip
"""Everything else that is told of an incident only informs."""
_URGENCIES: dict[str, Severity] = {"high": "error", "low": "warning"}
_PRIORITIES: dict[str, Severity] = {"p1": "critical", "p2": "error", "p3": "warning", "p4": "info", "p5": "info"}


def is_webhook(fields: Mapping[str, Any]) -> bool:
    """`{"event": {"event_type": "incident.…", "data": {…}}}`"""
    event = fields.get("event")
    return isinstance(event, dict) and "event_type" in event


def read_webhook(event: Mapping[str, Any]) -> Item:
    """An incident is about its own id; a note or a status update of one is, too."""
    data = event.get("data")
    kind = text_of(event.get("event_type"))
    if not isinstance(data, dict) or not kind.startswith("incident."):
        raise PayloadRejected("the webhook tells of no incident", mend=MEND)
    of = data.get("incident")
    incident: dict[str, Any] = of if isinstance(of, dict) else data
    identity = text_of(incident.get("id"))
    if not identity:
        raise PayloadRejected("the incident has no id", mend=MEND)
    title = text_of(incident.get("title")) or text_of(incident.get("summary"))
    return Item(
        fingerprint=f"incident:{identity}"[:200],
        title=title or f"PagerDuty incident {identity}: {kind.removeprefix('incident.')}",
        state=_STATES.get(kind, "info"),
        event_key=text_of(event.get("id")),
        severity=_severity(incident),
        body=text_of(data.get("content")) or text_of(data.get("message")),
        labels=_labels(event, incident, kind),
        link=text_of(incident.get("html_url")) or None,
        occurred_at=read_time(event.get("occurred_at")),
    )


def _severity(incident: Mapping[str, Any]) -> Severity | None:
    priority = _PRIORITIES.get(_named(incident.get("priority")).lower())
    return priority or _URGENCIES.get(text_of(incident.get("urgency")))


def _labels(event: Mapping[str, Any], incident: Mapping[str, Any], kind: str) -> dict[str, str]:
    labels = {
        "action": kind,
        "incident": text_of(incident.get("id")),
        "number": text_of(incident.get("number")),
        "dedup_key": text_of(incident.get("incident_key")),
        "service": _named(incident.get("service")),
        "priority": _named(incident.get("priority")),
        "urgency": text_of(incident.get("urgency")),
        "status": text_of(incident.get("status")),
        "team": ", ".join(_named(team) for team in incident.get("teams") or () if isinstance(team, dict))
        if isinstance(incident.get("teams"), list)
        else "",
        "by": _named(event.get("agent")),
    }
    return {name: value for name, value in labels.items() if value}


def _named(reference: Any) -> str:
    """What a reference to another thing calls it."""
    return text_of(reference.get("summary") or reference.get("id")) if isinstance(reference, dict) else ""
