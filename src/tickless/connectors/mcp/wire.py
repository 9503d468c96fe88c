"""JSON-RPC to one MCP server, over streamable HTTP or the standard streams of a program (modelcontextprotocol.io, 2025-06-18).

Small on purpose: it asks, waits for the one answer, and takes no requests from the server (sampling, roots, elicitation).
"""

from __future__ import annotations

import json
import os
import selectors
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Protocol

from tickless.domain.errors import Rejected, Unreachable
from tickless.sdk.deadline import Deadline
from tickless.sdk.http import HttpClient

VERSION = "2025-06-18"
MOST_LINE = 5_000_000
EVENTS = "text/event-stream"
Message = Mapping[str, Any]


class Wire(Protocol):
    """Sends one message; for a request (it has an id), gives the answer to it."""

    def send(self, message: Message) -> Message | None: ...


@dataclass
class HttpWire:
    """Streamable HTTP: each message is a POST, the answer JSON or a stream of events that ends with it."""

    http: HttpClient
    deadline: Deadline
    headers: dict[str, str] = field(default_factory=dict)

    def send(self, message: Message) -> Message | None:
        headers = {"accept": f"application/json, {EVENTS}", "content-type": "application/json", **self.headers}
        reply = self.http.send("POST", "", timeout=self.deadline.left(), json=dict(message), headers=headers)
        told = {name.lower(): value for name, value in reply.headers.items()}
        if "mcp-session-id" in told:
            self.headers["mcp-session-id"] = told["mcp-session-id"]
        self.headers["mcp-protocol-version"] = VERSION
        if "id" not in message:
            return None
        parts = (
            events(reply.body.decode(errors="replace"))
            if told.get("content-type", "").startswith(EVENTS)
            else [reply.body]
        )
        return _answer(message["id"], parts)

    def close(self) -> None:
        """End the session, where the server has one."""
        if "mcp-session-id" in self.headers and not self.deadline.passed:
            with suppress(Rejected, Unreachable):
                self.http.send("DELETE", "", timeout=self.deadline.left(), headers=self.headers)


@dataclass
class StreamWire:
    """The standard streams of a program: a message a line."""

    process: subprocess.Popen[bytes]
    deadline: Deadline
    rest: bytes = b""

    def send(self, message: Message) -> Message | None:
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(json.dumps(message).encode() + b"\n")
            self.process.stdin.flush()
        except OSError as error:
            raise Unreachable("the MCP program has ended", detail=type(error).__name__) from error
        return _answer(message["id"], self._lines()) if "id" in message else None

    def _lines(self) -> Iterator[bytes]:
        assert self.process.stdout is not None
        with selectors.DefaultSelector() as ready:
            ready.register(self.process.stdout, selectors.EVENT_READ)
            while True:
                line, found, self.rest = self.rest.partition(b"\n")
                if found:
                    yield line
                    continue
                self.rest = line
                ready.select(self.deadline.left())
                self.deadline.left()
                part = os.read(self.process.stdout.fileno(), 65_536)
                if not part:
                    raise Unreachable("the MCP program has ended")
                self.rest += part
                if len(self.rest) > MOST_LINE:
                    raise Rejected("the MCP program says too much", detail=f"more than {MOST_LINE} bytes in a line")


@contextmanager
def program(argv: Sequence[str], variables: Mapping[str, str], deadline: Deadline) -> Iterator[StreamWire]:
    """Run the program for as long as the block lasts, with PATH, LANG and these variables only."""
    environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8", **variables}
    try:
        process = subprocess.Popen(  # noqa: S603 - an argument list out of the settings, with no shell
            list(argv), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment, cwd="/",
            start_new_session=True,
        )  # fmt: skip
    except OSError as error:
        raise Unreachable("the MCP program cannot be started", detail=type(error).__name__) from error
    try:
        yield StreamWire(process, deadline)
    finally:
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                with suppress(OSError):
                    stream.close()


def events(text: str) -> list[bytes]:
    """The data of each server-sent event."""
    found: list[bytes] = []
    for block in text.replace("\r\n", "\n").replace("\r", "\n").split("\n\n"):
        lines = [line.removeprefix("data:").removeprefix(" ") for line in block.split("\n") if line.startswith("data:")]
        if lines:
            found.append("\n".join(lines).encode())
    return found


def _answer(identifier: Any, parts: Iterator[bytes] | Sequence[bytes]) -> Message:
    """The first message that answers this request; what the server says meanwhile (notifications, requests) is left out."""
    for part in parts:
        try:
            told = json.loads(part)
        except (ValueError, RecursionError):
            continue
        if isinstance(told, Mapping) and told.get("id") == identifier and ("result" in told or "error" in told):
            return told
    raise Rejected("the MCP server did not answer the request")
