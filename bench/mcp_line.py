"""A conversation by an assistant: the house's own MCP door over HTTP, spoken to with the protocol's own client."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx2
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from bench.suite_channels import Channels, NotHeard
from bench.suite_house import SuiteHouse
from tickless.domain.person import Person

WAIT = 20.0
"""Seconds that one call waits for the house, as an assistant would ask for."""
PATIENCE = 60.0
"""Seconds in all until the house has to be done."""
_CODE = re.compile(r"\d{6}")


@dataclass
class McpLine:
    """What an assistant does for its person: it asks, waits while the house works, and presses what a card offers."""

    url: str
    token: str
    conversation: str = ""
    _last: str = ""
    _cards: list[dict[str, Any]] = field(default_factory=list)

    def say(self, text: str) -> None:
        asyncio.run(self._say(text))

    async def _say(self, text: str) -> None:
        headers = {"Authorization": f"Bearer {self.token}"}
        async with (
            httpx2.AsyncClient(headers=headers, timeout=PATIENCE, trust_env=False) as http,
            Client(streamable_http_client(f"{self.url}/mcp", http_client=http)) as client,
        ):
            if self.conversation:  # what came since
                self._take(await _call(client, "listen", conversation=self.conversation, after=self._last))
            before = self._cards
            answer = await self._turn(client, text, before)
            self._take(answer, afresh=True)
            end = time.monotonic() + PATIENCE
            while answer["working"] and time.monotonic() < end:
                answer = await _call(
                    client, "listen", conversation=self.conversation, after=self._last, wait_seconds=WAIT
                )
                self._take(answer)

    async def _turn(self, client: Client, text: str, cards: list[dict[str, Any]]) -> dict[str, Any]:
        """A button where a card offers just this answer, words otherwise."""
        button = _button(cards, text)
        if button is None:
            going_on = {"conversation": self.conversation} if self.conversation else {}
            return await _call(client, "ask", text=text, wait_seconds=WAIT, **going_on)
        return await _call(
            client, "press", conversation=self.conversation, deed="answer", ref=button,
            values={"answer": text.strip()}, wait_seconds=WAIT,
        )  # fmt: skip

    def _take(self, answer: Mapping[str, Any], *, afresh: bool = False) -> None:
        """Keep what was said and what can be pressed. `afresh`: the cards of before are done with."""
        self.conversation = str(answer["conversation"])
        said = answer["messages"]
        self._last = str(said[-1]["id"]) if said else self._last
        new = [one["card"] for one in said if one["card"] and one["author"] == "tickless"]
        self._cards = new if afresh else [*self._cards, *new]


def _button(cards: list[dict[str, Any]], text: str) -> str | None:
    """The question that a press would answer: of a code that was typed, or of a choice by its very words."""
    said = text.strip().casefold()
    for card in reversed(cards):
        if card["kind"] == "code" and _CODE.fullmatch(said):
            return str(card["question"])
        if card["kind"] == "choices" and said in {str(one).casefold() for one in card["options"]}:
            return str(card["question"])
    return None


async def _call(client: Client, tool: str, **arguments: Any) -> dict[str, Any]:
    """The tool's answer as data. Raises `NotHeard` with the words of a refusal."""
    result = await client.call_tool(tool, arguments)
    if result.is_error or result.structured_content is None:
        words = " ".join(getattr(part, "text", "") for part in result.content)
        raise NotHeard(f"the tool {tool} refused: {words[:200]}")
    return dict(result.structured_content)


def mcp_line(house: SuiteHouse, channels: Channels, person: Person | None) -> McpLine:
    """An assistant with a token of the writer's own account; a guest has one that belongs to no person."""
    if not channels.url:
        raise NotHeard("the site does not run")
    return McpLine(channels.url, channels.token(house, person))
