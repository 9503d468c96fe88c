"""The two ways into a supervisord: HTTP, and the Unix socket that it listens on as it comes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import httpx2

from tickless.domain.errors import Rejected, Unreachable
from tickless.sdk.http import MAX_BODY, HttpClient, Reply, error_for

XML = {"content-type": "text/xml"}
SOCKET = "unix://"


class Door(Protocol):
    """Posts one XML-RPC call; raises the house's outside errors."""

    def post(self, body: bytes, *, timeout: float) -> bytes: ...


@dataclass(frozen=True)
class HttpDoor:
    """`[inet_http_server]`, on this machine or behind TLS."""

    http: HttpClient

    def post(self, body: bytes, *, timeout: float) -> bytes:
        return self.http.send("POST", "", timeout=timeout, content=body, headers=XML).body


@dataclass(frozen=True)
class SocketDoor:
    """`[unix_http_server]`: only who may write to the socket's file gets in."""

    path: str
    headers: Mapping[str, str] = field(default_factory=dict)

    def post(self, body: bytes, *, timeout: float) -> bytes:
        if not Path(self.path).is_socket():
            raise Unreachable("supervisord's socket is not there", detail=self.path)
        transport = httpx2.HTTPTransport(uds=self.path)
        try:
            with (
                httpx2.Client(transport=transport, timeout=timeout, trust_env=False) as client,
                client.stream("POST", "http://supervisord/RPC2", content=body, headers={**self.headers, **XML}) as got,
            ):
                reply = Reply(got.status_code, dict(got.headers), _bounded(got), 0.0)
        except httpx2.HTTPError as error:
            raise Unreachable("supervisord did not answer", detail=type(error).__name__) from error
        if reply.status >= 400:
            raise error_for(reply, "supervisord", hide=self.headers.values())
        return reply.body


def _bounded(answer: httpx2.Response) -> bytes:
    body = b""
    for part in answer.iter_bytes():
        body += part
        if len(body) > MAX_BODY:
            raise Rejected("the answer is too long", detail=f"more than {MAX_BODY} bytes")
    return body
