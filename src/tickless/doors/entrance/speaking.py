"""Who speaks, when a caller of a programs' door (REST, MCP) says something; the same rules for all of them."""

from __future__ import annotations

from dataclasses import dataclass

from tickless.domain.errors import BadInput, Forbidden, NotFound
from tickless.domain.person import Person
from tickless.domain.signal import Sender
from tickless.doors.entrance.conversations import LONGEST, new_conversation, owner_of, spoke_for, spoken_by
from tickless.doors.entrance.entrance import Entrance
from tickless.doors.entrance.visitor import Visitor
from tickless.journal import Journal


@dataclass(frozen=True, kw_only=True)
class Turn:
    """What a caller says about their message: which conversation it goes on with, and for whom it is said."""

    conversation: str | None = None
    """None begins a new one."""
    speaks_for: str | None = None
    """The person who is spoken for, by id or user name."""
    unverified: bool = False
    """Nobody checked that it is really that person."""
    key: str = ""
    """A retry with the same key finds the conversation that it began."""


def may_speak(entrance: Entrance, visitor: Visitor, *, speaks_for: str | None) -> None:
    """Raises `Forbidden`: to speak takes `chat`, to speak for somebody else `ask_as`."""
    if speaks_for is not None:
        entrance.require(visitor, "ask_as")
    elif not visitor.may("chat"):
        raise Forbidden("this token may only speak for others", mend="name the person in `as`")


def may_press(visitor: Visitor) -> None:
    """Raises `Forbidden`: buttons are for those who speak for themselves."""
    if not visitor.may("chat"):
        raise Forbidden("buttons are for those who speak for themselves", mend="say it in words, with `as`")


def may_approve(visitor: Visitor, *, channel: str) -> bool:
    """Whether the visitor's words and buttons may answer approvals. A token that speaks as others never does, and an
    assistant's token only with the right to act; which approvals are theirs is decided by policy."""
    if visitor.kind != "token":
        return True
    if "ask_as" in visitor.scopes:
        return False
    return channel != "mcp" or bool({"act", "admin"} & visitor.scopes)


def sender_of(journal: Journal, visitor: Visitor, turn: Turn, *, channel: str) -> Sender:
    """Who speaks, and how sure that is. Blocks. Raises `NotFound` (somebody else's conversation), `BadInput` (nobody is
    called so)."""
    user = visitor.user
    assert user is not None, "a talker has an account"
    other = turn.speaks_for is not None
    person = visitor.person if turn.speaks_for is None else named_person(journal, turn.speaks_for)
    owner = person.id if person else owner_of(visitor)
    via = visitor.actor if other else ""
    conversation = turn.conversation or new_conversation(channel, owner, key=turn.key, via=via)
    stranger = bool(via) and not (visitor.may("read") or spoke_for(visitor, conversation))
    if len(conversation) > LONGEST or spoken_by(conversation) != owner or stranger:
        raise NotFound("there is no such conversation", mend="leave `conversation` out to begin a new one")
    return Sender(
        channel=channel,
        account=person.username if person else user.login,
        conversation=conversation,
        person=person.id if person else None,
        assurance="none" if turn.unverified or person is None else "signed_in",
        via=(visitor.person.id if visitor.person else user.login) if other else None,
        approves=not other and may_approve(visitor, channel=channel),
    )


def named_person(journal: Journal, wanted: str) -> Person:
    """By id or user name. Raises `BadInput`."""
    with journal.read() as tx:
        found = tx.people.get(wanted) or next(iter(tx.people.by(username=wanted.lower(), limit=1)), None)
    if found is None or not found.active:
        raise BadInput(f"nobody is called {wanted[:80]!r}", mend="use an id or a user name: tickless person find NAME")
    return found
