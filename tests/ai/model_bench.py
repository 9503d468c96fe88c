"""A model for tests that says what the test wants, at the other end of the real pydantic-ai wire."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

from pydantic_ai.messages import ModelMessage, ModelResponse, TextPart
from pydantic_ai.models.function import AgentInfo, FunctionModel

from tickless.ai.models import LiveWire, ModelCall, Models, ModelSettings, Names, Wire
from tickless.kit.clock import ManualClock

NOON = dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)
LABELS = {"vpn_trouble": "the VPN does not work", "access_request": "wants access", "question": "asks something"}
KINDS: dict[str, Any] = {"vpn_trouble": "incident", "access_request": "request", "question": "question",
                         "password_reset": "request", "account_unlock": "incident", "printer_jam": "incident"}  # fmt: skip


class Purse:
    """A ledger in memory."""

    def __init__(self) -> None:
        self.tokens: dict[dt.date, int] = {}
        self.calls: list[ModelCall] = []

    def reserve(self, day: dt.date, tokens: int, *, limit: int) -> bool:
        if self.spent(day) + tokens > limit:
            return False
        self.tokens[day] = self.spent(day) + tokens
        return True

    def settle(self, day: dt.date, reserved: int, call: ModelCall) -> None:
        self.tokens[day] += call.sent + call.received - reserved
        self.calls.append(call)

    def spent(self, day: dt.date) -> int:
        return self.tokens.get(day, 0)


def settings_of(**given: Any) -> ModelSettings:
    asked = {"provider": "openai-compatible", "name": "m", "base_url": "http://127.0.0.1:9/v1"}
    uses = ("understand", "compose", "summarise", "tone")
    return ModelSettings(**{**asked, "uses": uses, **given})


def saying(answer: Callable[[str], Any], heard: list[str] | None = None) -> FunctionModel:
    """A model that answers the prompt's text with a JSON value (or with text as it is); `heard` collects all it is told."""

    def reply(messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
        told = "\n".join(str(part.content) for one in messages for part in one.parts)
        if heard is not None:
            heard.append(f"{info.instructions}\n{told}")
        said = answer(told)
        return ModelResponse(parts=[TextPart(said if isinstance(said, str) else json.dumps(said))])

    return FunctionModel(reply, profile={"supports_json_schema_output": True})


def models(wire: Wire | FunctionModel, *, names: Names | None = None, secrets: frozenset[str] = frozenset(),
           clock: ManualClock | None = None, **given: Any) -> Models:  # fmt: skip
    settings = settings_of(**given)
    way = LiveWire(settings, lambda: None, model=wire) if isinstance(wire, FunctionModel) else wire
    known = names or Names()
    return Models(settings, way, Purse(), clock or ManualClock(NOON), names=lambda: known, secrets=lambda: secrets)
