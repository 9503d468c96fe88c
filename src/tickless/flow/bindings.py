"""Whose account is it? A channel account counts for a person only when it is bound to them."""

from __future__ import annotations

import datetime as dt

from tickless.domain.channel import Thread
from tickless.domain.signal import Sender
from tickless.journal import Tx


def binding_id(channel: str, account: str) -> str:
    return f"{channel}:{account}"


def recognise(tx: Tx, sender: Sender) -> Sender:
    """The sender with the person whom their account is bound to, if it is. Senders of our own doors are known already."""
    if sender.person is not None or not sender.address:
        return sender
    bound = tx.bindings.get(binding_id(sender.channel, sender.account))
    if bound is None or not bound.active:
        return sender
    return sender.model_copy(update={"person": bound.person, "assurance": "channel"})


def note_thread(tx: Tx, sender: Sender, *, now: dt.datetime) -> None:
    """Remember where an outside conversation is answered."""
    if not sender.address:
        return
    before = tx.threads.get(sender.conversation)
    tx.threads.put(
        Thread(
            id=sender.conversation,
            channel=sender.channel,
            account=sender.account,
            person=sender.person,
            address=sender.address,
            private=sender.private,
            last_heard_at=now,
            automatic=(before.automatic if before else 0) + 1 if sender.automatic else 0,
        )
    )
