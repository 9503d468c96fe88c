"""The site: every door under one roof, behind the same middleware."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.routing import Mount

from tickless.doors.api import create_api
from tickless.doors.chat import create_routes as chat_routes
from tickless.doors.console import Live
from tickless.doors.console import create_routes as console_routes
from tickless.doors.console.lost import Lost
from tickless.doors.entrance import Entrance
from tickless.doors.entrance.middleware import standard_middleware
from tickless.doors.entrance.oidc import OidcSignIn
from tickless.doors.entrance.settings import EntranceSettings
from tickless.doors.hooks import create_routes as hook_routes
from tickless.doors.mcp import create_route as mcp_route
from tickless.doors.scim import create_route as scim_route
from tickless.doors.telemetry import create_routes as telemetry_routes
from tickless.flow.desk.promise import Desk


def create_site(
    desk: Desk, entrance: Entrance, settings: EntranceSettings, *, oidc: OidcSignIn | None = None
) -> Starlette:
    """Hooks, API, MCP, provisioning, chat and console."""
    live = Live()
    routes = [
        *hook_routes(desk, entrance),
        *telemetry_routes(desk, entrance),
        Mount("/api/v1", create_api(desk, entrance)),
        mcp_route(desk, entrance),
        scim_route(desk, entrance),
        *chat_routes(desk, entrance, live),
        *console_routes(desk, entrance, live, oidc=oidc),
    ]
    return Starlette(
        routes=routes,
        middleware=standard_middleware(settings),
        exception_handlers={HTTPException: Lost(desk, entrance)},
    )
