"""The address of SCIM."""

from __future__ import annotations

from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tickless.doors.entrance import Entrance
from tickless.flow.desk.promise import Desk

PREFIX: Final = "/scim/v2"
_METHODS: Final = ["GET", "POST", "PUT", "PATCH", "DELETE"]


def create_route(desk: Desk, entrance: Entrance) -> Route:
    """Mount it at the root of the site."""

    async def endpoint(request: Request) -> Response:
        return await run_in_threadpool(_answer, desk, entrance, request, await request.body())

    return Route(PREFIX + "/{path:path}", endpoint, methods=_METHODS)


def _answer(desk: Desk, entrance: Entrance, request: Request, body: bytes) -> Response:
    from tickless.doors.scim.door import answer  # most of a second that a start without a directory needn't pay

    return answer(desk, entrance, request, body, prefix=PREFIX)
