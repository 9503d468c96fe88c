"""From what a connector read to a signal. Pure; it knows the connectors' `Item`, so it stands outside of `core`."""

from __future__ import annotations

import datetime as dt

from tickless.domain.record import NOTHING_SAID, Untrusted
from tickless.domain.signal import Sender, Signal
from tickless.sdk.receiving import Item

MAX_TITLE = 2_000
MAX_BODY = 20_000
SKEW = dt.timedelta(minutes=5)
"""How far a sender's clock may run ahead before its time is taken as the time of receipt."""


def plain(text: str) -> str:
    """Text that every database takes: no NUL, no half of a surrogate pair."""
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")


def event_key(item: Item, *, occurred_at: dt.datetime) -> str:
    """The sender's own id of the event, else what makes it one: the sender's time, fingerprint and state.

    The time comes first, so that what happens together stands together in the log's index: a storm writes few pages.
    """
    if item.event_key:
        return plain(item.event_key[:300])
    return f"{occurred_at.isoformat()}:{plain(item.fingerprint[:200])}:{item.state}"


def make_signal(
    item: Item,
    *,
    identity: str,
    source: str,
    received_at: dt.datetime,
    payload: str | None,
    sender: Sender | None = None,
) -> Signal:
    """The signal for what was read. A time from the future is not believed."""
    occurred = item.occurred_at or received_at
    occurred = min(occurred.astimezone(dt.UTC), received_at + SKEW)
    return Signal(
        id=identity,
        source=source,
        event_key=event_key(item, occurred_at=occurred),
        kind=item.kind,
        state=item.state,
        fingerprint=plain(item.fingerprint[:200]),
        occurred_at=occurred,
        received_at=received_at,
        severity=item.severity,
        title=Untrusted(plain(item.title[:MAX_TITLE])),
        body=Untrusted(plain(item.body[:MAX_BODY])) if item.body else NOTHING_SAID,
        labels={plain(key): Untrusted(plain(text.raw)) for key, text in item.tamed_labels().items()},
        link=Untrusted(plain(item.link[:2_000])) if item.link else None,
        sender=sender,
        payload=payload,
    )
