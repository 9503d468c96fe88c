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

from tickless.domain.errors import BadInput, Forbidden, SettingsInvalid, Unauthenticated
from tickless.domain.signal import Payload
from tickless.doors.entrance import Entrance
from tickless.doors.entrance.problems import NotReady, Problems, problem, request_id_of
from tickless.doors.hooks.health import health_routes
from tickless.doors.hooks.metrics import Received, metrics_route
from tickless.doors.hooks.reading import read_payload, without_credentials
from tickless.doors.hooks.taking import take_in
from tickless.doors.hooks.vendors import Vendors
from tickless.flow.desk.promise import Accepted, Desk
from tickless.kit.log import get_logger

_SOURCE = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}")
_ORIGIN = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.:-]{0,252})")
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_log = get_logger("doors")
_Endpoint = Callable[[Request], Awaitable[Response]]


def create_routes(desk: Desk, entrance: Entrance) -> list[Route]:
    """Routes for the root of the site."""
    received = Received()
    hooks = _Hooks(desk, entrance, received)
    paths: dict[str, dict[str, _Endpoint]] = {
        "/hooks/{source}": {"POST": hooks.receive, "OPTIONS": hooks.handshake},
        **Vendors(desk, entrance, received).paths(),
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
        if self._desk.signed(source):
            return await self._receive_signed(request, source)
        bound = await self._may_send(request, source)
        accepted = await self._take(request, source, bound=bound is not None)
        told: dict[str, object] = {"received": accepted.received, "new": accepted.new}
        if accepted.quarantined is not None:
            told |= {"quarantined": accepted.quarantined, "reason": accepted.reason, "mend": accepted.mend}
        return JSONResponse(told, 202)

    async def _receive_signed(self, request: Request, source: str) -> Response:
        """From a vendor that signs: 200 and nothing more, after it is durable, for vendors show or read what we answer. What
        cannot be read is put aside, and taken all the same: sending it again would not mend it."""
        payload = await self._read(request, source, all_headers=True)
        try:
            greeting = await run_in_threadpool(self._desk.greet, payload)
        except SettingsInvalid as error:
            _log.error("a source cannot be checked", source=source, reason=error.public)
            raise NotReady("this source is not set up", mend="look at the log") from error
        if not greeting.welcome:
            raise Unauthenticated("the signature does not fit", mend="compare the secret; are both clocks right?")
        if greeting.answer is not None:
            return Response(greeting.answer, media_type="application/json")
        accepted = await self._desk.receive(without_credentials(payload))
        if accepted.quarantined is not None:
            self._received.quarantined(source)
        self._received.accepted(source, accepted.received)
        return Response(status_code=200)

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

    async def _may_send(self, request: Request, source: str) -> str | None:
        """The source the token is bound to, if any. Raises `Unauthenticated`, `Forbidden`."""
        visitor = self._entrance.known_sender(request)
        if visitor is None:
            visitor = await run_in_threadpool(self._entrance.visitor, request, query_token=True)
        self._entrance.require(visitor, "signals:write")
        if visitor.kind != "token":
            raise Forbidden("receivers take API tokens only", mend="create one: tickless token create")
        if visitor.source not in {None, source}:
            raise Forbidden(f"this token may not send as {source!r}", mend="use the token of that source")
        return visitor.source

    async def _take(self, request: Request, source: str, *, bound: bool) -> Accepted:
        payload = await self._read(request, source)
        return await take_in(payload, desk=self._desk, received=self._received, bound=bound)

    async def _read(self, request: Request, source: str, *, all_headers: bool = False) -> Payload:
        limit, at = self._entrance.settings.max_hook_body, self._desk.clock.now()
        return await read_payload(request, source=source, at=at, limit=limit, all_headers=all_headers)


def _named(request: Request) -> str:
    source: Any = request.path_params["source"]
    if not _SOURCE.fullmatch(source):
        raise BadInput("a source is named by lower-case letters, digits and - _ .")
    return str(source)
