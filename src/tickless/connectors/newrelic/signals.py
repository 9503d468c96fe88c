"""Issues of New Relic → alerts: by our template (`template.hbs`), the default one of workflows, or the older shape."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from tickless.connectors.newrelic.settings import Settings
from tickless.domain.errors import PayloadRejected
from tickless.domain.signal import Payload, Severity, SignalState
from tickless.sdk import Item, receiver
from tickless.sdk.fields import Fields, as_text, identity, read_object

MEND = "use the template that ships with the connector: connectors/newrelic/template.hbs"
_STATES: dict[str, SignalState] = {
    "created": "firing", "activated": "firing", "active": "firing", "open": "firing",
    "closed": "resolved", "resolved": "resolved", "deactivated": "resolved",
}  # fmt: skip
_SEVERITIES: dict[str, Severity] = {
    "critical": "critical", "high": "error", "medium": "warning", "warning": "warning", "low": "info", "info": "info",
}  # fmt: skip
_NOT_LABELS = frozenset({
    "tickless", "issue", "id", "incident_id", "title", "description", "details", "link", "issueUrl", "incident_url", "opened",
    "changed", "closed", "createdAt", "updatedAt", "timestamp", "state", "current_state", "labels",
})  # fmt: skip


def split(payload: Payload, settings: Settings) -> Sequence[bytes]:
    """One body is one issue."""
    return [payload.body]


def read(raw: bytes, payload: Payload, settings: Settings) -> Item:
    """Understand one issue."""
    issue = read_object(raw, what="this", mend=MEND)
    same, said = issue.text("issue", "id", "issueId", "incident_id"), issue.text("state", "current_state")
    if not same or not said:
        raise PayloadRejected("an issue without id or state", mend=MEND)
    state = _state(said, issue.text("trigger", "triggerEvent"))
    return Item(
        fingerprint=identity(same),
        title=issue.text("title", "condition_name") or next(iter(issue.texts("title")), "an issue without a title"),
        state=state,
        severity=_SEVERITIES.get(issue.text("priority", "severity").lower()),
        body=issue.text("description", "details"),
        labels=_labels(issue),
        link=issue.text("link", "issueUrl", "incident_url") or None,
        occurred_at=_when(issue, state),
    )


def _state(said: str, trigger: str) -> SignalState:
    """An acknowledgement changes nothing about the trouble."""
    if "acknowledge" in trigger.lower() or said.lower() == "acknowledged":
        return "info"
    return _STATES.get(said.lower(), "info")


def _when(issue: Fields, state: SignalState) -> dt.datetime | None:
    if state == "firing":
        return issue.time("opened", "createdAt", "timestamp")
    return issue.time("closed", "closedAt", "changed", "updatedAt", "timestamp")


def _labels(issue: Fields) -> dict[str, str]:
    entities = issue.texts("entities") or issue.texts("impactedEntities")
    entities += [name for one in issue.parts("targets") if (name := one.text("name"))]
    conditions = issue.texts("conditions") or issue.texts("alertConditionNames") or issue.texts("condition_name")
    named = {
        "alertname": next(iter(conditions), ""),
        "service": next(iter(entities), ""),
        "entities": ", ".join(entities),
        "policy": ", ".join(issue.texts("policies") or issue.texts("alertPolicyNames") or issue.texts("policy_name")),
        "runbook_url": next(iter(issue.texts("runbooks") or issue.texts("runbook_url")), ""),
    }
    tags = {
        f"tag.{name}": said for name, value in issue.part("labels").values.items() if (said := as_text(value)[:1_000])
    }
    return {**issue.labels(but=_NOT_LABELS), **tags, **{name: value for name, value in named.items() if value}}


RECEIVER = receiver(split=split, read=read)
