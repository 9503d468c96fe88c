"""Tools of a real MCP server over HTTP and over standard streams, and servers that fail."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from tests.servers.mcp_lane import changed_ledger, fresh_ledger
from tests.servers.worlds import need

from tickless.connectors.mcp.client import Session
from tickless.connectors.mcp.wire import HttpWire
from tickless.domain.tool_effect import ToolEffect
from tickless.sdk.deadline import Deadline
from tickless.sdk.http import HttpClient
from tickless.sdk.testing import ContractCase, World, http_faults

AT = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)
SECRETS = {"MCP_TOKEN": "mcp-token-55d0-very-secret"}
EFFECTS = {"count": "read", "add": "change", "wipe": "destroy", "fail": "change", "sleep": "read"}


@lru_cache(maxsize=1)
def hashes() -> dict[str, str]:
    session = Session(HttpWire(HttpClient(fresh_ledger().url), Deadline.within(20, who="the MCP server")))
    session.open()
    return {name: tool.sha256 for name, tool in session.tools().items()}


def said(name: str, effect: Any, sha256: str) -> ToolEffect:
    return ToolEffect(id=f"tef_{name}", instance="mcp", tool=name, sha256=sha256, effect=effect,
                      verify="count" if name == "add" else "", by="user:pia", at=AT)  # fmt: skip


def classified() -> dict[str, ToolEffect]:
    return {name: said(name, effect, hashes()[name]) for name, effect in EFFECTS.items()}


@contextmanager
def server() -> Iterator[World]:
    need("mcp")
    ledger = fresh_ledger()
    yield World({"url": ledger.url, "token": "env:MCP_TOKEN"}, SECRETS, ledger.lines, said=classified())


@contextmanager
def that_changed() -> Iterator[World]:
    with server() as world:
        ledger = changed_ledger()
        yield World({**world.settings, "url": ledger.url}, SECRETS, ledger.lines, said=world.said)


@contextmanager
def where_nobody_read_them() -> Iterator[World]:
    with server() as world:
        yield World(world.settings, SECRETS, world.look)


@contextmanager
def that_fails() -> Iterator[World]:
    with server() as world:
        yield World(world.settings, SECRETS, world.look, {"tool": "fail", "arguments": {}}, world.said)


@contextmanager
def no_such_program() -> Iterator[World]:
    yield World({"command": ["/no/such/program"]})


def at(url: str) -> World:
    words = {name: said(name, "read", "0" * 64) for name in ("count", "add")}
    return World({"url": url, "token": "env:MCP_TOKEN"}, SECRETS, said=words)


FAULTS = http_faults(at)
ADD, WIPE = {"tool": "add", "arguments": {"line": "three"}}, {"tool": "wipe"}
CASES = [
    ContractCase("tools", server, expect={"waiting": 0}, faults=FAULTS),
    ContractCase("tools", where_nobody_read_them, expect={"waiting": 5}, name="nobody read them"),
    ContractCase("tools", that_changed, expect={"waiting": 1}, faults={"failing": no_such_program}, name="one changed"),
    ContractCase("ask", server, {"tool": "count"}, expect={"called": True, "text": "2"},
                 faults={**FAULTS, "invalid": where_nobody_read_them}),
    ContractCase("change", server, ADD, changes=True, expect={"called": True, "seen": "3"}, refuses_repeat=True,
                 faults={**FAULTS, "invalid": that_changed, "not_found": that_fails}),
    ContractCase("destroy", server, WIPE, changes=True, refuses_repeat=True,
                 faults={**FAULTS, "invalid": where_nobody_read_them}),
]  # fmt: skip
