"""A server on loopback that takes whatever is posted to it and says that it was done: the far end of channels whose
wire is proved elsewhere (`tests/lane`)."""

from __future__ import annotations

import itertools
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol, TypeVar
from urllib.parse import unquote

SYNC_SECONDS = 1.0
_NUMBERS = itertools.count(1)


@dataclass
class Sink:
    """What was posted, and whom the far end knows (id → what its directory says of them)."""

    url: str = ""
    account: str = ""
    """Our own account there."""
    members: dict[str, dict[str, Any]] = field(default_factory=dict)
    posted: list[Any] = field(default_factory=list)

    def answer(self, path: str, body: Any) -> dict[str, Any]:
        """What the far end answers: enough for a token, a member, a round of looking, and a message."""
        if "/members/" in path:
            return self.members.get(unquote(path.rpartition("/members/")[2].partition("?")[0]), {})
        if path.partition("?")[0].endswith("/joined_members"):  # a direct room is called after whom it is with
            room = unquote(path.partition("/rooms/")[2].partition("/")[0])
            return {"joined": {self.account: {}, f"@{room.removeprefix('!')}": {}}}
        if "/sync" in path:
            time.sleep(SYNC_SECONDS)
            return {"next_batch": "s1", "rooms": {}}
        if body is not None and "token" not in path:
            self.posted.append(body)
        identity = f"m{next(_NUMBERS)}"
        return {"id": identity, "event_id": f"${identity}", "access_token": "t", "expires_in": 3_600, "user_id": self.account,
                "token_type": "Bearer", "joined": {}, "filter_id": "f1"}  # fmt: skip


class FarEnd(Protocol):
    """Whatever answers JSON with JSON."""

    url: str

    def answer(self, path: str, body: Any) -> dict[str, Any]: ...


F = TypeVar("F", bound=FarEnd)


@contextmanager
def sink_server(sink: F) -> Iterator[F]:
    """Serve it for as long as the block lasts."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _take(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            raw = self.rfile.read(length)
            try:
                body = json.loads(raw) if raw else None
            except ValueError:
                body = raw.decode(errors="replace")
            said = json.dumps(sink.answer(self.path, body)).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            with suppress(BrokenPipeError, ConnectionResetError):  # whoever asked has gone
                self.wfile.write(said)

        do_GET = do_POST = do_PUT = _take  # noqa: N815 (the names that the standard library asks for)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    sink.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield sink
    finally:
        server.shutdown()
        server.server_close()
