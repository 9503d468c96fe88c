"""Incidents of Google Cloud Monitoring (1.2, and 1.1 as it is still seen) → alerts; bare, or wrapped by a Pub/Sub push."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence

from tickless.connectors.gcp.settings import Settings
from tickless.domain.errors import PayloadRejected
from tickless.domain.signal import Payload, Severity, SignalState
from tickless.sdk import Item, receiver
from tickless.sdk.fields import Fields, identity, read_object

MEND = "send incidents by a notification channel of type webhook or Pub/Sub (an object with `incident`)"
_STATES: dict[str, SignalState] = {"open": "firing", "closed": "resolved"}
_SEVERITIES: dict[str, Severity] = {"critical": "critical", "error": "error", "warning": "warning"}
_SERVICES = ("service_name", "service", "app", "module_id", "function_name", "job_name", "container_name")
_INSTANCES = ("instance_name", "instance_id", "host", "node_name", "database_id", "pod_name", "bucket_name", "queue_id")
_NOT_LABELS = frozenset({
    "incident_id", "state", "started_at", "ended_at", "summary", "url", "severity", "documentation", "resource", "metric",
    "metadata", "condition", "policy_user_labels", "apigee_url",
})  # fmt: skip


def split(payload: Payload, settings: Settings) -> Sequence[bytes]:
    """One body is one incident; that of a Pub/Sub push is taken out of its wrapping."""
    document = read_object(payload.body, what="this", mend=MEND)
    if "message" in document and "incident" not in document:
        try:
            return [base64.b64decode(document.part("message").text("data"), validate=True)]
        except (binascii.Error, ValueError) as error:
            raise PayloadRejected("a Pub/Sub message whose data is not base64", mend=MEND) from error
    return [payload.body]


def read(raw: bytes, payload: Payload, settings: Settings) -> Item:
    """Understand one incident."""
    incident = read_object(raw, what="an incident", mend=MEND).part("incident")
    same, condition = incident.text("incident_id"), incident.text("state").lower()
    if not same or not condition:
        raise PayloadRejected("there is no incident with id and state", mend=MEND)
    state = _STATES.get(condition, "info")
    documentation, policy = incident.part("documentation"), incident.text("policy_name")
    said = documentation.text("content") or incident.text("documentation")
    return Item(
        fingerprint=identity(same),
        title=documentation.text("subject")
        or incident.text("condition_name")
        or policy
        or "an incident without a name",
        state=state,
        severity=_SEVERITIES.get(incident.text("severity").lower(), settings.severity),
        body="\n".join(part for part in (incident.text("summary"), said) if part),
        labels=_labels(incident, policy),
        link=incident.text("url") or None,
        occurred_at=incident.time("ended_at", "started_at") if state == "resolved" else incident.time("started_at"),
    )


def _labels(incident: Fields, policy: str) -> dict[str, str]:
    resource, metric = incident.part("resource"), incident.part("metric")
    labels = {
        **incident.labels(but=_NOT_LABELS),
        **metric.part("labels").labels(prefix="metric."),
        **incident.part("metadata", "user_labels").labels(),
        **incident.part("policy_user_labels").labels(),
        **resource.part("labels").labels(),
    }
    named = {
        "alertname": policy or incident.text("condition_name"),
        "resource_type": resource.text("type"),
        "metric": metric.text("type"),
        "service": next((labels[name] for name in _SERVICES if labels.get(name)), ""),
        "instance": next(
            (labels[name] for name in _INSTANCES if labels.get(name)),
            incident.text("resource_display_name", "resource_name"),
        ),
    }
    return {**labels, **{name: value for name, value in named.items() if value}}


RECEIVER = receiver(split=split, read=read)
