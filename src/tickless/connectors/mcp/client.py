"""One session with an MCP server: who it is, its tools, and calling one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from tickless.connectors.mcp.settings import Settings
from tickless.connectors.mcp.tools import Tool, read_tool
from tickless.connectors.mcp.wire import VERSION, HttpWire, Wire, program
from tickless.domain.errors import Rejected
from tickless.sdk import Call
from tickless.sdk.deadline import Deadline
from tickless.sdk.http import HttpClient

MOST_PAGES = 20
MOST_TEXT = 20_000


@dataclass(frozen=True)
class Answer:
    """What a tool answered. Its texts come from outside."""

    failed: bool
    text: str
    structured: Mapping[str, Any]


class Session:
    """An open session. Methods raise `OutsideError`."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._last = 0

    def open(self) -> None:
        """Say hello."""
        about = {"name": "tickless", "version": "1"}
        self._ask("initialize", {"protocolVersion": VERSION, "capabilities": {}, "clientInfo": about})
        self._wire.send({"jsonrpc": "2.0", "method": "notifications/initialized"})

    def tools(self) -> dict[str, Tool]:
        """Every tool of the server by its name. One that is told twice is left out: which would be called?"""
        found: dict[str, Tool] = {}
        twice: set[str] = set()
        cursor: dict[str, Any] = {}
        for _ in range(MOST_PAGES):
            page = self._ask("tools/list", cursor)
            told = page.get("tools")
            for tool in map(read_tool, told if isinstance(told, list) else []):
                if tool is not None:
                    twice |= {tool.name} & found.keys()
                    found[tool.name] = tool
            if not isinstance(page.get("nextCursor"), str) or not page["nextCursor"]:
                return {name: tool for name, tool in found.items() if name not in twice}
            cursor = {"cursor": page["nextCursor"]}
        raise Rejected("the MCP server has more tools than are read", detail=f"{MOST_PAGES} pages")

    def call(self, name: str, arguments: Mapping[str, Any]) -> Answer:
        """Call a tool."""
        told = self._ask("tools/call", {"name": name, "arguments": dict(arguments)})
        parts = told.get("content")
        texts = [part.get("text") for part in parts if isinstance(part, Mapping)] if isinstance(parts, list) else []
        structured = told.get("structuredContent")
        return Answer(
            failed=told.get("isError") is True,
            text="\n".join(text for text in texts if isinstance(text, str))[:MOST_TEXT],
            structured=structured if isinstance(structured, Mapping) else {},
        )

    def _ask(self, method: str, params: Mapping[str, Any]) -> Mapping[str, Any]:
        self._last += 1
        told = self._wire.send({"jsonrpc": "2.0", "id": self._last, "method": method, "params": dict(params)})
        assert told is not None
        if "error" in told:
            raise Rejected("the MCP server refused the request", detail=str(told["error"])[:300])
        result = told.get("result")
        if not isinstance(result, Mapping):
            raise Rejected("the MCP server did not answer with an object")
        return result


@contextmanager
def connect(call: Call) -> Iterator[Session]:
    """A session with the server of the call's settings. Everything in the block together takes at most the call's time."""
    settings: Settings = call.settings
    deadline = Deadline.within(call.timeout, who="the MCP server")
    if settings.command:
        variables = {name: call.secret(reference) for name, reference in settings.variables.items()}
        with program(settings.command, variables, deadline) as stream:
            session = Session(stream)
            session.open()
            yield session
        return
    headers = {"authorization": f"Bearer {call.secret(settings.token)}"} if settings.token else {}
    wire = HttpWire(HttpClient(settings.url, headers, verify=settings.ca_file or True), deadline)
    session = Session(wire)
    session.open()
    try:
        yield session
    finally:
        wire.close()
