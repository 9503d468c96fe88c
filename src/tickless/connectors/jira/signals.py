"""Jira's signed webhooks → a nudge to read that ticket now. The body decides nothing."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable, Sequence

import msgspec

from tickless.connectors.jira.settings import Settings
from tickless.domain.errors import PayloadRejected
from tickless.domain.signal import Payload
from tickless.sdk import Item, receiver
from tickless.sdk.receiving import read_time

MEND = "register a webhook for issue and comment events of the project, with its body"
SIGNATURE = "x-hub-signature"


class Issue(msgspec.Struct):
    key: str


class Event(msgspec.Struct):
    """What every issue and comment event has; the rest is left alone."""

    issue: Issue
    webhookEvent: str = ""  # noqa: N815 - the vendor's name
    timestamp: int = 0


_EVENT = msgspec.json.Decoder(Event)


def split(payload: Payload, settings: Settings) -> Sequence[bytes]:
    """One body is one event."""
    _decode(payload.body)
    return [payload.body]


def _decode(raw: bytes) -> Event:
    try:
        return _EVENT.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise PayloadRejected(f"this is no event of an issue: {error}", mend=MEND) from error


def read(raw: bytes, payload: Payload, settings: Settings) -> Item:
    """Understand one event. Raises `PayloadRejected` for issues of other projects."""
    event = _decode(raw)
    if not re.fullmatch(rf"{settings.project}-\d{{1,12}}", event.issue.key):
        raise PayloadRejected(
            "this issue is not of our project", mend=f'filter the webhook: project = "{settings.project}"'
        )
    moment = event.timestamp or payload.received_at.timestamp()
    return Item(
        fingerprint=f"ticket:{event.issue.key}",
        title=f"{event.issue.key}: {event.webhookEvent[:80] or 'changed'}",
        kind="change",
        state="info",
        event_key=f"{event.issue.key}/{event.webhookEvent[:80]}/{moment}",
        labels={"ticket": event.issue.key},
        occurred_at=read_time(event.timestamp) if event.timestamp else None,
    )


def authenticate(payload: Payload, settings: Settings, reveal: Callable[[str], str]) -> bool:
    """Whether the body is signed with the webhook's secret (`sha256=…`, HMAC)."""
    if not settings.webhook_secret:
        return False
    signed = next((value for name, value in payload.headers.items() if name.lower() == SIGNATURE), "")
    expected = hmac.new(reveal(settings.webhook_secret).encode(), payload.body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(signed.encode(), f"sha256={expected}".encode())


RECEIVER = receiver(split=split, read=read, authenticate=authenticate)
