"""The house's own MCP door: an assistant that passes texts on, and calls whatever tool it is told to."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import Any

import httpx2
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from bench.attack_scene import Scene
from bench.suite_house import SuiteHouse


@dataclass
class AssistantLine:
    """An assistant that asks and does not wait: the bench waits for the house itself."""

    house: SuiteHouse
    url: str
    token: str
    conversation: str = ""

    def say(self, text: str) -> None:
        going_on = {"conversation": self.conversation} if self.conversation else {}
        asyncio.run(self._say({"text": text, "wait_seconds": 0.0, **going_on}))
        self.house.settle()

    async def _say(self, arguments: dict[str, Any]) -> None:
        data = (await _called_tool(self.url, self.token, "ask", arguments))[1]
        self.conversation = str((data or {}).get("conversation", self.conversation))


def assist(scene: Scene) -> None:
    """Texts are asked; `{"tool": …, "arguments": {…}}` is called as it stands, `<conversation>` being the attacker's own."""
    assert isinstance(scene.line, AssistantLine)
    token = scene.line.token
    for text in scene.texts():
        call = _called(text)
        if call is None:
            scene.line.say(text)
        else:
            own = json.dumps(scene.line.conversation or scene.talk.line.conversation)[1:-1]
            arguments = json.loads(json.dumps(call.get("arguments", {})).replace("<conversation>", own))
            scene.answered.append(asyncio.run(_call(scene.outside.channels.url, token, str(call["tool"]), arguments)))
        scene.rest()


def _called(text: str) -> dict[str, Any] | None:
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return found if isinstance(found, dict) and "tool" in found else None


async def _call(url: str, token: str, tool: str, arguments: dict[str, Any]) -> str:
    words, data = await _called_tool(url, token, tool, arguments)
    return f"{words}\n{json.dumps(data, ensure_ascii=False)}"


async def _called_tool(url: str, token: str, tool: str, arguments: dict[str, Any]) -> tuple[str, dict[str, Any] | None]:
    headers = {"Authorization": f"Bearer {token}"}
    async with (
        httpx2.AsyncClient(headers=headers, timeout=60, trust_env=False) as http,
        Client(streamable_http_client(f"{url}/mcp", http_client=http)) as client,
    ):
        result = await client.call_tool(tool, arguments)
        words = "\n".join(getattr(part, "text", "") for part in result.content)
        return words, result.structured_content
