"""The HTTP client for connectors: bounded, guarded against SSRF, errors already in the house's tree.

Redirects are never followed: they could lead where the guard has not looked. Bodies are read up to a limit.
"""

from __future__ import annotations

import ipaddress
import re
import socket
import ssl
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import httpx2

from tickless.domain.errors import AuthFailed, Forbidden, OutsideError, RateLimited, Rejected, Unreachable
from tickless.kit.redaction import redact_secrets
from tickless.sdk.egress import reach

_WAY_UP = re.compile(r"(^|[/\\])(\.|%2e){2}($|[/\\?#;])", re.IGNORECASE)
"""An upward step between slashes; a connector that quotes an id has made its slashes harmless already."""
MAX_BODY = 5_000_000
"""Longest answer that is read, in bytes."""


@dataclass(frozen=True)
class Reply:
    """A complete answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    seconds: float

    def json(self) -> Any:
        """The body as JSON. Raises `Rejected` when it is none."""
        import json

        try:
            return json.loads(self.body)
        except ValueError as error:
            raise Rejected("the answer is not JSON", detail=repr(self.body[:200])) from error


@dataclass(frozen=True)
class HttpClient:
    """One base URL, one set of headers. `allow_private`: the operator named this host, so internal addresses are fine."""

    base_url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    verify: bool | str = True
    allow_private: bool = True

    def get(self, path: str, *, timeout: float, params: Mapping[str, Any] | None = None) -> Reply:
        return self.send("GET", path, timeout=timeout, params=params)

    def send(
        self,
        method: str,
        path: str,
        *,
        timeout: float,
        params: Mapping[str, Any] | None = None,
        json: Any = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        accept: frozenset[int] = frozenset(),
    ) -> Reply:
        """Send one request. Statuses of 400 and above raise, except those in `accept`.

        Raises `AuthFailed` (401, 403), `RateLimited` (429), `Rejected` (other 4xx), `Unreachable` (5xx, no answer).
        """
        if _WAY_UP.search(path):  # a value in it came from outside, and would lead to another record or another API
            raise Rejected("a path does not lead upwards", detail=path[:200])
        url = self.base_url.rstrip("/") + "/" + path.lstrip("/") if path else self.base_url
        guard_url(url, allow_private=self.allow_private)
        try:
            with httpx2.Client(
                verify=_trust(self.verify), timeout=timeout, follow_redirects=False, trust_env=False
            ) as client:
                request = client.build_request(
                    method, url, params=params, json=json, content=content, headers={**self.headers, **(headers or {})}
                )
                answer = client.send(request, stream=True)
                try:
                    body = _read_bounded(answer)
                finally:
                    answer.close()
        except httpx2.InvalidURL as error:
            raise Rejected("that is no address", detail=str(error)[:200]) from error
        except httpx2.HTTPError as error:
            raise Unreachable(f"{urlsplit(url).hostname} did not answer", detail=type(error).__name__) from error
        reply = Reply(answer.status_code, dict(answer.headers), body, answer.elapsed.total_seconds())
        if reply.status >= 400 and reply.status not in accept:
            raise error_for(reply, urlsplit(url).hostname or "the server", hide=self._own_secrets())
        return reply

    def _own_secrets(self) -> list[str]:
        """Values of our own headers, whole and without their scheme: a server may echo them in an error."""
        return [part for value in self.headers.values() for part in (value, value.rpartition(" ")[2]) if len(part) > 7]


@lru_cache(maxsize=32)
def _trust(verify: bool | str) -> ssl.SSLContext | bool:
    """One TLS context for each choice of certificates: making one takes 40 ms. A path is a file of certificates to trust."""
    if verify is False:
        return False
    return ssl.create_default_context(cafile=verify if isinstance(verify, str) else None)


def _read_bounded(answer: httpx2.Response) -> bytes:
    parts: list[bytes] = []
    size = 0
    for part in answer.iter_bytes():
        size += len(part)
        if size > MAX_BODY:
            raise Rejected("the answer is too long", detail=f"more than {MAX_BODY} bytes")
        parts.append(part)
    return b"".join(parts)


def error_for(reply: Reply, host: str, *, hide: Iterable[str] = ()) -> OutsideError:
    """The house's error for an HTTP status. `hide`: values that must not stay in the detail."""
    detail = redact_secrets(reply.body.decode(errors="replace"), hide)[:500]
    if reply.status in {401, 403}:
        return AuthFailed(f"{host} refused our credentials ({reply.status})", detail=detail)
    if reply.status == 429:
        return RateLimited(f"{host} asks us to slow down", after=_retry_after(reply.headers), detail=detail)
    if reply.status >= 500:
        return Unreachable(f"{host} failed ({reply.status})", detail=detail)
    return Rejected(f"{host} rejected the request ({reply.status})", detail=detail)


def _retry_after(headers: Mapping[str, str]) -> float:
    value = next((v for k, v in headers.items() if k.lower() == "retry-after"), "")
    return float(value) if value.replace(".", "", 1).isdigit() else 5.0


def guard_url(url: str, *, allow_private: bool) -> None:
    """Refuse what could reach inside: other schemes, credentials in the URL, metadata and (unless allowed) private hosts.

    Raises `Forbidden`, also for a host that the instance at work may not call (`sdk.egress`).
    The metadata address 169.254.169.254 and its kin are refused always.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise Forbidden("only http and https addresses may be called", detail=url[:200])
    if parts.username or parts.password:
        raise Forbidden("credentials do not belong in an address", mend="use a secret reference in the settings")
    reach(parts.hostname, parts.port or (443 if parts.scheme == "https" else 80))
    for address in _addresses(parts.hostname, parts.port or (443 if parts.scheme == "https" else 80)):
        if address.is_link_local or address.is_multicast or address.is_unspecified:
            raise Forbidden(f"{parts.hostname} is no address that may be called")
        if not allow_private and not address.is_global:
            raise Forbidden(f"{parts.hostname} is inside the network", mend="allow it in the connector's settings")


def _addresses(host: str, port: int) -> list[ipaddress.IPv4Address | ipaddress.IPv6Address]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise Unreachable(f"{host} has no address", detail=str(error)) from error
    return [ipaddress.ip_address(str(entry[4][0]).split("%")[0]) for entry in found]
