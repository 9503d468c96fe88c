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
from tickless.flow.saying.aside import DIRECT, aside
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


def unreached(tx: Tx, person: Person | None, channel: str, known: Mapping[str, bool]) -> str:
    """Why somebody is not reached in a channel; empty: they are."""
    if channel not in known:
        return f"there is no channel {channel} here any more"
    if person is None:
        return "nobody is known by this name any more"
    if known[channel]:
        return "" if person.email else "no address is known"
    return "" if _heard(tx, person, channel) else f"they have not written to us in {channel} yet"


def _heard(tx: Tx, person: Person, channel: str) -> Thread | None:
    """Where they wrote last, alone with us if they ever did, else where somebody can be spoken to aside."""
    table = tx.threads.table.c
    own = tx.threads.where(
        table.person == person.id, table.channel == channel, order=table.last_heard_at.desc(), limit=MOST
    )
    found = next((one for one in own if one.private), None)
    return found or next((one for one in own if one.address.get(DIRECT)), None)


def _place(tx: Tx, person: Person, channel: str, *, by_letter: bool, at: dt.datetime) -> Thread | None:
    """The conversation in which they alone are reached. A letter answers none before it, and its conversation is nobody's:
    notices of other kinds do not go there."""
    if by_letter:
        return tx.threads.put(
            Thread(id=f"{channel}:pages:{digest([channel, person.id])[:26]}", channel=channel, account=f"{person.email}#pages",
                   address={"to": person.email}, private=True, last_heard_at=at)
        )  # fmt: skip
    heard = _heard(tx, person, channel)
    return heard if heard is None or heard.private else aside(tx, heard)


def send(
    tx: Tx, rooms: Rooms, *, person: str, by: str, case: Case, text: str, card: dict[str, object] | None, key: str,
    at: dt.datetime,
) -> Gone:  # fmt: skip
    """Say it to somebody by a channel, and where they are not reached there in the usual one. The web chat has it, too."""
    known, who = channels(rooms), rooms.world().people.get(person)
    why = "" if by == USUAL else unreached(tx, who, by, known)
    place = _place(tx, who, by, by_letter=known[by], at=at) if who and by in known and not why else None
    message = Message(
        id=message_id(key, at), conversation=personal(person), case=case.id, author="tickless", name=NAME,
        text=Untrusted(text), card=card, private=True, at=at,
    )  # fmt: skip
    tx.messages.put(message)
    if place is not None:
        sent = tx.deliveries.put(
            Delivery(id=f"{message.id}@{place.id}", message=message.id, thread=place.id, due_at=at)
        )
        return Gone(place.channel, sent.id, "")
    send_out(tx, message)
    usual = next(iter(tx.deliveries.where(tx.deliveries.begins("id", f"{message.id}@"), limit=1)), None)
    thread = tx.threads.get(usual.thread) if usual is not None else None
    return Gone(thread.channel if thread else "", usual.id if usual else None, why)
