"""Whose conversation is it? The owner stands in its id, so every door can tell without asking the journal."""

from __future__ import annotations

from tickless.doors.entrance.visitor import Visitor
from tickless.flow.saying.conversation import personal
from tickless.journal import Tx
from tickless.kit.canonical import digest
from tickless.kit.ids import new_id

LONGEST = 120


def owner_of(visitor: Visitor) -> str:
    """Whose conversations a visitor's are: their person's, else their user's. Empty for nobody."""
    if visitor.person is not None:
        return visitor.person.id
    return visitor.user.id if visitor.user else ""


def new_conversation(channel: str, owner: str, *, key: str = "", via: str = "") -> str:
    """`webchat:p017:cnv_01J…`. The same key gives the same conversation, so that a retry does not begin another one.

    `via`: who speaks there for the owner; it stands in the id, too, as a digest.
    """
    identity = f"cnv_{digest([channel, owner, key])[:26]}" if key else new_id("cnv")
    return f"{channel}:{owner}:{_mark(via) if via else ''}{identity}"


def _mark(actor: str) -> str:
    return f"via_{digest(['via', actor])[:16]}_"


def spoke_for(visitor: Visitor, conversation: str) -> bool:
    """Did the visitor begin it for somebody else?"""
    return conversation.rpartition(":")[2].startswith(_mark(visitor.actor))


def owns_outside(tx: Tx, visitor: Visitor, conversation: str) -> bool:
    """Is it a conversation in an outside channel, from an account that is bound to the visitor's person?"""
    thread = tx.threads.get(conversation)
    return thread is not None and visitor.person is not None and thread.person == visitor.person.id


def owns(visitor: Visitor, conversation: str) -> bool:
    """Is the visitor the one who talks there?"""
    owner = owner_of(visitor)
    return bool(owner) and spoken_by(conversation) == owner


def spoken_by(conversation: str) -> str | None:
    """The owner in a conversation's id; None when it is neither one of `new_conversation` nor a person's notices."""
    parts = conversation.split(":")
    if len(conversation) > LONGEST:
        return None
    if len(parts) == 2 and conversation == personal(parts[1]):
        return parts[1]
    return parts[1] if len(parts) == 3 else None
