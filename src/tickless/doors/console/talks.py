"""Conversations of everybody: read them, say something as a colleague, take them over."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.routing import BaseRoute

from tickless.domain.case import Case, Message
from tickless.domain.errors import NotFound
from tickless.doors.console.frame import Form, Frame, Screen, Visit, here
from tickless.doors.console.rendering import fragment
from tickless.doors.console.stream import Streams
from tickless.journal import Tx
from tickless.practices.tickets.pack import in_short

NEWEST = 3_000
"""Messages that are looked through for conversations."""
SHOWN = 100
LINES = 400


@dataclass(frozen=True)
class Talk:
    """A conversation by its latest word."""

    id: str
    channel: str
    who: str
    latest: Message
    case: Case | None
    waits: bool
    """The person spoke last."""


def routes(frame: Frame, streams: Streams) -> list[BaseRoute]:
    return [
        frame.show("/conversations", "read", listing),
        frame.show("/conversations/{conversation}", "read", page),
        streams.route("/conversations/{conversation}/stream", "read", mark, pieces),
        frame.deed("/conversations/{conversation}/say", "act", speak),
        frame.deed("/conversations/{conversation}/reword", "act", reword),
        frame.deed("/conversations/{conversation}/take", "act", take_over),
    ]


def listing(visit: Visit) -> Screen:
    with visit.desk.journal.read() as tx:
        talks = _talks(tx)
    wanted = visit.asked("channel")
    channels = sorted({talk.channel for talk in talks})
    return Screen(
        "talks.html",
        {
            "talks": [talk for talk in talks if wanted in {None, talk.channel}][:SHOWN],
            "channels": channels,
            "wanted": wanted,
        },
    )


def _talks(tx: Tx) -> list[Talk]:
    table = tx.messages.table.c
    latest: dict[str, Message] = {}
    speakers: dict[str, str] = {}
    for message in tx.messages.where(order=table.id.desc(), limit=NEWEST):
        if message.conversation.startswith("notices:"):
            continue
        latest.setdefault(message.conversation, message)
        if message.author == "person":
            speakers.setdefault(message.conversation, message.name)
    return [
        Talk(
            id=conversation,
            channel=conversation.partition(":")[0],
            who=speakers.get(conversation, "somebody"),
            latest=message,
            case=next(iter(tx.cases.live_of_conversation(conversation)), None),
            waits=message.author == "person",
        )
        for conversation, message in latest.items()
    ]


def page(visit: Visit) -> Screen:
    return Screen("talk.html", {**_content(visit), "draft": None})


def _content(visit: Visit) -> dict[str, object]:
    conversation = visit.path("conversation")
    with visit.desk.journal.read() as tx:
        table = tx.messages.table.c
        newest = tx.messages.where(table.conversation == conversation, order=table.id.desc(), limit=LINES)
        if not newest or conversation.startswith("notices:"):
            raise NotFound("there is no such conversation")
        cases = tx.cases.where(
            tx.cases.table.c.conversation == conversation, order=tx.cases.table.c.number.desc(), limit=20
        )
        thread = tx.threads.get(conversation)
        told = next((case for case in cases if case.live or case.state == "handed_off"), None)
        pack = visit.desk.tickets.pack(tx, told) if told is not None else None
    return {
        "pack": pack,
        "in_short": in_short(pack) if pack is not None else "",
        "rewords": visit.desk.rewords(),
        "conversation": conversation,
        "lines": list(reversed(newest)),
        "who": next((line.name for line in newest if line.author == "person"), "somebody"),
        "cases": cases,
        "live": [case for case in cases if case.live],
        "channel": conversation.partition(":")[0],
        "open_to_others": thread is not None and not thread.private,
    }


def mark(visit: Visit) -> Hashable:
    with visit.desk.journal.read() as tx:
        table = tx.messages.table.c
        newest = tx.messages.where(table.conversation == visit.path("conversation"), order=table.id.desc(), limit=1)
        cases = tx.cases.by(conversation=visit.path("conversation"))
        short = [one.id for case in cases[-3:] for one in tx.summaries.by(case=case.id) if one.text]
    return newest[0].id if newest else "", *short


def pieces(visit: Visit) -> dict[str, str]:
    content = {**here(visit), **_content(visit)}
    return {part: fragment("talk.html", part, content) for part in ("talk", "short")}


async def speak(visit: Visit, form: Form) -> str:
    visitor = visit.visitor
    await visit.desk.speak(
        visit.path("conversation"), form.get("text", ""), by=visitor.actor, person=visitor.person, name=visitor.name
    )
    return f"/conversations/{visit.path('conversation')}?told=spoken"


async def reword(visit: Visit, form: Form) -> Screen:
    """The same words in a kinder tone, to be looked at: nothing is said yet."""
    draft = await visit.desk.reword(form.get("text", ""))
    content = await run_in_threadpool(_content, visit)
    return Screen("talk.html", {**content, "draft": draft})


async def take_over(visit: Visit, form: Form) -> str:
    visitor = visit.visitor
    await visit.desk.take_over(visit.path("conversation"), by=visitor.actor, person=visitor.person, name=visitor.name)
    return f"/conversations/{visit.path('conversation')}?told=taken"
