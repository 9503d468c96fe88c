"""A real HTTP server on 127.0.0.1 whose answers a test decides: statuses, bodies, or none at all."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tickless.sdk.testing.cases import Fault, OpenWorld, World

LONGEST_HANG = 20.0
"""Seconds after which a hanging answer comes after all: a client that does not honour its time-out then sees success."""


@dataclass(frozen=True)
class Asked:
    """A request as it arrived. Header names are lower case."""

    method: str
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Answer:
    """What to answer. `body`: bytes as they are, anything else as JSON. `hangs`: say nothing until the test is over."""

    status: int = 200
    body: Any = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    hangs: bool = False


@dataclass
class LoopbackServer:
    """A running server: its base URL, and every request so far."""

    url: str
    asked: list[Asked] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)


@contextmanager
def serve(answer: Callable[[Asked], Answer]) -> Iterator[LoopbackServer]:
    """Run a server on a free loopback port for as long as the block lasts."""
    running: LoopbackServer

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the standard library's name
            """Say nothing: a test's output is about the test."""

        def handle_any(self) -> None:
            asked = _read(self)
            running.asked.append(asked)
            reply = answer(asked)
            if reply.hangs:
                running.released.wait(LONGEST_HANG)
            _write(self, reply)

    for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
        setattr(Handler, f"do_{method}", Handler.handle_any)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    running = LoopbackServer(url=f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield running
    finally:
        running.released.set()
        server.shutdown()
        thread.join()
        server.server_close()


def _read(handler: BaseHTTPRequestHandler) -> Asked:
    parts = urlsplit(handler.path)
    return Asked(
        method=handler.command,
        path=parts.path,
        query=parse_qs(parts.query, keep_blank_values=True),
        headers={name.lower(): value for name, value in handler.headers.items()},
        body=handler.rfile.read(int(handler.headers.get("content-length") or 0)),
    )


def _write(handler: BaseHTTPRequestHandler, reply: Answer) -> None:
    is_bytes = isinstance(reply.body, bytes)
    body = reply.body if is_bytes else json.dumps(reply.body).encode()
    headers = {"content-type": "text/plain" if is_bytes else "application/json", **reply.headers}
    try:
        handler.send_response(reply.status)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.send_header("content-length", str(len(body)))
        handler.end_headers()
        if handler.command != "HEAD":
            handler.wfile.write(body)
    except (BrokenPipeError, ConnectionResetError):
        """The client gave up waiting, which is what a hanging answer is for."""


def closed_port() -> int:
    """A loopback port on which nothing listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@contextmanager
def silent_port() -> Iterator[int]:
    """A loopback port that takes connections and never says a word: for protocols other than HTTP."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(8)
        yield int(listener.getsockname()[1])


_STATUS: dict[Fault, int] = {
    "unauthenticated": 401,
    "forbidden": 403,
    "rate_limited": 429,
    "failing": 503,
    "not_found": 404,
    "invalid": 422,
}


def http_faults(world_at: Callable[[str], World], *, without: frozenset[Fault] = frozenset()) -> dict[Fault, OpenWorld]:
    """A world for every way in which an HTTP server fails. `world_at(url)` gives the settings that lead to it.

    The failing server echoes the request's headers and body in its answer, as many do: that must not leak a secret.
    `without`: faults that are no errors for this operation (a health check is *asked* whether the server fails).
    """
    worlds: dict[Fault, OpenWorld] = {fault: _answering(world_at, Answer(status)) for fault, status in _STATUS.items()}
    worlds["hangs"] = _answering(world_at, Answer(hangs=True))
    worlds["not_listening"] = lambda: _nobody(world_at)
    return {fault: world for fault, world in worlds.items() if fault not in without}


def _answering(world_at: Callable[[str], World], answer: Answer) -> OpenWorld:
    def echo(asked: Asked) -> Answer:
        body = f"{dict(asked.headers)} {asked.body.decode(errors='replace')}".encode()
        headers = {"retry-after": "7"} if answer.status == 429 else {}
        return Answer(answer.status, body, headers, answer.hangs)

    @contextmanager
    def world() -> Iterator[World]:
        with serve(echo) as server:
            yield world_at(server.url)

    return world


@contextmanager
def _nobody(world_at: Callable[[str], World]) -> Iterator[World]:
    yield world_at(f"http://127.0.0.1:{closed_port()}")
