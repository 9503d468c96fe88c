"""Parameters and outputs of tools."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field, JsonValue

from tickless.sdk import Output, Params


class ToolCall(Params):
    tool: str = Field(min_length=1, max_length=128)
    arguments: Mapping[str, JsonValue] = Field(default_factory=dict)


class ToolDone(Output):
    """What the tool answered: text from outside, cut off at 20,000 characters. `called`: false in a dry run."""

    called: bool
    text: str = ""
    structured: Mapping[str, JsonValue] = Field(default_factory=dict)
    seen: str = ""
    """What the tool that verifies it answered afterwards, if one is named."""
