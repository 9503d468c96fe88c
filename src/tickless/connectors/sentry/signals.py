"""Sentry's integration webhooks → alerts: metric alerts, issue alerts, issues and errors; signed over the raw body."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from collections.abc import Callable, Sequence
from typing import Any

from tickless.connectors.sentry.settings import Settings
from tickless.domain.errors import PayloadRejected
from tickless.domain.signal import Payload, Severity, SignalState
from tickless.sdk import Item, receiver
from tickless.sdk.fields import Fields, as_text, identity, read_object, time_of

MEND = "send the webhooks of a Sentry integration (an object with `action` and `data`)"
_SEVERITIES: dict[str, Severity] = {
    "fatal": "critical", "critical": "critical", "error": "error", "high": "error", "warning": "warning", "medium": "warning",
    "info": "info", "debug": "info", "low": "info", "sample": "info",
}  # fmt: skip
_ISSUE_STATES: dict[str, SignalState] = {
    "created": "firing", "unresolved": "firing", "resolved": "resolved", "archived": "resolved", "ignored": "resolved",
}  # fmt: skip
_RESOURCES = ("metric_alert", "event", "issue", "error")
"""The part of `data` that tells what it is about, where the header is missing."""


_NOT_LABELS = frozenset({
    "id", "shortId", "title", "project", "metadata", "annotations", "firstSeen", "lastSeen", "web_url", "permalink",
})  # fmt: skip


def authenticate(payload: Payload, settings: Settings, reveal: Callable[[str], str]) -> bool:
    """HMAC-SHA256 of the raw body with the client secret; a time far from ours is refused."""
    if not settings.client_secret:
        return False
    sent = time_of(payload.headers.get("sentry-hook-timestamp", ""))
    if sent is not None and abs((payload.received_at - sent).total_seconds()) > settings.skew_seconds:
        return False
    expected = hmac.new(reveal(settings.client_secret).encode(), payload.body, hashlib.sha256).hexdigest()
    given = payload.headers.get("sentry-hook-signature", "")
    return hmac.compare_digest(expected.encode(), given.encode("utf-8", "replace"))


def split(payload: Payload, settings: Settings) -> Sequence[bytes]:
    """One body is one event."""
    return [payload.body]


def read(raw: bytes, payload: Payload, settings: Settings) -> Item:
    """Understand one event."""
    document = read_object(raw, what="this", mend=MEND)
    action, data = document.text("action"), document.part("data")
    if not action or not data:
        raise PayloadRejected("this is no webhook of Sentry", mend=MEND)
    resource = payload.headers.get("sentry-hook-resource", "") or next(
        (one for one in _RESOURCES if data.part(one)), ""
    )
    if data.part("metric_alert"):
        return _metric_alert(action, data, payload)
    if data.part("event"):
        return _event(action, data.part("event"), rule=data.text("triggered_rule"), state="firing", payload=payload)
    if data.part("error"):
        return _event(action, data.part("error"), rule="", state=settings.errors, payload=payload)
    if data.part("issue") and resource not in {"comment", "seer"}:
        return _issue(action, data.part("issue"), payload)
    return _other(resource, action, document, payload)


def _metric_alert(action: str, data: Fields, payload: Payload) -> Item:
    alert, rule = data.part("metric_alert"), data.part("metric_alert", "alert_rule")
    same = alert.text("id", "identifier")
    if not same:
        raise PayloadRejected("a metric alert without id", mend=MEND)
    state: SignalState = (
        "resolved" if action == "resolved" else "firing" if action in {"critical", "warning"} else "info"
    )
    return Item(
        fingerprint=identity("metric_alert", same),
        title=rule.text("name") or alert.text("title") or data.text("description_title") or "a metric alert",
        state=state,
        severity=_SEVERITIES.get(action),
        body="\n".join(part for part in (data.text("description_title"), data.text("description_text")) if part),
        labels={
            **rule.labels(prefix="rule.", but={"triggers", "resolution"}),
            **_present(alertname=rule.text("name"), project=",".join(alert.texts("projects")),
                       environment=rule.text("environment"), action=action),
        },
        link=data.text("web_url") or None,
        occurred_at=(alert.time("date_closed") if state == "resolved" else alert.time("date_detected", "date_started"))
        or _sent(payload),
        event_key=_request(payload, f"metric_alert/{same}/{action}"),
    )  # fmt: skip


def _issue(action: str, issue: Fields, payload: Payload) -> Item:
    same = issue.text("id")
    if not same:
        raise PayloadRejected("an issue without id", mend=MEND)
    project, metadata = issue.part("project"), issue.part("metadata")
    done = issue.text("status") if action == "triggered" else action
    return Item(
        fingerprint=identity("issue", same),
        title=issue.text("title") or metadata.text("title", "type") or "an issue",
        state=_ISSUE_STATES.get(done, "info"),
        severity=_SEVERITIES.get(issue.text("level").lower()),
        body="\n".join(part for part in (issue.text("culprit"), metadata.text("value")) if part),
        labels={
            **issue.labels(but=_NOT_LABELS),
            **_present(alertname=metadata.text("type"), project=project.text("slug", "name"), action=action,
                       service=project.text("slug"), short_id=issue.text("shortId")),
        },
        link=issue.text("web_url", "permalink") or None,
        event_key=_request(payload, f"issue/{same}/{action}"),
        occurred_at=(issue.time("firstSeen") if action == "created" else None) or _sent(payload),
    )  # fmt: skip


def _event(action: str, event: Fields, *, rule: str, state: SignalState, payload: Payload) -> Item:
    """An event, by an alert's rule or by itself; it is about its issue."""
    issue, own = event.text("issue_id", "groupID"), event.text("event_id", "id")
    if not (issue or own):
        raise PayloadRejected("an event without issue and id", mend=MEND)
    tags = _tags(event.values.get("tags"))
    return Item(
        fingerprint=identity("issue", issue) if issue else identity("event", own),
        title=event.text("title", "message") or event.part("metadata").text("title", "type") or "an event",
        state=state if action in {"triggered", "created"} else "info",
        severity=_SEVERITIES.get(event.text("level").lower()),
        body="\n".join(part for part in (event.text("culprit"), event.part("metadata").text("value")) if part),
        labels={
            **{f"tag.{name}": value for name, value in tags.items()},
            **_present(alertname=rule or event.part("metadata").text("type"), project=event.text("project"), rule=rule,
                       platform=event.text("platform"), environment=event.text("environment") or tags.get("environment", ""),
                       release=event.text("release"), host=tags.get("server_name", ""), logger=event.text("logger"),
                       service=event.text("project_slug"), location=event.text("location", "transaction")),
        },
        link=event.text("web_url", "url") or None,
        event_key=identity(rule or "error", own) if own else _request(payload, action),
        occurred_at=event.time("datetime", "timestamp") or _sent(payload),
    )  # fmt: skip


