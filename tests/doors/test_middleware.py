"""What every request passes: id, headers, host name, size. And the one error shape."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
import structlog
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient
from structlog.processors import format_exc_info
from structlog.testing import capture_logs

from tickless.domain.errors import NotFound, RateLimited, Unauthenticated
from tickless.doors.entrance import EntranceSettings
from tickless.doors.entrance.middleware import BodyLimit, host_name, standard_middleware
from tickless.doors.entrance.problems import HANDLERS, Problems

SECRET = "hunter2 in a connection string"


async def echo(request: Request) -> Response:
    return JSONResponse({"size": len(await request.body())})


async def fail(request: Request) -> Response:
    raise {
        "break": RuntimeError(SECRET),
        "lost": NotFound("there is no such thing", detail=SECRET, mend="look elsewhere"),
        "slow": RateLimited("slow down", after=2.5),
        "who": Unauthenticated("sign in first"),
        "method": HTTPException(405, headers={"Allow": "GET"}),
    }[request.path_params["how"]]


@pytest.fixture
def client() -> Iterator[TestClient]:
    settings = EntranceSettings(hosts=("desk.example.org",), max_body=1_000, max_hook_body=5_000)
    app = Starlette(
        routes=[
            Route("/echo", echo, methods=["POST", "GET"]),
            Route("/hooks/x", echo, methods=["POST"]),
            Route("/healthz", echo),
            Route("/fail/{how}", fail),
        ],
        exception_handlers=HANDLERS,
        middleware=[*standard_middleware(settings), Middleware(Problems)],
    )
    with TestClient(app, base_url="http://localhost:8080") as opened:
        yield opened


def error_of(answer: Any) -> dict[str, Any]:
    """The error object; and it has exactly the shape."""
    body = answer.json()
    assert set(body) == {"error"}
    assert {"code", "message", "mend", "retry", "request_id"} <= set(body["error"])
    assert body["error"]["request_id"] == answer.headers["x-request-id"]
    return body["error"]


def test_every_answer_carries_an_id_and_safe_headers(client: TestClient) -> None:
    answer = client.get("/echo")
    assert answer.headers["x-request-id"].startswith("req_")
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    given = client.get("/echo", headers={"X-Request-ID": "abc-1.2"})
    assert given.headers["x-request-id"] == "abc-1.2"
    forged = client.get("/echo", headers={"X-Request-ID": "a b\x01" + "c" * 500})
    assert forged.headers["x-request-id"].startswith("req_")


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "", "127.0.0.1.evil", "10.0.0.5:8080"])
def test_a_foreign_host_name_is_refused(client: TestClient, host: str) -> None:
    answer = client.get("/echo", headers={"Host": host})
    assert answer.status_code == 421
    assert error_of(answer)["code"] == "wrong_host"
    assert client.get("/healthz", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    ("header", "name"),
    [("LOCALHOST:80", "localhost"), ("[::1]:8080", "[::1]"), ("desk.example.org", "desk.example.org"), ("::1", "::1")],
)
def test_our_own_names_are_known_with_and_without_port(client: TestClient, header: str, name: str) -> None:
    assert host_name(header) == name
    assert client.get("/echo", headers={"Host": header}).status_code == 200


def test_a_body_may_be_as_long_as_its_path_allows(client: TestClient) -> None:
    assert client.post("/echo", content=b"x" * 1_000).json() == {"size": 1_000}
    answer = client.post("/echo", content=b"x" * 1_001)
    assert answer.status_code == 413
    assert error_of(answer)["code"] == "too_large"
    assert answer.headers["connection"] == "close"
    assert client.post("/hooks/x", content=b"x" * 5_000).json() == {"size": 5_000}
    assert client.post("/hooks/x", content=b"x" * 5_001).status_code == 413


def test_ten_megabytes_are_drained_and_refused_with_or_without_a_length(client: TestClient) -> None:
    def pieces() -> Iterator[bytes]:
        for _ in range(100):
            yield b"x" * 100_000

    for content in (b"x" * 10_000_000, pieces()):
        answer = client.post("/echo", content=content)
        assert answer.status_code == 413
        assert error_of(answer)["code"] == "too_large"


async def test_a_body_that_never_comes_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(BodyLimit, "WITHIN", 0.01)
    sent: list[Any] = []

    async def never() -> Any:
        await asyncio.Event().wait()

    async def send(message: Any) -> None:
        sent.append(message)

    async def app(scope: Any, receive: Any, send: Any) -> None:
        raise AssertionError("must not be reached")

    scope = {"type": "http", "path": "/echo", "headers": [(b"content-length", b"5")], "state": {}}
    await BodyLimit(app, settings=EntranceSettings())(scope, never, send)
    assert sent[0]["status"] == 408


async def test_a_stream_hears_that_the_reader_left() -> None:
    """A request that had a body still gets the disconnect after it."""
    heard: list[str] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        heard.extend([(await receive())["type"], (await receive())["type"]])

    async def messages() -> AsyncIterator[Any]:
        yield {"type": "http.request", "body": b"ab", "more_body": True}
        yield {"type": "http.request", "body": b"c", "more_body": False}
        yield {"type": "http.disconnect"}

    source = messages()
    scope = {"type": "http", "path": "/echo", "headers": [(b"transfer-encoding", b"chunked")]}
    await BodyLimit(app, settings=EntranceSettings())(scope, source.__anext__, lambda _: None)  # type: ignore[arg-type]
    assert heard == ["http.request", "http.disconnect"]


def test_a_break_says_nothing_about_itself(client: TestClient) -> None:
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO)
    )  # others may have been quieter
    with capture_logs(processors=[format_exc_info]) as lines:
        answer = client.get("/fail/break")
    assert answer.status_code == 500
    error = error_of(answer)
    assert error["code"] == "internal"
    assert "hunter2" not in answer.text
    assert "hunter2" in repr(lines), "the operator sees it in the log"


def test_known_errors_keep_their_status_mend_and_retry(client: TestClient) -> None:
    lost = client.get("/fail/lost")
    assert (lost.status_code, error_of(lost)["mend"]) == (404, "look elsewhere")
    assert "hunter2" not in lost.text
    slow = client.get("/fail/slow")
    assert error_of(slow)["retry"] == {"when": "after", "seconds": 2.5}
    assert slow.headers["retry-after"] == "3"
    assert client.get("/fail/who").headers["www-authenticate"] == "Bearer"
    assert error_of(client.get("/fail/method"))["code"] == "method_not_allowed"


@pytest.mark.parametrize("path", ["/echo%00", "/echo?q=%00"])
def test_zero_bytes_in_an_address_are_refused(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 422
    assert error_of(answer)["code"] == "bad_input"
