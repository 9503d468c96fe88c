"""What an MCP server can be asked without anything being called; and calling the tools that only read."""

from __future__ import annotations

from tickless.connectors.mcp.client import connect
from tickless.connectors.mcp.parameters import AnyTool, ToolCall, ToolDone, ToolShown, ToolsShown
from tickless.connectors.mcp.settings import Effect, Settings
from tickless.connectors.mcp.tools import check, misfits, state_of
from tickless.domain.errors import Rejected
from tickless.sdk import Call, Result, probe

MOST_SHOWN = 300


@probe("tools", params=AnyTool, output=ToolsShown)
def tools(call: Call, params: AnyTool) -> Result:
    """Every tool of the server, with its hash: what somebody has to read before it may be called."""
    settings: Settings = call.settings
    with connect(call) as session:
        found = session.tools()
    shown = []
    for tool in sorted(found.values(), key=lambda one: one.name):
        said = settings.tools.get(tool.name)
        text = "".join(letter if letter.isprintable() else " " for letter in tool.description)[:MOST_SHOWN]
        shown.append(
            ToolShown(
                name=tool.name,
                state=state_of(tool, said),
                effect=said.effect if said else "",
                sha256=tool.sha256,
                description=text,
            )
        )
    waiting = sum(tool.state != "classified" for tool in shown)
    summary = f"{len(shown)} tools, {waiting} to be read by somebody"
    return Result(output=ToolsShown(tools=tuple(shown), waiting=waiting), summary=summary)


@probe("ask", params=ToolCall, output=ToolDone)
def ask(call: Call, params: ToolCall) -> Result:
    """Call a tool that is classified as `read`."""
    return called(call, params, effect="read")


def called(call: Call, params: ToolCall, *, effect: Effect) -> Result:
    """Call a tool that somebody has classified so, if it is still the one that was read. Raises `Rejected` otherwise."""
    settings: Settings = call.settings
    with connect(call) as session:
        found = session.tools()
        said = check(params.tool, found, settings.tools, effect=effect)
        wrong = misfits(params.arguments, found[params.tool].schema)
        if wrong:
            raise Rejected("the arguments do not fit the tool", detail="; ".join(wrong)[:300])
        changes = effect != "read"
        if changes and call.first_started is not None and not said.idempotent:
            raise Rejected(
                "an earlier try of this call broke off, and nothing tells whether it took effect",
                mend="look at the system behind it, and start anew; or classify the tool as `idempotent`",
            )
        if call.dry_run and changes:
            return Result(output=ToolDone(called=False), changed=True, summary=f"would call {params.tool}")
        answer = session.call(params.tool, params.arguments)
    if answer.failed:
        raise Rejected(f"the tool {params.tool} failed", detail=answer.text[:300])
    output = ToolDone(called=True, text=answer.text, structured=dict(answer.structured))
    return Result(output=output, changed=changes, summary=f"called {params.tool}")
