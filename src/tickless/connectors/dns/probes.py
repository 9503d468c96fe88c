"""What a name server can be asked."""

from __future__ import annotations

from tickless.connectors.dns.client import Records, connect
from tickless.sdk import Call, Result, probe
from tickless.sdk.capabilities.dns import Record, RecordAsked


@probe("record", params=RecordAsked, output=Record)
def record(call: Call, params: RecordAsked) -> Result:
    """What the zone's own server says: no cache stands between."""
    found = shown(connect(call).ask(params.name, params.type))
    return Result(output=found, summary=", ".join(found.values)[:200] or "there is no such record")


def shown(records: Records) -> Record:
    return Record(exists=bool(records.values), values=records.values, ttl=records.ttl)
