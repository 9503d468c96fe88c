"""The chat of people who are signed in: their conversations, one of them open, and a field to write in."""

from __future__ import annotations

import secrets
from collections.abc import Hashable

from pydantic import ValidationError
from starlette.routing import BaseRoute

from tickless.domain.errors import BadInput, Unauthenticated
from tickless.domain.signal import Deed, Sender
from tickless.doors.chat.talks import CHANNEL, Room, need_own, notices_of, open_room, talks_of
from tickless.doors.console.frame import Form, Frame, Screen, Visit, here
from tickless.doors.console.rendering import fragment
from tickless.doors.console.stream import Streams
from tickless.doors.entrance import Visitor
from tickless.doors.entrance.conversations import new_conversation, owner_of
from tickless.journal import Tx

LONGEST = 8_000


def routes(frame: Frame, streams: Streams) -> list[BaseRoute]:
    return [
        frame.deed("/chat", "chat", say),
        frame.deed("/chat/press", "chat", press),
        frame.show("/chat/new", "chat", beginning),
        frame.show("/chat/{conversation}", "chat", page),
        streams.route("/chat/{conversation}/stream", "chat", mark, pieces),
    ]


def newest(visit: Visit) -> Screen:
    """Goes on with the newest conversation."""
    with visit.desk.journal.read() as tx:
        talks = talks_of(tx, visit.visitor)
        found = next((talk.id for talk in talks if not talk.notices), None)
        return _screen(visit, tx, found)


def beginning(visit: Visit) -> Screen:
    with visit.desk.journal.read() as tx:
        return _screen(visit, tx, None)


def page(visit: Visit) -> Screen:
    conversation = visit.path("conversation")
    need_own(visit.visitor, conversation)
    with visit.desk.journal.read() as tx:
        return _screen(visit, tx, conversation)


def _screen(visit: Visit, tx: Tx, conversation: str | None) -> Screen:
    room = open_room(tx, conversation) if conversation else None
    return Screen(
        "chat.html",
        {
            "talks": talks_of(tx, visit.visitor),
            "room": room,
            "stream": f"/chat/{conversation}/stream" if conversation else "",
            "writes": conversation != notices_of(visit.visitor) or conversation is None,
            "key": secrets.token_urlsafe(12),
            "guest": False,
            "send_to": "/chat",
            "longest": LONGEST,
        },
    )


def mark(visit: Visit) -> Hashable:
    need_own(visit.visitor, visit.path("conversation"))
    with visit.desk.journal.read() as tx:
        return room_mark(open_room(tx, visit.path("conversation")))


def room_mark(room: Room) -> Hashable:
    """Changes with every message, every answered card and every step of the case."""
    latest = room.lines[-1].message.id if room.lines else ""
    return latest, tuple(line.waits for line in room.lines), room.case and room.case.updated_at, room.doing


def pieces(visit: Visit) -> dict[str, str]:
    with visit.desk.journal.read() as tx:
        room = open_room(tx, visit.path("conversation"))
    return room_pieces(visit, room, csrf=visit.visitor.csrf, send_to="/chat")


def room_pieces(visit: Visit, room: Room, *, csrf: str, send_to: str) -> dict[str, str]:
    """The conversation and its status line, as the page shows them."""
    context = {
        **here(visit),
        "room": room,
        "csrf": csrf,
        "send_to": send_to,
        "guest": visit.visitor.kind == "anonymous",
        "key": secrets.token_urlsafe(12),
    }
    return {name: fragment("chat.html", name, context) for name in ("doing", "talk")}


async def say(visit: Visit, form: Form) -> str:
    """Take a message in. Without a conversation it begins one."""
    conversation = form.get("conversation", "") or new_conversation(CHANNEL, owner_of(visit.visitor))
    need_own(visit.visitor, conversation)
    if conversation == notices_of(visit.visitor):
        raise BadInput("this conversation is for reading", mend="begin a new one to write something")
    await visit.desk.say(sender_of(visit.visitor, conversation), words_of(form), key=key_of(form, conversation))
    return f"/chat/{conversation}"


async def press(visit: Visit, form: Form) -> str:
    """A button of a card."""
    conversation = form.get("conversation", "")
    need_own(visit.visitor, conversation)
    await visit.desk.press(sender_of(visit.visitor, conversation), deed_of(form), key=key_of(form, conversation))
    return f"/chat/{conversation}"


def key_of(form: Form, conversation: str) -> str:
    """What makes sending a form twice harmless; of this conversation alone, whatever others send."""
    key = form.get("key", "")[:100]
    return f"{conversation}/{key}" if key else ""


def deed_of(form: Form) -> Deed:
    """What was pressed: `deed`, `ref`, and every field that begins with `v.`. Raises `BadInput`."""
    values = {name.removeprefix("v."): text[:1_000] for name, text in form.items() if name.startswith("v.") and text}
    try:
        return Deed.model_validate({"kind": form.get("deed", ""), "ref": form.get("ref", "")[:300], "values": values})
    except ValidationError as error:
        raise BadInput("there is no such button", mend="reload the page and try again") from error


def words_of(form: Form) -> str:
    """What was written. Raises `BadInput` for nothing and for too much."""
    text = form.get("text", "").strip()
    if not text:
        raise BadInput("the message is empty", mend="say in a few words what is wrong")
    if len(text) > LONGEST:
        raise BadInput(f"the message is longer than {LONGEST} signs", mend="shorten it")
    return text


def sender_of(visitor: Visitor, conversation: str) -> Sender:
    """Who speaks. A session of somebody without a place in the organisation proves no person."""
    if visitor.user is None:
        raise Unauthenticated("sign in first")
    person = visitor.person.id if visitor.person else None
    return Sender(
        channel=CHANNEL,
        account=visitor.user.login,
        conversation=conversation,
        person=person,
        assurance="signed_in" if person else "none",
    )
