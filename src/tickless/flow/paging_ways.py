"""By which channel somebody is paged, and where they are reached there. In the caller's transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from tickless.domain.case import Case, Message
from tickless.domain.channel import Delivery, Thread
from tickless.domain.oncall_rules import USUAL
from tickless.domain.person import Person
from tickless.domain.record import Untrusted
from tickless.flow.rooms import Rooms
from tickless.flow.saying.aside import aside
from tickless.flow.saying.conversation import NAME, message_id, personal, send_out
from tickless.journal import Tx
from tickless.kit.canonical import digest

MOST = 50


@dataclass(frozen=True)
class Gone:
    """Where a notice went. `channel` empty: only here, in the web chat."""

    channel: str
    delivery: str | None
    why: str


def channels(rooms: Rooms) -> dict[str, bool]:
    """The channels of the settings that take messages to people, and whether one writes letters: to any address."""
    found: dict[str, bool] = {}
    for name, instance in sorted(rooms.registry.instances.items()):
        given = {promise.capability for promise in instance.connector.manifest.actions.values()}
        if "chat.post" in given:
            found[name] = "mail.send" in given
    return found


def reached(tx: Tx, person: Person | None, channel: str, known: Mapping[str, bool], *, at: dt.datetime) -> Thread | str:
    """The conversation in which somebody alone is reached in a channel, else why they are not."""
    if channel not in known:
        return f"there is no channel {channel} here any more"
    if person is None:
        return "nobody is known by this name any more"
    if known[channel]:
        return _letter(tx, person, channel, at=at) if person.email else f"no address is known for {channel}"
    table = tx.threads.table.c
    own = tx.threads.where(
        table.person == person.id, table.channel == channel, order=table.last_heard_at.desc(), limit=MOST
    )
    private = next((one for one in own if one.private), None)
    found = private or next((alone for one in own if (alone := aside(tx, one)) is not None), None)
    return found or f"they have not written to us in {channel} yet"


def _letter(tx: Tx, person: Person, channel: str, *, at: dt.datetime) -> Thread:
    """A letter of its own, which answers none before it."""
    return tx.threads.put(
        Thread(id=f"{channel}:pages:{digest([channel, person.id])[:26]}", channel=channel, account=person.email,
               person=None, address={"to": person.email}, private=True, last_heard_at=at)
    )  # fmt: skip


def send(
    tx: Tx, rooms: Rooms, *, person: str, by: str, case: Case, text: str, card: dict[str, object] | None, key: str,
    at: dt.datetime,
) -> Gone:  # fmt: skip
    """Say it to somebody by a channel; where they are not reached there, in the usual one. It stands in the web chat either way."""
    place = None if by == USUAL else reached(tx, rooms.world().people.get(person), by, channels(rooms), at=at)
    message = Message(
        id=message_id(key, at), conversation=personal(person), case=case.id, author="tickless", name=NAME,
        text=Untrusted(text), card=card, private=True, at=at,
    )  # fmt: skip
    tx.messages.put(message)
    if isinstance(place, Thread):
        sent = tx.deliveries.put(
            Delivery(id=f"{message.id}@{place.id}", message=message.id, thread=place.id, due_at=at)
        )
        return Gone(place.channel, sent.id, "")
    send_out(tx, message)
    usual = next(iter(tx.deliveries.where(tx.deliveries.begins("id", f"{message.id}@"), limit=1)), None)
    thread = tx.threads.get(usual.thread) if usual is not None else None
    return Gone(thread.channel if thread else "", usual.id if usual else None, place or "")
