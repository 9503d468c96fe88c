"""Reading conversations: whose they are, what was said, which cards still wait, and what is being done now."""

from __future__ import annotations

from dataclasses import dataclass

from tickless.domain.case import Case, Message
from tickless.domain.errors import NotFound
from tickless.doors.console import story
from tickless.doors.console.book import read_brief
from tickless.doors.console.wording import Tag, standing
from tickless.doors.entrance import Visitor
from tickless.doors.entrance.conversations import owner_of, owns
from tickless.journal import Tx

CHANNEL = "webchat"
SHOWN = 300
LOOK_BACK = 400


@dataclass(frozen=True)
class Talk:
    """One conversation in the list, by its latest message."""

    id: str
    latest: Message
    notices: bool


@dataclass(frozen=True)
class Line:
    """A message, and whether its card still waits for an answer."""

    message: Message
    waits: bool


@dataclass(frozen=True)
class Room:
    """An open conversation."""

    id: str
    lines: tuple[Line, ...]
    case: Case | None
    doing: str
    tag: Tag | None


def notices_of(visitor: Visitor) -> str | None:
    """The conversation in which the house turns to this person by itself."""
    return f"notices:{visitor.person.id}" if visitor.person else None


def may_read(visitor: Visitor, conversation: str) -> bool:
    return owns(visitor, conversation) or (conversation == notices_of(visitor) and visitor.person is not None)


def talks_of(tx: Tx, visitor: Visitor) -> list[Talk]:
    """The visitor's conversations, the one with the latest word first."""
    table = tx.messages.table.c
    start = f"{CHANNEL}:{owner_of(visitor)}:"
    found = tx.messages.where(tx.messages.begins("conversation", start), order=table.id.desc(), limit=LOOK_BACK)
    notices = notices_of(visitor)
    if notices:
        found += tx.messages.where(table.conversation == notices, order=table.id.desc(), limit=1)
    latest: dict[str, Message] = {}
    for message in found:
        latest.setdefault(message.conversation, message)
    talks = [Talk(key, message, key == notices) for key, message in latest.items()]
    return sorted(talks, key=lambda talk: talk.latest.id, reverse=True)


def open_room(tx: Tx, conversation: str) -> Room:
    """What was said, and how its newest case stands."""
    table = tx.messages.table.c
    newest = tx.messages.where(table.conversation == conversation, order=table.id.desc(), limit=SHOWN)
    messages = list(reversed(newest))
    last_word = max((message.id for message in messages if message.author == "person"), default="")
    case = _case(tx, conversation, messages)
    return Room(
        id=conversation,
        lines=tuple(Line(message, _waits(tx, message, last_word)) for message in messages),
        case=case,
        doing=story.now_doing(read_brief(tx, case)) if case and case.state != "awaiting_person" else "",
        tag=standing(case) if case else None,
    )


def _case(tx: Tx, conversation: str, messages: list[Message]) -> Case | None:
    """The case spoken of last: a message may have joined one that began elsewhere."""
    spoken = next((message.case for message in reversed(messages) if message.case), None)
    if spoken:
        return tx.cases.get(spoken)
    return next(iter(reversed(tx.cases.by(conversation=conversation))), None)


def _waits(tx: Tx, message: Message, last_word: str) -> bool:
    """Buttons are there only while an answer still counts."""
    card = message.card
    if not card:
        return False
    if card.get("kind") == "approval":
        asked = tx.approvals.get(str(card.get("approval", "")))
        return asked is not None and asked.state == "pending"
    if card.get("kind") == "page":
        page = tx.oncall_pages.get(str(card.get("page", "")))
        return page is not None and page.state in {"calling", "unanswered"}
    return message.id > last_word


def need_own(visitor: Visitor, conversation: str) -> None:
    """Raises `NotFound` when the conversation is somebody else's."""
    if not may_read(visitor, conversation):
        raise NotFound("there is no such conversation")