def _other(resource: str, action: str, document: Fields, payload: Payload) -> Item:
    """Comments, installations and what is to come: kept as information, about their issue where they name one."""
    data = document.part("data")
    issue = data.text("issue_id") or data.part("issue").text("id")
    return Item(
        fingerprint=identity("issue", issue) if issue else identity("sentry", resource or "event"),
        title=" ".join(part for part in ("Sentry:", resource.replace("_", " "), action) if part),
        state="info",
        event_key=_request(payload, f"{resource}/{action}"),
        labels={**data.labels(), **_present(resource=resource, action=action)},
        occurred_at=data.time("timestamp") or _sent(payload),
    )


def _request(payload: Payload, about: str) -> str:
    """An id for what has none: made of what it says and when it was sent, so that a repeat is known and news is not."""
    said = payload.headers.get("sentry-hook-timestamp", "").encode("utf-8", "replace") + payload.body
    return identity(about, hashlib.blake2b(said, digest_size=8).hexdigest())


def _sent(payload: Payload) -> dt.datetime | None:
    """When Sentry sent it."""
    return time_of(payload.headers.get("sentry-hook-timestamp", ""))


def _tags(value: Any) -> dict[str, str]:
    """Tags come as pairs."""
    pairs = [one for one in value if isinstance(one, list) and len(one) == 2] if isinstance(value, list) else []
    return {
        as_text(name): as_text(said)[:1_000] for name, said in pairs[:100] if isinstance(name, str) and as_text(said)
    }


def _present(**labels: str) -> dict[str, str]:
    return {name: value for name, value in labels.items() if value}


RECEIVER = receiver(split=split, read=read, authenticate=authenticate)
