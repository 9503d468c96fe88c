"""Conversations: say something, read the answers, watch them come."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Header, Query
from fastapi.responses import StreamingResponse
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from tickless.domain.signal import Deed
from tickless.doors.api.case_schemas import CaseShown
from tickless.doors.api.guards import DeskHere, EntranceHere, Talker, new_router
from tickless.doors.api.paging import Limit
from tickless.doors.api.schemas import Page, Shown
from tickless.doors.api.sight import may_watch
from tickless.doors.api.signal_schemas import MessageShown, Say, Taken
from tickless.doors.api.stream import WatchingHere, cases_of
from tickless.doors.api.views import show_case, show_message
from tickless.doors.entrance.speaking import Turn, may_press, may_speak, sender_of

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
    may_speak(entrance, visitor, speaks_for=given.as_)
    turn = Turn(conversation=given.conversation, speaks_for=given.as_, unverified=given.unverified, key=idempotency_key)
    sender = await run_in_threadpool(sender_of, desk.journal, visitor, turn, channel=CHANNEL)
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
    may_press(visitor)
    sender = await run_in_threadpool(sender_of, desk.journal, visitor, Turn(conversation=conversation), channel=CHANNEL)
    deed = Deed(kind=given.deed, ref=given.ref, values=given.values)
    said = await desk.press(sender, deed, key=f"{conversation}/{idempotency_key}" if idempotency_key else "")
    return Taken(signal=said.signal, conversation=said.conversation)


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
    watching: WatchingHere,
    visitor: Talker,
    conversation: str,
    after: After = "",
    last_event_id: Annotated[str, Header(max_length=100)] = "",
) -> StreamingResponse:
    """Server-sent events: `message` for each new line (its id is the event's id), `case` whenever a case of the
    conversation changes its state. Ends after four minutes; a browser comes back by itself with `Last-Event-ID`."""
    with desk.journal.read() as tx:
        mine = may_watch(tx, visitor, conversation)
    who = visitor.user.id if visitor.user else visitor.actor
    events = watching.watch(desk.journal, conversation, who=who, after=last_event_id or after, reveal=mine)
    return StreamingResponse(events, media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})
