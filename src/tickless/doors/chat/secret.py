"""A secret that is shown once, to the one person it is for, after a click: signed in, or in the conversation of a guest
who has just proved who they are."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from tickless.domain.errors import Forbidden, TicklessError, Unauthenticated
from tickless.doors.chat.guests import conversation_of, guard_of, guard_ok, guest_token
from tickless.doors.console.frame import Frame, Screen, Visit


def routes(frame: Frame) -> list[BaseRoute]:
    def look(request: Request) -> Response:
        """Only a button: looking at the address must not use the secret up."""
        try:
            visit = frame.visit(request, None)
            return frame.page(visit, Screen("secret.html", {"secret": None, "csrf": _guard(visit)}))
        except TicklessError as error:
            return frame.refusal(request, error)

    async def page(request: Request) -> Response:
        return await run_in_threadpool(look, request)

    async def reveal(request: Request) -> Response:
        try:
            sent = str((await request.form(max_files=0, max_fields=5)).get("csrf", ""))
            visit = await run_in_threadpool(frame.visit, request, None)
            secret = await _secret(visit, sent)
            return await run_in_threadpool(frame.page, visit, Screen("secret.html", {"secret": secret}))
        except TicklessError as error:
            return await run_in_threadpool(frame.refusal, request, error)

    return [
        Route("/secret/{id}", page, methods=["GET"]),
        Route("/secret/{id}", reveal, methods=["POST"]),
    ]


def _guard(visit: Visit) -> str:
    """What the form carries: the session's own, or the guest's. Raises `Unauthenticated` when it is neither."""
    if visit.visitor.kind != "anonymous":
        return visit.visitor.csrf
    token = guest_token(visit.request)
    if token is None:
        raise Unauthenticated("sign in first")
    return guard_of(token)


async def _secret(visit: Visit, sent: str) -> str:
    if visit.visitor.kind == "anonymous":
        token = guest_token(visit.request)
        if token is None or not guard_ok(token, sent):
            raise Forbidden("this form is too old or came from elsewhere", mend="open the link anew and try again")
        return await visit.desk.open_secret(visit.path("id"), person=None, conversation=conversation_of(token))
    if not visit.entrance.csrf_ok(visit.visitor, sent):
        raise Forbidden("this form is too old or came from elsewhere", mend="open the link anew and try again")
    if visit.visitor.person is None:
        raise Forbidden("your account belongs to no person, so no secret is for you")
    return await visit.desk.open_secret(visit.path("id"), person=visit.visitor.person.id)
