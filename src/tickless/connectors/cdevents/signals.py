"""CDEvents → signals: what went live is a deployment, what was altered a change, incidents and tickets fire until they end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec

from tickless.connectors.cdevents.envelope import MEND, Event, event_of, text_of
from tickless.connectors.cdevents.settings import Settings
from tickless.domain.errors import PayloadRejected
from tickless.domain.signal import Payload, Severity, SignalKind, SignalState
from tickless.sdk import Item, receiver
from tickless.sdk.receiving import read_time

_ARRAY = msgspec.json.Decoder(list[msgspec.Raw])


class Meaning(NamedTuple):
    kind: SignalKind
    state: SignalState
    severity: Severity | None = None


_DEPLOYS = frozenset({"service", "deployment", "targetrollout", "migration"})
_CHANGES = frozenset({"change", "environment", "repository", "branch", "reconciliation", "scheduledexecution"})
_INCIDENTS: dict[str, SignalState] = {"detected": "firing", "reported": "firing", "resolved": "resolved"}
_TICKETS: dict[str, SignalState] = {"created": "firing", "updated": "firing", "closed": "resolved"}
_PRIORITIES: dict[str, Severity] = {
    "critical": "critical", "highest": "critical", "blocker": "critical", "high": "error", "medium": "warning", "low": "info",
}  # fmt: skip
_SAID = frozenset({"description", "summary", "uri"})
_NAMED = ("service", "environment", "repository", "pipelineRun", "artifact", "change", "deployment")
"""Parts of the content that name another thing by its id."""


def split(payload: Payload, settings: Settings) -> Sequence[bytes]:
    """One event, or the entries of a batch."""
    if not payload.body.lstrip().startswith(b"["):
        return [payload.body]
    try:
        return list(map(bytes, _ARRAY.decode(payload.body)))
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        reason = str(error)[:200].encode("utf-8", "replace").decode()
        raise PayloadRejected(f"the batch is no JSON array: {reason}", mend=MEND) from error


def read(raw: bytes, payload: Payload, settings: Settings) -> Item:
    """Understand one event."""
    event = event_of(raw)
    meaning = _meaning(event, settings)
    labels = _labels(event)
    return Item(
        fingerprint=_about(event, meaning),
        title=_title(event, labels),
        kind=meaning.kind,
        state=meaning.state,
        event_key=event.identity,
        severity=meaning.severity,
        body=text_of(event.content.get("description")) or text_of(event.custom),
        labels=labels,
        link=text_of(event.content.get("uri")) or None,
        occurred_at=read_time(event.context.get("timestamp")),
    )


def _meaning(event: Event, settings: Settings) -> Meaning:
    if event.subject == "incident" and event.predicate in _INCIDENTS:
        return Meaning("alert", _INCIDENTS[event.predicate], settings.incident_severity)
    if event.subject == "ticket" and event.predicate in _TICKETS:
        kind = text_of(event.content.get("ticketType")).lower()
        severity = _PRIORITIES.get(text_of(event.content.get("priority")).lower())
        open_now = _TICKETS[event.predicate]
        ends = open_now == "resolved"  # an end may leave the type out, and ends nothing where nothing was begun
        trouble = ends or kind in settings.ticket_types
        return Meaning("alert", open_now if trouble else "info", severity)
    if event.subject in _DEPLOYS:
        return Meaning("deploy", "info")
    return Meaning("change" if event.subject in _CHANGES else "alert", "info")


def _about(event: Event, meaning: Meaning) -> str:
    """Trouble and its end are about one thing; everything else is told apart by what happened to it."""
    what = event.subject if meaning.kind == "alert" else f"{event.subject}.{event.predicate}"
    where = text_of(event.about.get("source")) or text_of(event.context.get("source"))
    return " ".join((what, where, event.about_id))


def _title(event: Event, labels: dict[str, str]) -> str:
    told = text_of(event.content.get("summary"))
    if not told and event.subject == "incident":
        told = text_of(event.content.get("description"))
    if told:
        return told
    place = f" in {labels['environment']}" if "environment" in labels else ""
    return f"{event.subject} {event.about_id} {event.predicate}{place}"


def _labels(event: Event) -> dict[str, str]:
    labels = {
        "type": text_of(event.context.get("type")),
        "source": text_of(event.context.get("source")),
        "subject": event.about_id,
        "chain": text_of(event.context.get("chainId")),
    }
    if event.subject == "service":
        labels["service"] = event.about_id
    for name, value in event.content.items():
        if name in _SAID:
            continue
        named = value.get("id") if isinstance(value, dict) and name in _NAMED else None
        labels.setdefault(name, text_of(named if named is not None else value))
    labels["artifact"] = labels.pop("artifactId", labels.get("artifact", ""))
    if isinstance(event.custom, dict):
        for name, value in event.custom.items():
            labels.setdefault(name, text_of(value))
    links = event.context.get("links")
    labels["caused_by"] = _trigger(links) if isinstance(links, list) else ""
    return {name: value for name, value in labels.items() if value}


def _trigger(links: list[Any]) -> str:
    """Id of the event that led to this one, as far as the links say."""
    for link in links:
        end = (link.get("target") or link.get("from")) if isinstance(link, dict) else None
        if isinstance(end, dict) and text_of(end.get("contextId")):
            return text_of(end["contextId"])
    return ""


RECEIVER = receiver(split=split, read=read)
