"""Assisted channel: a colleague at the service desk types for somebody on the phone, and sees what would come of it."""

from __future__ import annotations

import secrets
from collections.abc import Hashable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from tickless.domain.card import ChoicesCard, read_card
from tickless.domain.errors import BadInput, Forbidden, NotFound, TicklessError
from tickless.domain.person import Person
from tickless.doors.console.frame import Form, Frame, Screen, Visit, here
from tickless.doors.console.rendering import fragment
from tickless.doors.console.stream import Streams
from tickless.doors.entrance.conversations import spoke_for, spoken_by
from tickless.doors.entrance.speaking import Turn, named_person, sender_of
from tickless.flow.desk.assisting import Suggestions
from tickless.stages.understand.triage import TOPICS

CHANNEL = "phone"
FOUND = 12
LONGEST = 60_000


def routes(frame: Frame, streams: Streams) -> list[BaseRoute]:
    return [
        frame.show("/assist", "ask_as", page),
        _suggest(frame),
        frame.deed("/assist/take", "ask_as", take_up),
        frame.show("/assist/calls/{conversation}", "ask_as", call),
        streams.route("/assist/calls/{conversation}/stream", "ask_as", mark, pieces),
        frame.deed("/assist/calls/{conversation}/say", "ask_as", go_on),
    ]


def page(visit: Visit) -> Screen:
    """Whom to search for, or the caller who was picked."""
    wanted, chosen = visit.asked("q"), visit.asked("caller")
    caller = visit.desk.assisting.caller(chosen) if chosen else None
    found = _search(visit, wanted) if wanted and caller is None else []
    context = {"q": wanted or "", "found": found, "caller": caller, "key": secrets.token_urlsafe(12)}
    return Screen("assist.html", {**context, "text": "", "answers": {}, "seen": None})


def _search(visit: Visit, wanted: str) -> list[Person]:
    with visit.desk.journal.read() as tx:
        columns = tx.people.table.c
        fits = columns.name.icontains(wanted, autoescape=True) | columns.username.icontains(wanted, autoescape=True)
        found = tx.people.where(
            fits | columns.email.icontains(wanted, autoescape=True), order=columns.name, limit=FOUND + 20
        )
    return [person for person in found if person.active][:FOUND]


def _suggest(frame: Frame) -> BaseRoute:
    """What the words in the field would come to, as a piece of the page: nothing is taken up by it."""

    async def endpoint(request: Request) -> Response:
        try:
            sent = await request.form(max_files=0, max_fields=20)
            form = {key: value for key, value in sent.items() if isinstance(value, str)}
            visit = await run_in_threadpool(frame.visit, request, "ask_as")
            if not frame.entrance.csrf_ok(visit.visitor, form.get("csrf", "")):
                raise Forbidden("this form is too old or came from elsewhere", mend="reload the page")
            seen = await run_in_threadpool(_seen, visit, form)
        except TicklessError as error:
            return PlainTextResponse(error.public, error.status)
        shown = fragment("assist.html", "seen", {**here(visit), "seen": seen, "answers": _answers(form)})
        return HTMLResponse(shown, headers={"Cache-Control": "no-store"})

    return Route("/assist/suggest", endpoint, methods=["POST"])


def _seen(visit: Visit, form: Form) -> Suggestions:
    text = form.get("text", "")
    if len(text) > LONGEST:
        raise BadInput(f"a transcript has at most {LONGEST:,} signs", mend="leave out what is not about the need")
    return visit.desk.assisting.suggest(text, caller=form.get("caller", ""), answers=_answers(form))


def _answers(form: Form) -> dict[str, str]:
    return {topic: form[topic] for topic in TOPICS if form.get(topic, "").strip()}


async def take_up(visit: Visit, form: Form) -> str | Screen:
    """Send the caller's words in, unverified: a code proves who it is. Without a script the first press only suggests."""
    seen = await run_in_threadpool(_seen, visit, form)
    if form.get("look"):
        caller = await run_in_threadpool(visit.desk.assisting.caller, form.get("caller", ""))
        context = {"q": "", "found": [], "caller": caller, "key": form.get("key", ""), "text": form.get("text", "")}
        return Screen("assist.html", {**context, "answers": _answers(form), "seen": seen})
    turn = Turn(speaks_for=form.get("caller", ""), unverified=True, key=form.get("key", "")[:100])
    sender = await run_in_threadpool(sender_of, visit.desk.journal, visit.visitor, turn, channel=CHANNEL)
    key = f"{sender.conversation}/{turn.key}" if turn.key else ""
    await visit.desk.say(sender, seen.words, key=key, triage=dict(seen.known))
    return f"/assist/calls/{sender.conversation}"


def call(visit: Visit) -> Screen:
    """The call as it goes on."""
    return Screen("assist_call.html", _content(visit))


def _owner(visit: Visit) -> str:
    """Whose call it is. Raises `NotFound` unless the visitor took it, or sees everything."""
    conversation = visit.path("conversation")
    owner = spoken_by(conversation)
    mine = spoke_for(visit.visitor, conversation) or visit.visitor.may("read")
    if owner is None or not mine or not conversation.startswith(f"{CHANNEL}:"):
        raise NotFound("there is no such call")
    return owner


def _content(visit: Visit) -> dict[str, object]:
    conversation, person = visit.path("conversation"), named_person(visit.desk.journal, _owner(visit))
    with visit.desk.journal.read() as tx:
        lines = tx.conversation(conversation)
        cases = tx.cases.where(tx.cases.table.c.conversation == conversation, order=tx.cases.table.c.number, limit=20)
    card = read_card(lines[-1].card) if lines and not lines[-1].private else None
    options = card.options if isinstance(card, ChoicesCard) else ()
    return {"conversation": conversation, "person": person, "lines": lines, "cases": cases, "options": options}


def mark(visit: Visit) -> Hashable:
    _owner(visit)
    with visit.desk.journal.read() as tx:
        table, cases = tx.messages.table.c, tx.cases.table.c
        conversation = visit.path("conversation")
        newest = tx.messages.where(table.conversation == conversation, order=table.id.desc(), limit=1)
        states = tx.cases.where(cases.conversation == conversation, limit=20)
    return newest[0].id if newest else "", tuple((case.id, case.state) for case in states)


def pieces(visit: Visit) -> dict[str, str]:
    context = {**here(visit), **_content(visit)}
    return {name: fragment("assist_call.html", name, context) for name in ("talk", "offers", "cases")}


async def go_on(visit: Visit, form: Form) -> str:
    """What the caller says next: an answer, or the code that came to their phone."""
    owner = await run_in_threadpool(_owner, visit)
    conversation = visit.path("conversation")
    turn = Turn(conversation=conversation, speaks_for=owner, unverified=True)
    sender = await run_in_threadpool(sender_of, visit.desk.journal, visit.visitor, turn, channel=CHANNEL)
    await visit.desk.say(sender, form.get("text", ""))
    return f"/assist/calls/{conversation}"
