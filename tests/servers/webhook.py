"""A webhook receiver that keeps what arrives, for tests that look at real alerts."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from tests.servers.processes import HOST
from tests.waiting import until


class Inbox:
    """Everything posted to `url`, in order: `bodies` as JSON values, `headers` and `paths` beside them."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.bodies: list[Any] = []
        self.headers: list[dict[str, str]] = []
        self.paths: list[str] = []

    def alerts(self, status: str) -> list[dict[str, Any]]:
        """Every Alertmanager alert of that status (`firing`, `resolved`) that has arrived."""
        return [alert for body in self.bodies for alert in body["alerts"] if alert["status"] == status]

    def wait_for(self, status: str) -> dict[str, Any]:
        """The first alert of that status, when it has come."""
        until(lambda: self.alerts(status), what=f"an alert that is {status}")
        return self.alerts(status)[0]


@pytest.fixture
def webhook_inbox() -> Iterator[Inbox]:
    """An empty inbox on a loopback port."""

    class Receive(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            inbox.headers.append(dict(self.headers))
            inbox.paths.append(self.path)
            inbox.bodies.append(json.loads(body))
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the base class names it so
            """Say nothing: the test looks at the inbox."""

    server = ThreadingHTTPServer((HOST, 0), Receive)
    inbox = Inbox(f"http://{HOST}:{server.server_address[1]}/alerts")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield inbox
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
