"""`balancer.*`: servers of a load balancer's backends, taken out and in again."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from tickless.sdk.capabilities.shape import Shape
from tickless.sdk.operations import Output, Params

Admin = Literal["ready", "drain", "maint"]


class Backend(Params):
    backend: str = Field(min_length=1, max_length=200)


class BackendServer(Backend):
    server: str = Field(min_length=1, max_length=200)


class SetServer(BackendServer):
    """`ready`: takes connections · `drain`: finishes what it has · `maint`: out at once."""

    state: Admin


class ServerState(Output):
    """`up`: takes new connections. `status` is HAProxy's own word."""

    state: Admin
    up: bool
    status: str = ""
    sessions: int = 0
    queue: int = 0
    checked: str = ""


class BackendState(Output):
    up: int
    servers: int
    down: tuple[str, ...] = ()
    """Names of the servers that take no new connections."""
    sessions: int = 0
    queue: int = 0


SHAPES = (
    Shape("balancer.backend", "probe", Backend, BackendState),
    Shape("balancer.server", "probe", BackendServer, ServerState),
    Shape("balancer.set_server", "action", SetServer, ServerState),
)
