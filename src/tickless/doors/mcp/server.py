"""The tools on the official SDK: Streamable HTTP, stateless, one JSON answer to one request. The only file that imports it."""

from __future__ import annotations

import json
from typing import Any

import mcp_types as types
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server as SdkServer
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from pydantic import ValidationError
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from tickless import __version__
from tickless.domain.errors import Forbidden, NotFound, TicklessError
from tickless.doors.entrance import Entrance, Visitor
from tickless.doors.entrance.problems import error_body
from tickless.doors.mcp.telling import NOTICE
from tickless.doors.mcp.tools import TOOLS, Result, Tool, Use
from tickless.flow.desk.promise import Desk

INSTRUCTIONS = (
    "Tickless is the service desk of this organisation. Say what a person needs with `ask`, in their own words; it "
    "understands, acts and verifies. It may ask back: answer with `press` or with `ask` in the same conversation, and never "
    f"make up an answer, a code or an approval: the person gives those. {NOTICE}"
)
Context = ServerRequestContext[Any, Any]


class Server:
    """ASGI: one request with `scope["state"]["visitor"]` set by the door."""

    def __init__(self, desk: Desk, entrance: Entrance) -> None:
        self._desk = desk
        self._entrance = entrance

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        sdk: SdkServer[Any] = SdkServer(
            "tickless",
            title="Tickless",
            version=__version__,
            instructions=INSTRUCTIONS,
            on_list_tools=self._list,
            on_call_tool=self._call,
        )
        # Its own guards stay off: the site has checked host and size, the door the origin, by one list of names.
        manager = StreamableHTTPSessionManager(sdk, json_response=True, stateless=True)
        async with manager.run():
            await manager.handle_request(scope, receive, send)

    async def _list(self, context: Context, _params: types.PaginatedRequestParams | None) -> types.ListToolsResult:
        visitor = _visitor(context)
        return types.ListToolsResult(tools=[_described(tool) for tool in TOOLS if tool.open_to(visitor)])

    async def _call(self, context: Context, params: types.CallToolRequestParams) -> types.CallToolResult:
        use = Use(self._desk, self._entrance, _visitor(context))
        try:
            tool = _named(params.name)
            if not tool.open_to(use.visitor):
                raise Forbidden(
                    "this token has no right to do that", mend=f"ask an administrator for the right `{tool.rights[0]}`"
                )
            return _answered(await tool.work(use, tool.takes.model_validate(params.arguments or {})))
        except TicklessError as error:
            return _refused(error_body(error.code, error.public, mend=error.mend, retry=error.retry))
        except ValidationError as error:
            fields = [
                {"field": ".".join(str(part) for part in one["loc"]), "reason": one["msg"][:300]}
                for one in error.errors(include_url=False, include_input=False, include_context=False)[:50]
            ]
            return _refused(error_body("bad_input", "some arguments are wrong", mend="correct them", fields=fields))


def _visitor(context: Context) -> Visitor:
    request = context.request
    assert isinstance(request, Request), "the door speaks HTTP only"
    visitor: Visitor = request.scope["state"]["visitor"]
    return visitor


def _named(name: str) -> Tool:
    for tool in TOOLS:
        if tool.name == name:
            return tool
    raise NotFound(f"there is no tool {name[:60]!r}", mend="list the tools")


def _described(tool: Tool) -> types.Tool:
    return types.Tool(
        name=tool.name,
        title=tool.title,
        description=tool.takes.__doc__,
        input_schema=tool.takes.model_json_schema(by_alias=True),
        output_schema=tool.gives.model_json_schema(mode="serialization"),
        annotations=types.ToolAnnotations(
            read_only_hint=tool.reads,
            destructive_hint=not tool.reads,
            idempotent_hint=tool.reads,
            open_world_hint=False,
        ),
    )


def _answered(result: Result) -> types.CallToolResult:
    return types.CallToolResult(
        content=[types.TextContent(text=result.text)], structured_content=result.data.model_dump(mode="json")
    )


def _refused(body: dict[str, Any]) -> types.CallToolResult:
    error = body["error"]
    said = f"{error['message']}. {error['mend']}".rstrip(". ") + "."
    fields = f" {json.dumps(error['fields'])}" if "fields" in error else ""
    return types.CallToolResult(content=[types.TextContent(text=said + fields)], structured_content=body, is_error=True)
