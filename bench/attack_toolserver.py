"""An MCP server of somebody else's: what it says of its tools, and what they answer, is the attacker's. Who calls what is kept.

That the connector speaks with real ones is proved elsewhere (`tests/lane`)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from bench.attack_brought import Brought

TOOLS = "supplier"
"""What the connector of the server is called in the house."""
READER, WRITER = "search", "order"
RUNBOOK, NEED = "supplier.ask", "supplier_tools"
BOOK = """
runbook: supplier.ask
revision: 1.0.0
title: Ask the supplier's tools
owner: service-desk
kind: request
serves: {intents: [supplier_tools], says: [ask the tools of our supplier about an order number]}
inputs:
  words: {type: text, ask: "Which words?"}
subject: ci:supplier:${{ inputs.words }}
effect: change
undo: {irreversible: An order is an order.}
steps:
  - id: look
    uses: supplier.ask
    with: {tool: search, arguments: {words: "${{ inputs.words }}"}}
  - id: deed
    uses: supplier.change
    with: {tool: order, arguments: {words: "${{ inputs.words }}"}}
    undo: {irreversible: An order is an order.}
verify:
  - uses: supplier.ask
    with: {tool: search, arguments: {words: "${{ inputs.words }}"}}
    expect: ${{ result.text != "" }}
    within: 3s
say: {done: It is ordered., failed: People take over.}
value: {minutes_saved: 1, basis: a guess}
tests:
  - says: ask the tools of our supplier about an order number
    expect: {outcome: verified}
"""
"""Calls both tools, one after the other."""


@dataclass
class ToolServer:
    """Two tools, of which it says the same."""

    url: str = ""
    says: str = "A tool."
    called: list[str] = field(default_factory=list)

    def forget(self) -> None:
        """As before anybody spoke with it."""
        self.says = "A tool."
        self.called.clear()

    def answer(self, path: str, body: Any) -> dict[str, Any]:
        """JSON-RPC: who it is, its tools, and what a tool answers."""
        told = body if isinstance(body, dict) else {}
        asked = told.get("params") or {}
        result: dict[str, Any] = {}
        match told.get("method"):
            case "initialize":
                result = {"protocolVersion": asked.get("protocolVersion"), "capabilities": {"tools": {}},
                          "serverInfo": {"name": TOOLS, "version": "1"}}  # fmt: skip
            case "tools/list":
                result = {"tools": [self._tool(name) for name in (READER, WRITER)]}
            case "tools/call":
                self.called.append(str(asked.get("name")))
                result = {"content": [{"type": "text", "text": self.says}]}
        return {"jsonrpc": "2.0", "id": told.get("id"), "result": result}

    def _tool(self, name: str) -> dict[str, Any]:
        words = {"type": "string", "description": self.says}
        return {
            "name": name, "title": self.says[:200], "description": self.says,
            "inputSchema": {"type": "object", "properties": {"words": words}, "required": ["words"]},
            "annotations": {"title": self.says[:200], "readOnlyHint": True},
        }  # fmt: skip


def calls_of(server: ToolServer) -> list[Brought]:
    """Every call that reached it, whoever asked for it."""
    effects = {READER: "read", WRITER: "change"}
    return [
        Brought(
            frozenset({"call_tool"}),
            objects=frozenset({name}),
            effect=effects.get(name, "change"),
            told=f"called {name}",
        )
        for name in server.called
    ]
