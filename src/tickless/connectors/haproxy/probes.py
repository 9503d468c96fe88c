"""What HAProxy can be asked."""

from __future__ import annotations

from tickless.connectors.haproxy.client import connect
from tickless.connectors.haproxy.reading import Server
from tickless.sdk import Call, Result, probe
from tickless.sdk.capabilities.balancer import Backend, BackendServer, BackendState, ServerState


@probe("backend", params=Backend, output=BackendState)
def backend(call: Call, params: Backend) -> Result:
    """How many servers of a backend are up, and which are not."""
    servers = connect(call).servers(params.backend)
    down = tuple(sorted(server.name for server in servers if not server.up))
    state = BackendState(
        up=len(servers) - len(down),
        servers=len(servers),
        down=down,
        sessions=sum(server.sessions for server in servers),
        queue=sum(server.queue for server in servers),
    )
    return Result(output=state, summary=f"{state.up} of {state.servers} servers are up")


@probe("server", params=BackendServer, output=ServerState)
def server(call: Call, params: BackendServer) -> Result:
    """How one server stands."""
    found = connect(call).server(params.backend, params.server)
    return Result(output=seen(found), summary=f"{params.server} is {found.status}")


def seen(found: Server) -> ServerState:
    return ServerState(
        state=found.admin,
        up=found.up,
        status=found.status,
        sessions=found.sessions,
        queue=found.queue,
        checked=found.checked,
    )
