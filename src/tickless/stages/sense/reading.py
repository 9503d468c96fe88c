"""From what a connector read to a signal. Pure; it knows the connectors' `Item`, so it stands outside of `core`."""

from __future__ import annotations

import datetime as dt

from pydantic import ValidationError

from tickless.domain.errors import PayloadRejected
from tickless.domain.record import NOTHING_SAID, Untrusted
from tickless.domain.signal import Deed, Sender, Signal
from tickless.kit.canonical import digest
from tickless.sdk.receiving import Item, Spoken

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
    deed: Deed | None = None,
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
        deed=deed,
        payload=payload,
    )


def conversation_of(source: str, said: Spoken) -> str:
    """Our id of a conversation in an outside channel: the same for the same account and place, and short."""
    return f"{source}:{digest([source, said.account])[:16]}:cnv_{digest([said.account, said.conversation])[:26]}"


def sender_of(source: str, said: Spoken) -> Sender:
    """Who spoke, as far as the channel says it. Whom the account belongs to is not decided here."""
    return Sender(
        channel=source,
        account=plain(said.account[:300]),
        conversation=conversation_of(source, said),
        name=Untrusted(plain(said.name)).tame(120),
        email=plain(said.email[:254]).strip().lower(),
        address={plain(key[:100]): plain(value[:1_000]) for key, value in list(said.address.items())[:30]},
        private=said.private,
        automatic=plain(said.automatic[:120]),
    )


def deed_of(said: Spoken) -> Deed | None:
    """What was pressed. Raises `PayloadRejected` for a button that is none of ours."""
    if not said.deed:
        return None
    try:
        values = {plain(key[:100]): plain(value[:1_000]) for key, value in list(said.values.items())[:30]}
        return Deed.model_validate({"kind": said.deed, "ref": plain(said.ref[:300]), "values": values})
    except ValidationError as error:
        raise PayloadRejected(
            "a button was pressed that is none of ours", mend="press one of the newest message"
        ) from error
