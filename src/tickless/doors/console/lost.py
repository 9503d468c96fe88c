"""What a browser sees where there is nothing: a page, not a line of text."""

from __future__ import annotations

from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from tickless.domain.errors import NotFound
from tickless.doors.console.frame import Frame
from tickless.doors.entrance import Entrance
from tickless.doors.entrance.problems import HANDLERS
from tickless.flow.desk.promise import Desk


class Lost:
    """Answers for `HTTPException` outside of the doors' own routes: HTML to browsers, our error shape to programs."""

    def __init__(self, desk: Desk, entrance: Entrance) -> None:
        self._frame = Frame(desk, entrance)

    async def __call__(self, request: Request, error: Any) -> Response:
        browser = "text/html" in request.headers.get("accept", "")
        if browser and isinstance(error, HTTPException) and error.status_code == 404:
            nothing = NotFound("there is no such page", mend="the menu shows what there is")
            return await run_in_threadpool(self._frame.refusal, request, nothing)
        return await HANDLERS[HTTPException](request, error)
