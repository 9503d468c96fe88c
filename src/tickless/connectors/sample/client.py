"""The sample company's HTTP interface: what is read, and what is changed under an idempotency key."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import quote

from tickless.domain.errors import OutsideError, Rejected
from tickless.sdk.http import HttpClient, Reply

Side = Literal["office", "keeper"]
EVERY_STATUS = frozenset(range(400, 600))


@dataclass(frozen=True)
class Client:
    """Both sides of the company. Errors are those of `sdk.http`; `timeout` is seconds for each request."""

    office: str
    keeper: str
    token: str
    timeout: float

    def read(self, side: Side, *parts: str, query: Mapping[str, str] | None = None) -> dict[str, Any]:
        """What stands at that path."""
        with _reasons():
            return _object(self._http(self._base(side)).get(_path(parts), timeout=self.timeout, params=query))

    def change(
        self, side: Side, method: str, *parts: str, key: str, body: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """Change something once under this key. The reply has `changed`; a repeated key gets its first reply again."""
        with _reasons():
            reply = self._http(self._base(side)).send(
                method, _path(parts), timeout=self.timeout, json=dict(body or {}), headers={"Idempotency-Key": key}
            )
            return _object(reply)

    def service_url(self, service: str) -> str:
        """Where a service answers its users. Raises `Rejected` for one that is not known."""
        return str(self.read("keeper", "services", service)["url"])

    def visit(self, url: str, patience: float) -> Reply:
        """Ask a service as its users do; any status is an answer. Raises `Unreachable` when there is none in time."""
        timeout = min(self.timeout, patience)
        return self._http(url, token="").send("GET", "/health", timeout=timeout, accept=EVERY_STATUS)

    def read_service(self, service: str, path: str) -> dict[str, Any]:
        """What a service says about itself."""
        with _reasons():
            return _object(self._http(self.service_url(service)).get(path, timeout=self.timeout))

    def _base(self, side: Side) -> str:
        return self.office if side == "office" else self.keeper

    def _http(self, url: str, token: str | None = None) -> HttpClient:
        shown = self.token if token is None else token
        headers = {"Authorization": f"Bearer {shown}"} if shown else {}
        # The settings allow plain HTTP on loopback only: there is no certificate to verify, and loading the trusted
        # ones for nothing would cost more than the request.
        return HttpClient(url, headers, verify=False)


@contextmanager
def _reasons() -> Iterator[None]:
    """Let an error say what the company said: `{"error": "LM-L1004 is offline"}`."""
    try:
        yield
    except OutsideError as error:
        reason = _said(error.detail)
        if reason and reason not in error.public:
            error.public = f"{error.public}: {reason}"
        raise


def _said(detail: str) -> str:
    try:
        value = json.loads(detail)
    except ValueError:
        return ""
    return str(value.get("error", ""))[:200] if isinstance(value, dict) else ""


def _path(parts: tuple[str, ...]) -> str:
    return "/" + "/".join(quote(part, safe="") for part in parts)


def _object(reply: Reply) -> dict[str, Any]:
    value = reply.json()
    if not isinstance(value, dict):
        raise Rejected("the sample company answered something else than was asked for")
    return value
