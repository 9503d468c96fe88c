"""A small HTTP server for the estate's processes: JSON in, JSON out, connections kept alive, loopback only."""

from __future__ import annotations

import asyncio
import hmac
import json
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Literal
from urllib.parse import parse_qsl, unquote, urlsplit

Json = dict[str, Any]
Level = Literal["open", "token", "control"]
MAX_BODY = 1_000_000
HOST = "127.0.0.1"


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes = b""
    query: dict[str, str] = field(default_factory=dict)
    params: dict[str, str] = field(default_factory=dict)
    """The parts of the path that the route names."""

    def json(self) -> Json:
        """The body as a JSON object. Raises `Problem` (400)."""
        try:
            value = json.loads(self.body or b"{}")
        except ValueError as error:
            raise Problem(400, "the body is not JSON") from error
        if not isinstance(value, dict):
            raise Problem(400, "the body is not a JSON object")
        return value

    @property
    def key(self) -> str:
        """The idempotency key. Raises `Problem` (400) when there is none."""
        try:
            return self.headers["idempotency-key"]
        except KeyError:
            raise Problem(400, "a change needs an Idempotency-Key") from None


@dataclass(frozen=True)
class Response:
    status: int = 200
    body: bytes = b""
    content_type: str = "application/json"


class Problem(Exception):
    """Answered as `{"error": text}` with that status."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.text = text


Handler = Callable[[Request], Awaitable[Response]]


def answer(value: Any, status: int = 200) -> Response:
    return Response(status, json.dumps(value).encode())


@dataclass(frozen=True)
class Router:
    """Routes by method and path template (`/accounts/{username}`), each behind nothing, the token, or the control token."""

    token: str
    control: str
    routes: list[tuple[str, list[str], Level, Handler]] = field(default_factory=list)

    def add(self, route: str, handler: Handler, *, level: Level = "token") -> None:
        method, _, template = route.partition(" ")
        self.routes.append((method, template.strip("/").split("/"), level, handler))

    async def __call__(self, request: Request) -> Response:
        parts = [unquote(part) for part in request.path.strip("/").split("/")]
        for method, template, level, handler in self.routes:
            params = _match(template, parts) if method == request.method else None
            if params is not None:
                self._admit(request, level)
                return await handler(
                    Request(request.method, request.path, request.headers, request.body, request.query, params)
                )
        raise Problem(404, "there is nothing here")

    def _admit(self, request: Request, level: Level) -> None:
        if level == "open":
            return
        shown = request.headers.get("authorization", "").removeprefix("Bearer ").encode()
        if hmac.compare_digest(shown, self.control.encode()):
            return
        if not hmac.compare_digest(shown, self.token.encode()):
            raise Problem(401, "the token is missing or wrong")
        if level == "control":
            raise Problem(403, "this token may not break things")


def _match(template: list[str], parts: list[str]) -> dict[str, str] | None:
    if len(template) != len(parts):
        return None
    params: dict[str, str] = {}
    for expected, part in zip(template, parts, strict=True):
        if expected.startswith("{"):
            params[expected[1:-1]] = part
        elif expected != part:
            return None
    return params


async def serve(handler: Handler, port: int, *, tls: ssl.SSLContext | None = None) -> asyncio.Server:
    """Listen on loopback. Raises OSError when the port is taken."""

    async def connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while (request := await _read(reader)) is not None:
                try:
                    response = await handler(request)
                except Problem as problem:
                    response = answer({"error": problem.text}, problem.status)
                writer.write(_encode(response))
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            pass  # the other side went away: nobody is left to tell
        finally:
            writer.close()

    return await asyncio.start_server(connection, HOST, port, ssl=tls, backlog=256)


async def _read(reader: asyncio.StreamReader) -> Request | None:
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError):
        return None
    first, *lines = head.decode("latin-1").split("\r\n")
    method, _, rest = first.partition(" ")
    url = urlsplit(rest.rpartition(" ")[0])
    headers = {
        name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines) if name
    }
    length = headers.get("content-length", "0")
    if not length.isdigit() or int(length) > MAX_BODY:
        return None
    body = await reader.readexactly(int(length))
    return Request(method, url.path, headers, body, dict(parse_qsl(url.query)))


def _encode(response: Response) -> bytes:
    reason = HTTPStatus(response.status).phrase
    head = (
        f"HTTP/1.1 {response.status} {reason}\r\nContent-Type: {response.content_type}\r\n"
        f"Content-Length: {len(response.body)}\r\nConnection: keep-alive\r\n\r\n"
    )
    return head.encode("latin-1") + response.body
