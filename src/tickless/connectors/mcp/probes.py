"""What an MCP server can be asked without anything being called; and calling the tools that only read."""

from __future__ import annotations

from collections.abc import Mapping

from tickless.connectors.mcp.client import connect
from tickless.connectors.mcp.parameters import ToolCall, ToolDone
from tickless.connectors.mcp.tools import Tool, check, known_arguments, misfits
from tickless.domain.errors import Rejected
from tickless.domain.receipt import UndoStep
from tickless.domain.runbook import Effect
from tickless.domain.tool_effect import ToolEffect, state_of
from tickless.sdk import Call, Result, probe
from tickless.sdk.capabilities.toolbox import AnyTool, ToolShown, ToolsShown

MOST_SHOWN = 300
MOST_ARGUMENTS = 30


@probe("tools", params=AnyTool, output=ToolsShown)
def tools(call: Call, params: AnyTool) -> Result:
    """Every tool of the server, with its hash: what somebody has to read before it may be called."""
    said = call.instance.said()
    with connect(call) as session:
        found = session.tools()
    offered = {name: tool.sha256 for name, tool in found.items()}
    shown = tuple(_shown(found[name], offered, said) for name in sorted(found))
    waiting = sum(tool.state != "classified" for tool in shown)
    summary = f"{len(shown)} tools, {waiting} to be read by somebody"
    return Result(output=ToolsShown(tools=shown, waiting=waiting), summary=summary)


def _shown(tool: Tool, offered: Mapping[str, str], said: Mapping[str, ToolEffect]) -> ToolShown:
    state = state_of(tool.name, offered, said)
    properties = tool.schema.get("properties")
    names = [str(name) for name in properties] if isinstance(properties, Mapping) else []
    return ToolShown(
        name=tool.name,
        state=state,
        effect=said[tool.name].effect if state == "classified" else None,
        sha256=tool.sha256,
        description=_plain(tool.description)[:MOST_SHOWN],
        arguments=tuple(_plain(name)[:60] for name in names[:MOST_ARGUMENTS]),
    )


def _plain(text: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in text)


@probe("ask", params=ToolCall, output=ToolDone)
def ask(call: Call, params: ToolCall) -> Result:
    """Call a tool that is classified as `read`."""
    return called(call, params, effect="read")


def called(call: Call, params: ToolCall, *, effect: Effect) -> Result:
    """Call a tool that somebody has classified so, if it is still the one that was read. Raises `Rejected` otherwise."""
    said = call.instance.said()
    with connect(call) as session:
        found = session.tools()
        word = check(params.tool, found, said, effect=effect)
        wrong = misfits(params.arguments, found[params.tool].schema)
        if wrong:
            raise Rejected("the arguments do not fit the tool", detail="; ".join(wrong)[:300])
        changes = effect != "read"
        if changes and call.first_started is not None and not word.idempotent:
            raise Rejected(
                "an earlier try of this call broke off, and nothing tells whether it took effect",
                mend="look at the system behind it, and start anew; or classify the tool as idempotent",
            )
        if call.dry_run and changes:
            return Result(output=ToolDone(called=False), changed=True, summary=f"would call {params.tool}")
        verify = word.verify if changes else ""
        if verify:  # before anything is done: what cannot be checked is not begun
            check(verify, found, said, effect="read")
        answer = session.call(params.tool, params.arguments)
        if answer.failed:
            raise Rejected(f"the tool {params.tool} failed", detail=answer.text[:300])
        seen = session.call(verify, known_arguments(params.arguments, found[verify].schema)).text if verify else ""
    output = ToolDone(called=True, text=answer.text, structured=dict(answer.structured), seen=seen)
    undo = _undo(call, found, said, word, params) if changes else None
    return Result(output=output, changed=changes, summary=f"called {params.tool}", undo=undo)


def _undo(
    call: Call, found: Mapping[str, Tool], said: Mapping[str, ToolEffect], word: ToolEffect, params: ToolCall
) -> UndoStep | None:
    """The undo that somebody named, if that tool is classified and still the one that was read."""
    back = said.get(word.undo)
    tool = found.get(word.undo)
    if back is None or tool is None or back.effect == "read" or tool.sha256 != back.sha256:
        return None
    arguments = known_arguments(params.arguments, tool.schema)
    return UndoStep(uses=f"{call.instance.name}.{back.effect}", with_={"tool": word.undo, "arguments": arguments})
