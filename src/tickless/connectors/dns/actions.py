"""Changing records, where the settings allow that very name and type."""

from __future__ import annotations

from tickless.connectors.dns.client import connect
from tickless.connectors.dns.probes import shown
from tickless.domain.receipt import UndoStep
from tickless.sdk import Call, Result, action
from tickless.sdk.capabilities.dns import Record, SetRecord


@action("set_record", params=SetRecord, output=Record)
def set_record(call: Call, params: SetRecord) -> Result:
    """Put these values under a name, or take the record away. Nothing is changed that somebody else changed meanwhile."""
    server = connect(call)
    server.may_change(params.name, params.type)
    before = server.ask(params.name, params.type)
    ttl = params.ttl or before.ttl or server.settings.default_ttl
    if set(before.values) == set(params.values) and (not params.values or before.ttl == ttl):
        return Result(output=shown(before), summary="the record stood so already")
    if call.dry_run:
        told = f"would say {', '.join(params.values)}" if params.values else "would take the record away"
        return Result(output=shown(before), changed=True, summary=told[:300])
    server.replace(params.name, params.type, params.values, ttl=ttl, seen=before)
    after = server.ask(params.name, params.type)
    undo = UndoStep(
        uses=f"{call.instance.name}.set_record",
        with_={"name": params.name, "type": params.type, "values": list(before.values), "ttl": before.ttl},
    )
    told = f"says {', '.join(after.values)} now" if after.values else "took the record away"
    return Result(output=shown(after), changed=True, summary=told[:300], undo=undo)
