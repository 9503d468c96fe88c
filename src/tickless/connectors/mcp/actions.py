"""Calling tools that change something. Which those are says a person in the settings, never the server."""

from __future__ import annotations

from tickless.connectors.mcp.parameters import ToolCall, ToolDone
from tickless.connectors.mcp.probes import called
from tickless.sdk import Call, Result, action


@action("change", params=ToolCall, output=ToolDone)
def change(call: Call, params: ToolCall) -> Result:
    """Call a tool that is classified as `change`."""
    return called(call, params, effect="change")


@action("destroy", params=ToolCall, output=ToolDone)
def destroy(call: Call, params: ToolCall) -> Result:
    """Call a tool that is classified as `destroy`."""
    return called(call, params, effect="destroy")
