"""Conversations: say something, read the answers, watch them come."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Header, Query
from fastapi.responses import StreamingResponse
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from tickless.domain.errors import BadInput, Forbidden, NotFound
from tickless.domain.person import Person
from tickless.domain.signal import Deed, Sender
from tickless.doors.api.guards import DeskHere, EntranceHere, Talker, new_router
from tickless.doors.api.paging import Limit
from tickless.doors.api.schemas import CaseShown, MessageShown, Page, Say, Shown, Taken
from tickless.doors.api.sight import may_watch
from tickless.doors.api.stream import cases_of, watch
from tickless.doors.api.views import show_case, show_message
from tickless.doors.entrance import Visitor
from tickless.doors.entrance.conversations import LONGEST, new_conversation, owner_of, spoke_for, spoken_by
from tickless.journal import Journal

CHANNEL = "api"
router = new_router("conversations")
Kind = Literal["answer", "approve", "deny", "solved", "unsolved", "helped", "not_helped", "rate", "cancel"]


class Press(Shown):
    """A button. `ref`: the question, approval or case that the card names."""

    deed: Kind
    ref: str = Field(min_length=1, max_length=300)
    values: dict[str, str] = Field(default={}, max_length=30, examples=[{"answer": "yes"}])


After = Annotated[str, Query(max_length=100, description="Id of the last message you have")]


@router.post("/conversations/messages", status_code=202, summary="Say something")
async def say(
    desk: DeskHere,
    entrance: EntranceHere,
    visitor: Talker,
    given: Say,
    idempotency_key: Annotated[str, Header(max_length=150)] = "",
) -> Taken:
    """Starts a conversation, or goes on with one. The answer comes as messages of that conversation. With the same
    `Idempotency-Key` a retry is harmless."""
    if given.as_ is not None:
        entrance.require(visitor, "ask_as")
    elif not visitor.may("chat"):
        raise Forbidden("this token may only speak for others", mend="name the person in `as`")
    sender = await run_in_threadpool(_sender, desk.journal, visitor, given, idempotency_key)
    key = f"{sender.conversation}/{idempotency_key}" if idempotency_key else ""
    said = await desk.say(sender, given.text, key=key)
    return Taken(signal=said.signal, conversation=said.conversation)


@router.post("/conversations/{conversation}/deeds", status_code=202, summary="Press a button of a card")
async def press(
    desk: DeskHere,
    visitor: Talker,
    conversation: str,
    given: Press,
    idempotency_key: Annotated[str, Header(max_length=150)] = "",
) -> Taken:
    """What the cards of the messages offer: `answer` a question, `approve` or `deny`, say that it is `solved` or `unsolved`,
    that an answer `helped` or not, `rate`, `cancel`. Only in a conversation of one's own."""
    if not visitor.may("chat"):
        raise Forbidden("buttons are for those who speak for themselves", mend="say it in words, with `as`")
    spoken = Say(text="-", conversation=conversation)
    sender = await run_in_threadpool(_sender, desk.journal, visitor, spoken, idempotency_key)
    deed = Deed(kind=given.deed, ref=given.ref, values=given.values)
    said = await desk.press(sender, deed, key=f"{conversation}/{idempotency_key}" if idempotency_key else "")
    return Taken(signal=said.signal, conversation=said.conversation)


def _sender(journal: Journal, visitor: Visitor, given: Say, key: str) -> Sender:
    """Who speaks, and how sure that is; a retry with the same key finds the conversation that it began. Raises `NotFound`,
    `BadInput`."""
    user = visitor.user
    assert user is not None, "a talker has an account"
    person = visitor.person if given.as_ is None else _person(journal, given.as_)
    owner = person.id if person else owner_of(visitor)
    via = visitor.actor if given.as_ is not None else ""
    conversation = given.conversation or new_conversation(CHANNEL, owner, key=key, via=via)
    stranger = bool(via) and not (visitor.may("read") or spoke_for(visitor, conversation))
    if len(conversation) > LONGEST or spoken_by(conversation) != owner or stranger:
        raise NotFound("there is no such conversation", mend="leave `conversation` out to begin a new one")
    return Sender(
        channel=CHANNEL,
        account=person.username if person else user.login,
        conversation=conversation,
        person=person.id if person else None,
        assurance="none" if given.unverified or person is None else "signed_in",
        via=None if given.as_ is None else (visitor.person.id if visitor.person else user.login),
    )


def _person(journal: Journal, wanted: str) -> Person:
    with journal.read() as tx:
        found = tx.people.get(wanted) or next(iter(tx.people.by(username=wanted.lower(), limit=1)), None)
    if found is None or not found.active:
        raise BadInput(f"nobody is called {wanted[:80]!r}", mend="use an id or a user name: tickless person find NAME")
    return found


@router.get("/conversations/{conversation}/messages", summary="Read a conversation")
def list_messages(
    desk: DeskHere, visitor: Talker, conversation: str, after: After = "", limit: Limit = 100
) -> Page[MessageShown]:
    """In order, behind a message. `next` is the id to pass as `after`; private lines of others come without their text."""
    with desk.journal.read() as tx:
        mine = may_watch(tx, visitor, conversation)
        found = tx.conversation(conversation, after=after, limit=limit + 1)
    more = found[limit - 1].id if len(found) > limit else None
    return Page(items=[show_message(message, reveal=mine) for message in found[:limit]], next=more)


@router.get("/conversations/{conversation}/cases", summary="Which cases does it speak of?")
def list_cases_of(desk: DeskHere, visitor: Talker, conversation: str) -> Page[CaseShown]:
    """Newest first: cases that began in it, and running ones that it joined."""
    with desk.journal.read() as tx:
        may_watch(tx, visitor, conversation)
        spoken = {message.case for message in tx.conversation(conversation) if message.case}
        found = cases_of(tx, conversation, spoken)
    return Page(items=[show_case(case) for case in sorted(found, key=lambda case: -case.number)])


@router.get(
    "/conversations/{conversation}/events",
    summary="Watch a conversation",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/event-stream": {}}, "description": "`message` and `case` events"}},
)
def stream_events(
    *,
    desk: DeskHere,
    visitor: Talker,
    conversation: str,
    after: After = "",
    last_event_id: Annotated[str, Header(max_length=100)] = "",
) -> StreamingResponse:
    """Server-sent events: `message` for each new line (its id is the event's id), `case` whenever a case of the
    conversation changes its state. Ends after an hour; a browser comes back by itself with `Last-Event-ID`."""
    with desk.journal.read() as tx:
        mine = may_watch(tx, visitor, conversation)
    events = watch(desk.journal, conversation, after=last_event_id or after, reveal=mine)
    return StreamingResponse(events, media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})
