"""Brakes."""

from __future__ import annotations

import re

from tickless.domain.errors import BadInput
from tickless.doors.api.guards import Actor, DeskHere, Reader, new_router
from tickless.doors.api.record_schemas import SetSwitch, SwitchShown
from tickless.doors.api.schemas import Done, Page

router = new_router("control")
_SWITCH = re.compile(r"all|freeze|model|(runbook|service):[A-Za-z0-9][A-Za-z0-9._-]{0,100}")


@router.get("/switches", summary="List the brakes")
def list_switches(desk: DeskHere, visitor: Reader) -> Page[SwitchShown]:
    """Every brake that was ever set, on or off."""
    with desk.journal.read() as tx:
        return Page(items=[SwitchShown(**switch.__dict__) for switch in tx.coordination.switches()])


@router.put("/switches/{name}", summary="Pull or release a brake")
async def set_switch(desk: DeskHere, visitor: Actor, name: str, given: SetSwitch) -> Done:
    """`all`, `freeze`, `model` (no language model is asked), `runbook:<id>` or `service:<id>`. Effective with the next step of
    every run."""
    if not _SWITCH.fullmatch(name):
        raise BadInput("no brake has that name", mend="there are: all, freeze, model, runbook:<id>, service:<id>")
    await desk.set_switch(name, on=given.on, by=visitor.actor, reason=given.reason)
    return Done()
