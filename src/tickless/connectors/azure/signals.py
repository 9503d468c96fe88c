"""Azure Monitor's common alert schema → alerts. What differs by signal type stands in `context.py`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from tickless.connectors.azure.context import Context, context_of, resource_name
from tickless.connectors.azure.settings import Settings
from tickless.domain.errors import PayloadRejected
from tickless.domain.signal import Payload, SignalState
from tickless.sdk import Item, receiver
from tickless.sdk.fields import Fields, identity, read_object, time_of

SCHEMA = "azureMonitorCommonAlertSchema"
MEND = "switch the common alert schema on for this webhook in the action group"
_STATES: dict[str, SignalState] = {"fired": "firing", "resolved": "resolved"}
_NOT_LABELS = frozenset({
    "alertId", "alertRule", "severity", "monitorCondition", "originAlertId", "firedDateTime", "resolvedDateTime", "description",
    "alertTargetIDs", "configurationItems", "essentialsVersion", "alertContextVersion",
})  # fmt: skip


def split(payload: Payload, settings: Settings) -> Sequence[bytes]:
    """One body is one alert."""
    return [payload.body]


def read(raw: bytes, payload: Payload, settings: Settings) -> Item:
    """Understand one alert."""
    document = read_object(raw, what="this", mend=MEND)
    if document.text("schemaId") != SCHEMA:
        raise PayloadRejected("this is not in the common alert schema of Azure Monitor", mend=MEND)
    data = document.part("data")
    essentials, context = data.part("essentials"), context_of(data)
    rule, condition = essentials.text("alertRule"), essentials.text("monitorCondition")
    same = context.same or essentials.text("originAlertId") or essentials.text("alertId")
    if not same or not condition:
        raise PayloadRejected("an alert without id or condition", mend=MEND)
    state = _STATES.get(condition.lower(), "info")
    if state == "firing" and context.over:
        state = "resolved"
    if state == "firing" and context.done:
        state = "info"
    return Item(
        fingerprint=identity(same),
        title=context.title or rule or "an alert without a rule",
        kind="change" if context.done else "alert",
        state=state,
        severity=settings.severity_of(essentials.text("severity")),
        body="\n".join(part for part in (essentials.text("description"), context.text) if part),
        labels=_labels(essentials, data, context, rule),
        link=context.link or _portal(essentials.text("alertId")),
        occurred_at=_when(essentials, context, state),
    )


def _when(essentials: Fields, context: Context, state: SignalState) -> dt.datetime | None:
    """When it fired or was resolved; a context that knows better is believed."""
    if state == "resolved":
        return time_of(essentials.text("resolvedDateTime")) or context.at or time_of(essentials.text("firedDateTime"))
    return context.at or time_of(essentials.text("firedDateTime"))


def _labels(essentials: Fields, data: Fields, context: Context, rule: str) -> dict[str, str]:
    targets, items = essentials.texts("alertTargetIDs"), essentials.texts("configurationItems")
    instance = next(iter(items), "") or resource_name(next(iter(targets), ""))
    found = {
        "alertname": rule,
        "instance": instance,
        "target": next(iter(targets), ""),
        "targets": ",".join(targets[1:]),
        "configuration_items": ",".join(items[1:]),
        **context.labels,
    }
    return {
        **essentials.labels(but=_NOT_LABELS),
        **data.part("customProperties").labels(prefix="property."),
        **{key: value for key, value in found.items() if value},
    }


def _portal(alert_id: str) -> str | None:
    """Azure's page of the alert."""
    if not alert_id.startswith("/subscriptions/"):
        return None
    return f"https://portal.azure.com/#resource{alert_id}/overview"


RECEIVER = receiver(split=split, read=read)
