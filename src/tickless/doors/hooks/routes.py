"""The receivers. Answers follow what senders act on: 2xx is done, 4xx is never tried again, 5xx and 429 are."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tickless.domain.errors import BadInput, Forbidden
from tickless.doors.entrance import Entrance
from tickless.doors.entrance.problems import Problems, PutAside, problem, request_id_of
from tickless.doors.hooks.health import health_routes
from tickless.doors.hooks.metrics import Received, metrics_route
from tickless.doors.hooks.reading import read_payload
from tickless.flow.desk import Accepted, Desk

ALERTMANAGER = "alertmanager"
"""The source that the drop-in path sends as, unless the token is bound to another one."""

_SOURCE = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}")
_ORIGIN = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.:-]{0,252})")
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_Endpoint = Callable[[Request], Awaitable[Response]]


def create_routes(desk: Desk, entrance: Entrance) -> list[Route]:
    """Routes for the root of the site."""
    received = Received()
    hooks = _Hooks(desk, entrance, received)
    paths: dict[str, dict[str, _Endpoint]] = {
        "/hooks/{source}": {"POST": hooks.receive, "OPTIONS": hooks.handshake},
        "/api/v2/alerts": {"POST": hooks.receive_like_alertmanager},
    }
    guarded = [
        Route(path, _by_method(known), methods=_METHODS, name=path, middleware=[Middleware(Problems)])
        for path, known in paths.items()
    ]
    return [*guarded, *health_routes(desk), metrics_route(desk, entrance, received)]


def _by_method(known: dict[str, _Endpoint]) -> _Endpoint:
    """One endpoint for a path, so that a wrong method is told in our shape too, whatever site it is in."""

    async def endpoint(request: Request) -> Response:
        found = known.get(request.method)
        if found is None:
            wrong = HTTPException(405, headers={"Allow": ", ".join(known)})
            return problem(wrong, request_id=request_id_of(request.scope))
        return await found(request)

    return endpoint


class _Hooks:
    def __init__(self, desk: Desk, entrance: Entrance, received: Received) -> None:
        self._desk = desk
        self._entrance = entrance
        self._received = received

    async def receive(self, request: Request) -> Response:
        """202 with the counts, after everything is durable; and what was put aside, when only a part could be read."""
        source = _named(request)
        await self._may_send(request, source)
        accepted = await self._take(request, source)
        told: dict[str, object] = {"received": accepted.received, "new": accepted.new}
        if accepted.quarantined is not None:
            told |= {"quarantined": accepted.quarantined, "reason": accepted.reason, "mend": accepted.mend}
        return JSONResponse(told, 202)

    async def receive_like_alertmanager(self, request: Request) -> Response:
        """Alertmanager's API v2, for Prometheus to post to: 200 with an empty object."""
        bound = await self._may_send(request, None)
        await self._take(request, bound or ALERTMANAGER)
        return JSONResponse({})

    async def handshake(self, request: Request) -> Response:
        """CloudEvents' check that we want these events (HTTP 1.1 Web Hooks for Event Delivery, section 4)."""
        await self._may_send(request, _named(request))
        origin = request.headers.get("webhook-request-origin", "")
        if not _ORIGIN.fullmatch(origin):
            raise BadInput(
                "a handshake names its origin", mend="send the header WebHook-Request-Origin with a DNS name"
            )
        headers = {"Allow": "POST, OPTIONS", "WebHook-Allowed-Origin": origin, "WebHook-Allowed-Rate": "*"}
        return Response(status_code=200, headers=headers)

    async def _may_send(self, request: Request, source: str | None) -> str | None:
        """The source the token is bound to, if any. Raises `Unauthenticated`, `Forbidden`."""
        visitor = self._entrance.known_sender(request)
        if visitor is None:
            visitor = await run_in_threadpool(self._entrance.visitor, request, query_token=True)
        self._entrance.require(visitor, "signals:write")
        if visitor.kind != "token":
            raise Forbidden("receivers take API tokens only", mend="create one: tickless token create")
        if source is not None and visitor.source not in {None, source}:
            raise Forbidden(f"this token may not send as {source!r}", mend="use the token of that source")
        return visitor.source

    async def _take(self, request: Request, source: str) -> Accepted:
        limit = self._entrance.settings.max_hook_body
        payload = await read_payload(request, source=source, at=self._desk.clock.now(), limit=limit)
        accepted = await self._desk.receive(payload)
        if accepted.quarantined is not None:
            self._received.quarantined(source)
        if accepted.quarantined is not None and not accepted.new:
            reason = accepted.reason or "this cannot be read"
            raise PutAside(reason, quarantined=accepted.quarantined, mend=accepted.mend or "")
        self._received.accepted(source, accepted.received)
        return accepted


def _named(request: Request) -> str:
    source: Any = request.path_params["source"]
    if not _SOURCE.fullmatch(source):
        raise BadInput("a source is named by lower-case letters, digits and - _ .")
    return str(source)
