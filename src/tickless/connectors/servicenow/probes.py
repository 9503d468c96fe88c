"""What ServiceNow can be asked."""

from __future__ import annotations

import json

from tickless.connectors.servicenow.client import BULK, ServiceNow, connect
from tickless.connectors.servicenow.inventory import RELATION_FIELDS, SERVICE_FIELDS, read_cmdb
from tickless.connectors.servicenow.reading import comment, split_id, view
from tickless.connectors.servicenow.settings import Settings
from tickless.sdk import Call, Result, probe
from tickless.sdk.capabilities.inventory import Document, Inventory, InventoryAsked, Misfit
from tickless.sdk.capabilities.ticketing import (
    Comments,
    CommentsAsked,
    HistoryAsked,
    HistoryRows,
    TicketId,
    TicketKey,
    TicketView,
)
from tickless.sdk.receiving import read_time

NONE = TicketView(exists=False)


@probe("find", params=TicketKey, output=TicketView)
def find(call: Call, params: TicketKey) -> Result:
    """The ticket with this correlation id, whether incident or request."""
    found = by_key(connect(call), params.key, call.settings)
    return _told(found)


@probe("read", params=TicketId, output=TicketView)
def read(call: Call, params: TicketId) -> Result:
    """A ticket as it stands."""
    table, sys_id = split_id(params.ticket, call.settings)
    row = connect(call).record(table, sys_id)
    return _told(view(row, table, call.settings) if row else None)


@probe("comments", params=CommentsAsked, output=Comments)
def comments(call: Call, params: CommentsAsked) -> Result:
    """Comments (public) and work notes from a moment on: that moment's own come again, and are known by their ids."""
    _, sys_id = split_id(params.ticket, call.settings)
    since = params.since if read_time(params.since) else ""
    instance = connect(call)
    rows = instance.spoken(sys_id, since=since)
    me = instance.me() if rows else ""
    found = tuple(comment(row, me=me) for row in rows)
    mark = str(rows[-1].get("sys_created_on", "")) if rows else params.since
    return Result(output=Comments(comments=found, mark=mark), summary=f"{len(found)} comments")


@probe("history", params=HistoryAsked, output=HistoryRows)
def history(call: Call, params: HistoryAsked) -> Result:
    """A page of the incidents, then of the requests."""
    settings: Settings = call.settings
    tables = (settings.incident_table, settings.request_table)
    table, _, offset = params.cursor.partition(":")
    place = tables.index(table) if table in tables else 0
    begin = int(offset) if offset.isdigit() else 0
    rows = connect(call).past(tables[place], offset=begin)
    follows = f"{tables[place]}:{begin + BULK}" if len(rows) >= BULK else f"{tables[1]}:0" if place == 0 else ""
    found = tuple({"sys_class_name": tables[place], **row} for row in rows)
    return Result(output=HistoryRows(rows=found, next=follows), summary=f"{len(found)} records of {tables[place]}")


@probe("cmdb", params=InventoryAsked, output=Inventory)
def cmdb(call: Call, params: InventoryAsked) -> Result:
    """Every service of the CMDB with its relations."""
    instance = connect(call)
    services = instance.every("cmdb_ci_service", SERVICE_FIELDS)
    return _found(read_cmdb(services, instance.every("cmdb_rel_ci", RELATION_FIELDS)))


@probe("cmdb_file", params=Document, output=Inventory)
def cmdb_file(call: Call, params: Document) -> Result:
    """`{"cmdb_ci_service": […], "cmdb_rel_ci": […]}`, the fields named as the Table API names them."""
    try:
        body = json.loads(params.text)
    except (ValueError, RecursionError):
        body = None
    tables = [body.get(name) if isinstance(body, dict) else None for name in ("cmdb_ci_service", "cmdb_rel_ci")]
    if not isinstance(tables[0], list):
        misfit = Misfit(place=params.name or "the file", reason="holds no services",
                        mend='write {"cmdb_ci_service": [...], "cmdb_rel_ci": [...]}')  # fmt: skip
        return _found(Inventory(misfits=(misfit,), whole=False))
    services, relations = ([row for row in rows or () if isinstance(row, dict)] for rows in tables)
    return _found(read_cmdb(services, relations, whole=False))


def _found(found: Inventory) -> Result:
    return Result(output=found, summary=f"{len(found.services)} services and {len(found.edges)} edges")


def by_key(instance: ServiceNow, key: str, settings: Settings) -> TicketView | None:
    """The ticket of a key, in whichever table it is."""
    for table in dict.fromkeys((settings.incident_table, settings.request_table)):
        row = instance.by_correlation(table, key)
        if row is not None:
            return view(row, table, settings)
    return None


def _told(seen: TicketView | None) -> Result:
    if seen is None:
        return Result(output=NONE, summary="there is no such ticket")
    return Result(output=seen, summary=f"{seen.number} is {seen.state}")
