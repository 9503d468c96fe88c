"""Who may call: dependencies of the routes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.security import APIKeyCookie, HTTPBearer
from pydantic.json_schema import models_json_schema

from tickless.domain.errors import Forbidden
from tickless.doors.api.schemas import Problem
from tickless.doors.entrance import Entrance, Right, Visitor
from tickless.doors.entrance.entrance import COOKIE
from tickless.flow.desk.promise import Desk

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_bearer = HTTPBearer(auto_error=False, scheme_name="token", description="An API token: `Authorization: Bearer tkl_…`")
_cookie = APIKeyCookie(
    name=COOKIE, auto_error=False, scheme_name="session", description="A signed-in browser; writes need `X-CSRF-Token`"
)

_PROBLEM = {"application/json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
REFUSALS: dict[int | str, dict[str, object]] = {
    401: {"content": _PROBLEM, "description": "Nobody we know"},
    403: {"content": _PROBLEM, "description": "Not allowed, with the reason"},
    404: {"content": _PROBLEM, "description": "There is no such thing, or none that the caller may see"},
    409: {"content": _PROBLEM, "description": "The record moved on, or is taken"},
    422: {"content": _PROBLEM, "description": "Some fields are wrong; `fields` lists them"},
    "default": {"content": _PROBLEM, "description": "Anything else that went wrong"},
}
"""By name, not by model: FastAPI would build a model anew for each of them on every route, half of what a start takes."""


class Api(FastAPI):
    """Describes the shape of every refusal, which its routes name."""

    def openapi(self) -> dict[str, Any]:
        described = super().openapi()
        _, shapes = models_json_schema([(Problem, "serialization")], ref_template="#/components/schemas/{model}")
        described["components"]["schemas"].update(shapes["$defs"])
        return described


def new_router(tag: str) -> APIRouter:
    """Routes of one noun, with the ways in and the refusals that all of them share."""
    return APIRouter(tags=[tag], dependencies=[Depends(_bearer), Depends(_cookie)], responses=REFUSALS)


def _desk(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


def _entrance(request: Request) -> Entrance:
    entrance: Entrance = request.app.state.entrance
    return entrance


def visitor_of(request: Request) -> Visitor:
    """Who calls. Raises `Unauthenticated` for a wrong token, `Forbidden` for a session's write without its CSRF token."""
    entrance = _entrance(request)
    visitor = entrance.visitor(request)
    if request.method not in _SAFE and visitor.kind == "session":
        given = request.headers.get("x-csrf-token", "")
        if not entrance.csrf_ok(visitor, given):
            raise Forbidden("this did not come from our own pages", mend="send the header X-CSRF-Token")
    return visitor


def _needs(*rights: Right) -> Callable[[Request], Visitor]:
    """A visitor with one of these rights."""

    def check(request: Request) -> Visitor:
        visitor = visitor_of(request)
        held = next((right for right in rights if visitor.may(right)), rights[0])
        _entrance(request).require(visitor, held, deed=str(getattr(request.scope.get("route"), "name", "")))
        return visitor

    return check


DeskHere = Annotated[Desk, Depends(_desk)]
EntranceHere = Annotated[Entrance, Depends(_entrance)]
Anyone = Annotated[Visitor, Depends(visitor_of)]
Known = Annotated[Visitor, Depends(_needs("chat", "read", "ask_as"))]
Talker = Annotated[Visitor, Depends(_needs("chat", "ask_as"))]
CaseReader = Annotated[Visitor, Depends(_needs("read", "own_cases"))]
Reader = Annotated[Visitor, Depends(_needs("read"))]
Finder = Annotated[Visitor, Depends(_needs("read", "ask_as"))]
Actor = Annotated[Visitor, Depends(_needs("act"))]
Auditor = Annotated[Visitor, Depends(_needs("audit"))]
Admin = Annotated[Visitor, Depends(_needs("admin"))]
