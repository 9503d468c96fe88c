"""What every request passes, whichever door: an id, safe headers, a trusted host name, a bounded body. Pure ASGI."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping

import structlog
from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tickless.domain.errors import BadInput
from tickless.doors.entrance.problems import TooLarge, TooSlow, WrongHost, problem, request_id_of
from tickless.doors.entrance.settings import EntranceSettings
from tickless.kit.ids import new_id

_GOOD_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_UNGUARDED = frozenset({"/healthz", "/readyz"})
"""Probed by address, and they say nothing worth rebinding a name for."""

SAFE_HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data:; style-src 'self'; script-src 'self'; object-src 'none'; "
        "base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


_SAFE = tuple((name.lower().encode(), value.encode()) for name, value in SAFE_HEADERS.items())


def standard_middleware(settings: EntranceSettings) -> list[Middleware]:
    """In the order in which a request meets them: for `Starlette(middleware=…)`."""
    return [
        Middleware(RequestId),
        Middleware(SafeHeaders),
        Middleware(TrustedHost, settings=settings),
        Middleware(BodyLimit, settings=settings),
    ]


class RequestId:
    """Takes the sender's `X-Request-ID` if it is well formed, else makes one; logs and answers carry it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = Headers(scope=scope).get("x-request-id", "")
        identity = given if _GOOD_ID.fullmatch(given) else new_id("req")
        scope.setdefault("state", {})["request_id"] = identity

        async def stamp(message: Message) -> None:
            if message["type"] == "http.response.start":
                others = [pair for pair in message.get("headers", ()) if pair[0] != b"x-request-id"]
                message["headers"] = [*others, (b"x-request-id", identity.encode())]
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=identity):
            await self.app(scope, receive, stamp)


class SafeHeaders:
    """Puts `SAFE_HEADERS` on every answer that does not bring its own."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def dress(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = message.get("headers", ())
                named = {name for name, _ in own}
                message["headers"] = [*own, *(pair for pair in _SAFE if pair[0] not in named)]
            await send(message)

        await self.app(scope, receive, dress)


class TrustedHost:
    """Refuses names that are not ours, so that a rebound DNS name cannot reach a house on loopback."""

    def __init__(self, app: ASGIApp, *, settings: EntranceSettings) -> None:
        self.app = app
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in {"http", "websocket"} and scope["path"] not in _UNGUARDED:
            host = host_name(Headers(scope=scope).get("host", ""))
            if not self._settings.trusts(host):
                error: BadInput = WrongHost(
                    "this host name is not served here", mend="add it to `hosts` in the settings"
                )
                await problem(error, request_id=request_id_of(scope))(scope, receive, send)
                return
            if "\0" in scope["path"] or b"%00" in scope.get("query_string", b""):
                error = BadInput("an address has no zero bytes")
                await problem(error, request_id=request_id_of(scope))(scope, receive, send)
                return
        await self.app(scope, receive, send)


def host_name(header: str) -> str:
    """The name in a Host header: lower case, without port."""
    host = header.strip().lower()
    if host.startswith("["):
        return host.partition("]")[0] + "]"
    return host.rpartition(":")[0] if host.count(":") == 1 else host


class BodyLimit:
    """Reads the body before anybody else does, up to the limit of that path and `WITHIN` seconds; 413 or 408 beyond."""

    WITHIN = 30.0
    DRAIN = 32_000_000
    """Bytes of a body that is too large which are read and thrown away, so that the sender sees the answer."""

    def __init__(self, app: ASGIApp, *, settings: EntranceSettings) -> None:
        self.app = app
        self._settings = settings

    def _limit(self, path: str) -> int:
        hook = path.startswith(("/hooks/", "/api/v2/", "/v1/", "/v2/")) or path == "/api/v1/write"
        return self._settings.max_hook_body if hook else self._settings.max_body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope) if scope["type"] == "http" else Headers()
        if "content-length" not in headers and "transfer-encoding" not in headers:
            await self.app(scope, receive, send)
            return
        limit = self._limit(scope["path"])
        try:
            async with asyncio.timeout(self.WITHIN):
                body = await _read(receive, limit, drain=self.DRAIN)
        except TimeoutError:
            slow = TooSlow(f"the body did not arrive within {self.WITHIN:g} seconds")
            await _refuse(slow, scope, receive, send)
            return
        if body is None:
            large = TooLarge(f"at most {limit:,} bytes are taken here", mend="send it in smaller parts")
            await _refuse(large, scope, receive, send)
            return
        await self.app(scope, _replay(body, receive), send)


async def _refuse(error: TooLarge | TooSlow, scope: Scope, receive: Receive, send: Send) -> None:
    answer = problem(error, request_id=request_id_of(scope))
    answer.headers["Connection"] = "close"
    await answer(scope, receive, send)


async def _read(receive: Receive, limit: int, *, drain: int) -> bytes | None:
    """The whole body, or None when it is longer than `limit`."""
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return b"".join(parts) if size <= limit else None
        part: bytes = message.get("body", b"")
        size += len(part)
        if size <= limit:
            parts.append(part)
        else:
            parts.clear()
        if not message.get("more_body", False) or size > limit + drain:
            return b"".join(parts) if size <= limit else None


def _replay(body: bytes, receive: Receive) -> Receive:
    """Gives the body once, then whatever the connection says (a disconnect)."""
    given = False

    async def again() -> Message:
        nonlocal given
        if not given:
            given = True
            return {"type": "http.request", "body": body, "more_body": False}
        return await receive()

    return again
