"""The chat without an account: for people who are locked out, and for anybody else who is unknown."""

from __future__ import annotations

import secrets
from collections.abc import Hashable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from tickless.domain.errors import Forbidden, TicklessError, Unauthenticated
from tickless.domain.signal import Sender
from tickless.doors.chat import rooms
from tickless.doors.chat.guests import (
    Turnstile,
    conversation_of,
    guard_of,
    guard_ok,
    guest_token,
    new_guest_token,
    put_cookie,
)
from tickless.doors.chat.talks import CHANNEL, open_room
from tickless.doors.console.frame import Frame, Screen, Visit
from tickless.doors.console.stream import Streams
from tickless.doors.entrance.problems import TooMuch


def routes(frame: Frame, streams: Streams) -> list[BaseRoute]:
    turnstile = Turnstile()

    def front(request: Request) -> Response:
        try:
            visit = frame.visit(request, None)
            if visit.visitor.kind != "anonymous":
                frame.entrance.require(visit.visitor, "chat")
                return frame.page(visit, rooms.newest(visit))
            if visit.asked("guest") is None:
                raise Unauthenticated("sign in first")
            token = guest_token(request) or new_guest_token()
            response = frame.page(visit, screen(visit, token))
            put_cookie(response, token, request)
        except TicklessError as error:
            return frame.refusal(request, error)
        return response

    async def chat(request: Request) -> Response:
        return await run_in_threadpool(front, request)

    async def say(request: Request) -> Response:
        try:
            visit = await run_in_threadpool(frame.visit, request, None)
            sent = await request.form(max_files=0, max_fields=20)
            form = {key: value for key, value in sent.items() if isinstance(value, str)}
            token = guest_token(request)
            if token is None or not guard_ok(token, form.get("csrf", "")):
                raise Forbidden("this form is too old or came from elsewhere", mend="open the chat anew and try again")
            address = request.client.host if request.client else "unknown"
            text = rooms.words_of(form)
            if not turnstile.passes(address, now=visit.now):
                raise TooMuch("that is a lot of messages", after=60, mend="wait a few minutes, or sign in")
            conversation = conversation_of(token)
            sender = Sender(channel=CHANNEL, account="guest", conversation=conversation)
            await frame.desk.say(sender, text, key=rooms.key_of(form, conversation))
        except TicklessError as error:
            return await run_in_threadpool(frame.refusal, request, error)
        return RedirectResponse("/chat?guest=1&sent=1", 303)

    return [
        Route("/chat", chat, methods=["GET"]),
        Route("/chat/guest", say, methods=["POST"]),
        streams.route("/chat/guest/stream", None, mark, pieces),
    ]


def screen(visit: Visit, token: str) -> Screen:
    with visit.desk.journal.read() as tx:
        room = open_room(tx, conversation_of(token))
    begun = bool(room.lines) or visit.asked("sent") is not None
    return Screen(
        "chat.html",
        {
            "talks": [],
            "room": room if begun else None,
            "stream": "/chat/guest/stream" if begun else "",
            "writes": True,
            "key": secrets.token_urlsafe(12),
            "guest": True,
            "send_to": "/chat/guest",
            "longest": rooms.LONGEST,
            "csrf": guard_of(token),
        },
    )


def _token(visit: Visit) -> str:
    token = guest_token(visit.request)
    if token is None:
        raise Unauthenticated("there is no conversation in this browser")
    return token


def mark(visit: Visit) -> Hashable:
    with visit.desk.journal.read() as tx:
        return rooms.room_mark(open_room(tx, conversation_of(_token(visit))))


def pieces(visit: Visit) -> dict[str, str]:
    token = _token(visit)
    with visit.desk.journal.read() as tx:
        room = open_room(tx, conversation_of(token))
    return rooms.room_pieces(visit, room, csrf=guard_of(token), send_to="/chat/guest")
