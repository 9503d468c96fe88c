"""A language model for lives that end by their own hand: it reads the same need everywhere, and writes down that it was asked.

- `asked`: it has answered, and nobody has written its answer down.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pydantic_ai.messages import ModelMessage, ModelResponse, TextPart
from pydantic_ai.models.function import AgentInfo, FunctionModel

from tickless.ai.models import LiveWire, Models, ModelSettings

SETTINGS = ModelSettings(
    provider="openai-compatible",
    name="tests",
    base_url="http://127.0.0.1:9/v1",
    timeout_seconds=30,
    uses=("understand",),
)


def put_in_place(models: Models | None, plan: dict[str, Any], reached: Callable[..., None]) -> None:
    """`plan["model"]`: the need that it reads, and the words that it quotes."""
    assert models is not None
    need = {"label": plan["model"][0], "quote": plan["model"][1]}
    file = Path(plan["folder"], "asked")

    def reply(messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
        with file.open("a") as asked:
            asked.write("asked\n")
        reached("asked", "model")
        return ModelResponse(parts=[TextPart(json.dumps({"needs": [need]}))])

    model = FunctionModel(reply, profile={"supports_json_schema_output": True})
    models.use(LiveWire(SETTINGS, lambda: None, model=model))
