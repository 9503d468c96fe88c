"""Speaking with people: messages of a conversation, written in the transaction that they belong to."""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools
from typing import Any

from tickless.domain.case import Case, Message
from tickless.domain.channel import Delivery
from tickless.domain.record import Untrusted
from tickless.flow.saying.aside import aside
from tickless.journal import Tx
from tickless.kit.expressions import ExpressionError, render
from tickless.kit.ids import new_id

NAME = "Tickless"
_spoken = itertools.count()


def message_id(key: str, at: dt.datetime) -> str:
    """Sorts by time, and in the order of speaking within a moment; the same key gives the same ending, so that a repeated
    step can see that it spoke before."""
    stamp = new_id("msg")[:14]
    return f"{stamp}{next(_spoken) % 4_096:03x}" + hashlib.sha256(key.encode()).hexdigest()[:16]


def heard_key(signal: str) -> str:
    """The key of the line that a person's message is written down as."""
    return f"{signal}:heard"


def is_of(message: str, key: str) -> bool:
    """Whether a message's id was made of this key."""
    return message.endswith(hashlib.sha256(key.encode()).hexdigest()[:16])


def say(
    tx: Tx,
    *,
    conversation: str | None,
    case: Case | None,
    text: str,
    key: str,
    at: dt.datetime,
    card: dict[str, object] | None = None,
    private: bool = False,
    proactive: bool = False,
    passing: bool = False,
) -> None:
    """Say something, once per key. Without a conversation (a machine's case) nobody listens and nothing is written.

    `proactive`: nobody waits for it, so that an outside channel gets it when courtesy allows. `passing`: it only says what is
    being done for the moment, and no letter is written for that.
    """
    if conversation is None or not text:
        return
    ending = hashlib.sha256(key.encode()).hexdigest()[:16]
    table = tx.messages.table.c
    said = tx.messages.where(table.conversation == conversation, table.id.endswith(ending), limit=1)
    if said:
        return
    message = Message(
        id=message_id(key, at),
        conversation=conversation,
        case=case.id if case else None,
        author="tickless",
        name=NAME,
        text=Untrusted(text),
        card=card,
        private=private,
        at=at,
    )
    tx.messages.put(message)
    thread = tx.threads.get(conversation)
    if not (passing and thread is not None and thread.by_letter):
        send_out(tx, message, proactive=proactive)


def send_out(tx: Tx, message: Message, *, proactive: bool = False) -> None:
    """Put a message on its way to the outside channel in which its conversation is held, if it is held in one.

    What is private goes only where nobody else reads, which is opened if need be; notices go to the channel in which the
    person was heard last.
    """
    thread = open_place = tx.threads.get(message.conversation)
    person = message.conversation.removeprefix("notices:") if message.conversation.startswith("notices:") else None
    if thread is not None and message.private and not thread.private:
        person, thread = thread.person, None
    if thread is None and person:
        table = tx.threads.table.c
        own = tx.threads.where(table.person == person, order=table.last_heard_at.desc(), limit=50)
        thread = next((one for one in own if one.private), None)
    if thread is None and open_place is not None:
        thread = aside(tx, open_place)
    if thread is None:
        return
    tx.deliveries.put(
        Delivery(
            id=f"{message.id}@{thread.id}", message=message.id, thread=thread.id, proactive=proactive, due_at=message.at
        )
    )


def personal(person: str) -> str:
    """The conversation in which the house itself turns to a person (approvals, notices)."""
    return f"notices:{person}"


def fill(text: str, values: dict[str, Any]) -> str:
    """A runbook's sentence with its values; where a value is missing the sentence stays readable."""
    try:
        return str(render(text, values))
    except ExpressionError:
        return text.split("${{", maxsplit=1)[0].strip() or text
