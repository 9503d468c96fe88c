"""What a request passes before a tool sees it: our token and nothing else, no foreign page, the SDK only where it is there."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from tickless.domain.errors import Forbidden, NotFound, Unauthenticated
from tickless.doors.entrance import Entrance, Visitor
from tickless.doors.entrance.problems import Problems
from tickless.flow.desk.promise import Desk

PATH = "/mcp"
SDK = "mcp"


def create_route(desk: Desk, entrance: Entrance) -> BaseRoute:
    """The whole door: one path. It listens nowhere by itself."""
    return Route(PATH, Problems(_Door(desk, entrance)))


class _Door:
    """One request at a time: nothing is remembered between two of them, so any process may answer."""

    def __init__(self, desk: Desk, entrance: Entrance) -> None:
        self._desk = desk
        self._entrance = entrance

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope)
        inside = self._inside()
        self._same_house(request)
        scope.setdefault("state", {})["visitor"] = await run_in_threadpool(self._visitor, request)
        if request.method != "POST":
            raise HTTPException(405, headers={"Allow": "POST"})
        await inside(scope, receive, send)

    def _inside(self) -> ASGIApp:
        try:
            from tickless.doors.mcp.server import Server
        except ModuleNotFoundError as error:
            if (error.name or "").partition(".")[0] != SDK:
                raise
            raise NotFound("the MCP door is not installed here", mend="install tickless[mcp], then restart") from error
        return Server(self._desk, self._entrance)

    def _same_house(self, request: Request) -> None:
        """A browser says which page it speaks for. Raises `Forbidden` for any page that is not of this house."""
        origin = request.headers.get("origin")
        if origin is None:
            return
        try:
            host = urlsplit(origin).hostname or ""
        except ValueError:
            host = ""
        if not self._entrance.settings.trusts(host):
            raise Forbidden("this page may not speak with the house", mend="add its name to `hosts` in the settings")

    def _visitor(self, request: Request) -> Visitor:
        """Only a bearer token counts: a browser never sends one by itself. Raises `Unauthenticated`."""
        if not request.headers.get("authorization", "").lower().startswith("bearer "):
            raise Unauthenticated("send a token: Authorization: Bearer tkl_…", mend="create one: tickless token create")
        return self._entrance.visitor(request)
