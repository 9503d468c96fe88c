"""What HAProxy can be told: servers in and out, never the last one."""

from __future__ import annotations

from tickless.connectors.haproxy.client import Haproxy, connect
from tickless.connectors.haproxy.probes import seen
from tickless.domain.errors import Rejected
from tickless.domain.receipt import UndoStep
from tickless.sdk import Call, Result, action
from tickless.sdk.capabilities.balancer import ServerState, SetServer


@action("set_server", params=SetServer, output=ServerState)
def set_server(call: Call, params: SetServer) -> Result:
    """Take a server in or out. Out only while enough others of its backend are up."""
    haproxy = connect(call)
    allowed = haproxy.settings.backends
    if allowed and params.backend not in allowed:
        raise Rejected(
            "nothing may be changed in that backend", detail=f"backend {params.backend!r}", mend="see `backends`"
        )
    before = haproxy.server(params.backend, params.server)
    if before.admin == params.state:
        return Result(output=seen(before), summary=f"{params.server} was {params.state} already")
    if before.admin == "ready":
        _check_others(haproxy, params)
    if call.dry_run:
        return Result(output=seen(before), changed=True, summary=f"would make {params.server} {params.state}")
    haproxy.tell(before, params.state)
    after = haproxy.server(params.backend, params.server)
    undo = UndoStep(
        uses=f"{call.instance.name}.set_server",
        with_={"backend": params.backend, "server": params.server, "state": before.admin},
    )
    return Result(output=seen(after), changed=True, summary=f"{params.server} is {after.status} now", undo=undo)


def _check_others(haproxy: Haproxy, params: SetServer) -> None:
    others = [one for one in haproxy.servers(params.backend) if one.name != params.server and one.up]
    if len(others) < haproxy.settings.least_ready:
        raise Rejected(
            "too few other servers of the backend are up",
            detail=f"{len(others)} up, {haproxy.settings.least_ready} needed",
            mend="bring another server up first",
        )
