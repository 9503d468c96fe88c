"""Parameters and outputs of HAProxy."""

from __future__ import annotations

from pydantic import Field

from tickless.connectors.haproxy.reading import Admin
from tickless.sdk import Output, Params


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
