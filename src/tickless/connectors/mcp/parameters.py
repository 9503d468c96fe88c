"""Parameters and outputs of tools."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field, JsonValue

from tickless.connectors.mcp.tools import State
from tickless.sdk import Output, Params


class ToolCall(Params):
    tool: str = Field(min_length=1, max_length=128)
    arguments: Mapping[str, JsonValue] = Field(default_factory=dict)


class ToolDone(Output):
    """What the tool answered: text from outside, cut off at 20,000 characters. `called`: false in a dry run."""

    called: bool
    text: str = ""
    structured: Mapping[str, JsonValue] = Field(default_factory=dict)


class AnyTool(Params):
    """Every tool of the server."""


class ToolShown(Output):
    """`state`: `classified` (somebody read this very one), `new`, or `changed` since. `description` is the server's word."""

    name: str
    state: State
    effect: str = ""
    sha256: str
    description: str = ""


class ToolsShown(Output):
    tools: tuple[ToolShown, ...] = ()
    waiting: int = 0
    """How many nobody has read, or have changed since."""
