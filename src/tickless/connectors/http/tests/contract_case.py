"""HTTP over a small service that keeps notes and honours idempotency keys."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tickless.sdk.testing import Answer, Asked, ContractCase, World, http_faults, serve

SECRETS = {"HTTP_TOKEN": "http-token-9Ql2-very-secret"}
NO_ERRORS_HERE = frozenset({"unauthenticated", "forbidden", "rate_limited", "failing", "not_found", "invalid"})


class Notes:
    """GET /notes, POST /notes (once a key), GET /health."""

    def __init__(self) -> None:
        self.notes: list[Any] = []
        self.keys: set[str] = set()

    def answer(self, asked: Asked) -> Answer:
        if asked.headers.get("authorization") != f"Bearer {SECRETS['HTTP_TOKEN']}" and asked.path != "/health":
            return Answer(401)
        if asked.path == "/health":
            return Answer(body=b"all is ok")
        if asked.method == "POST" and asked.headers["idempotency-key"] not in self.keys:
            self.keys.add(asked.headers["idempotency-key"])
            self.notes.append(asked.json())
        if asked.method == "DELETE":
            self.notes.clear()
        return Answer(body={"notes": self.notes})


@contextmanager
def notes() -> Iterator[World]:
    service = Notes()
    with serve(service.answer) as server:
        yield World(at(server.url).settings, SECRETS, look=lambda: list(service.notes))


def at(url: str) -> World:
    settings = {
        "url": url,
        "token": "env:HTTP_TOKEN",
        "honours_idempotency_key": True,
        "targets": {"shop-web": {"url": f"{url}/health", "contains": "ok"}},
    }
    return World(settings, SECRETS)


CASES = [
    ContractCase(
        "request", notes, {"method": "POST", "path": "/notes", "json": {"text": "hello"}}, changes=True,
        expect={"status": 200, "body": {"notes": [{"text": "hello"}]}}, faults=http_faults(at),
    ),
    ContractCase("request", notes, {"method": "GET", "path": "/notes"}, expect={"status": 200}, name="reading"),
    ContractCase(
        "get", notes, {"path": "/notes", "expression": "size(body.notes) == 0"}, expect={"ok": True, "status": 200},
        faults=http_faults(at, without=NO_ERRORS_HERE),
    ),
    ContractCase("get", notes, {"path": "/health", "contains": "not there"}, expect={"ok": False}, name="not as expected"),
    ContractCase("health", notes, {"service": "shop-web"}, expect={"healthy": True, "status": 200}),
]  # fmt: skip
