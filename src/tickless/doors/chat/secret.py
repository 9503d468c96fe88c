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
            shown = visit.asked("pass") or ""
            return frame.page(
                visit, Screen("secret.html", {"secret": None, "csrf": _guard(visit, shown), "pass": shown})
            )
        except TicklessError as error:
            return frame.refusal(request, error)

    async def page(request: Request) -> Response:
        return await run_in_threadpool(look, request)

    async def reveal(request: Request) -> Response:
        try:
            form = await request.form(max_files=0, max_fields=5)
            sent, shown = str(form.get("csrf", "")), str(form.get("pass", ""))[:200]
            visit = await run_in_threadpool(frame.visit, request, None)
            secret = await _secret(visit, sent, shown)
            return await run_in_threadpool(frame.page, visit, Screen("secret.html", {"secret": secret}))
        except TicklessError as error:
            return await run_in_threadpool(frame.refusal, request, error)

    return [
        Route("/secret/{id}", page, methods=["GET"]),
        Route("/secret/{id}", reveal, methods=["POST"]),
    ]


def _guard(visit: Visit, shown: str) -> str:
    """What the form carries: the session's own, or the guest's; with a pass nothing more, for it is in no browser by itself.

    Raises `Unauthenticated` when it is none of these.
    """
    if visit.visitor.kind != "anonymous":
        return visit.visitor.csrf
    token = guest_token(visit.request)
    if token is not None:
        return guard_of(token)
    if not shown:
        raise Unauthenticated("sign in first")
    return ""


async def _secret(visit: Visit, sent: str, shown: str) -> str:
    identity, visitor = visit.path("id"), visit.visitor
    if visitor.kind == "anonymous":
        token = guest_token(visit.request)
        ours = token is not None and guard_ok(token, sent)
        if not ours and not shown:
            raise Forbidden("this form is too old or came from elsewhere", mend="open the link anew and try again")
        conversation = conversation_of(token) if token is not None and ours else None
        return await visit.desk.open_secret(identity, person=None, conversation=conversation, shown=shown)
    if not visit.entrance.csrf_ok(visitor, sent):
        raise Forbidden("this form is too old or came from elsewhere", mend="open the link anew and try again")
    if visitor.person is None and not shown:
        raise Forbidden("your account belongs to no person, so no secret is for you")
    person = visitor.person.id if visitor.person else None
    return await visit.desk.open_secret(identity, person=person, shown=shown)
