"""Messages whose card was answered, wherever that was, are drawn again: nothing left to press, and what came of it below.

A card that still waits is looked at often while it is young, and more and more seldom.
"""

from __future__ import annotations

import datetime as dt

from tickless.domain.card import ApprovalCard, Card, ChoicesCard, CodeCard, FormCard, PageCard, read_card
from tickless.domain.case import Message
from tickless.domain.channel import Delivery, Thread
from tickless.domain.errors import TicklessError
from tickless.flow.posting.cards import answered
from tickless.flow.posting.rules import OPEN_FOR, look_again_after, pause_after
from tickless.flow.rooms import Rooms
from tickless.sdk.capabilities.chat import Amended
from tickless.sdk.connector import Call
from tickless.sdk.invoke import invoke
from tickless.sdk.registry import BoundOperation

AT_ONCE = 200
MOST_TRIES = 20


def amend(rooms: Rooms, channel: str, bound: BoundOperation, *, home: str, timeout: float) -> None:
    """Look at the cards of a channel that are due, and draw those again that are over. The caller holds the lease."""
    now = rooms.clock.now()
    for delivery, thread, message, note in _looked_at(rooms, channel, now):
        if note is None:
            pause = look_again_after(now - message.at, urgent=_is_urgent(read_card(message.card)))
            after = delivery.model_copy(update={"due_at": now + pause})
        else:
            after = _draw(rooms, bound, delivery, thread, message, note=note, home=home, timeout=timeout)
        with rooms.journal.write() as tx:
            tx.deliveries.put(after)


def _is_urgent(card: Card | None) -> bool:
    """Somebody may press it in vain while others wait for it."""
    return isinstance(card, ApprovalCard | ChoicesCard | CodeCard | FormCard | PageCard)


def _looked_at(rooms: Rooms, channel: str, now: dt.datetime) -> list[tuple[Delivery, Thread, Message, str | None]]:
    with rooms.journal.read() as tx:
        table, threads = tx.deliveries.table.c, tx.threads.table
        own = threads.select().with_only_columns(threads.c.id).where(threads.c.channel == channel)
        due = tx.deliveries.where(
            table.state == "open", table.due_at <= now, table.thread.in_(own), order=table.due_at, limit=AT_ONCE
        )
        people = rooms.world().people if due else {}
        found = []
        for delivery in due:
            message = tx.messages.need(delivery.message)
            note = answered(tx, read_card(message.card), people, thread=tx.threads.need(delivery.thread))
            if note is None and now - message.at > OPEN_FOR:
                note = ""
            found.append((delivery, tx.threads.need(delivery.thread), message, note))
        return found


def _draw(
    rooms: Rooms,
    bound: BoundOperation,
    delivery: Delivery,
    thread: Thread,
    message: Message,
    *,
    note: str,
    home: str,
    timeout: float,
) -> Delivery:
    """Returns the delivery as it is afterwards. What fails for good stays as it is drawn: pressing it changes nothing."""
    now = rooms.clock.now()
    params = Amended(
        address=thread.address,
        external=delivery.external,
        text=message.text.raw[:39_000],
        card=dict(message.card) if message.card else None,
        note=note[:300],
        home=home,
    )
    try:
        invoke(bound, params.model_dump(), Call(bound.instance, key=f"{delivery.id}:over", now=now, timeout=timeout))
    except TicklessError as error:
        pause = pause_after(error, tries=4)
        if pause is not None and delivery.tries < MOST_TRIES:
            again = {"due_at": now + dt.timedelta(seconds=pause), "tries": delivery.tries + 1}
            return delivery.model_copy(update=again)
    return delivery.model_copy(update={"state": "sent"})
