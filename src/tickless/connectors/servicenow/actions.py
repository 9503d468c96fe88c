"""What can be done at ServiceNow. Every action looks first: what is there already is not made again."""

from __future__ import annotations

from typing import Any

from tickless.connectors.servicenow.client import ServiceNow, connect
from tickless.connectors.servicenow.probes import NONE, by_key
from tickless.connectors.servicenow.reading import change, marked, own_key, split_id, view
from tickless.connectors.servicenow.settings import Settings
from tickless.domain.errors import Rejected
from tickless.domain.receipt import UndoStep
from tickless.sdk import Call, Result, action
from tickless.sdk.capabilities.ticketing import Commented, NewComment, NewTicket, SetPhase, TicketView

_URGENCY = {1: ("1", "1"), 2: ("1", "2"), 3: ("2", "2"), 4: ("3", "3")}
"""Priority → impact and urgency: ServiceNow computes an incident's priority from them (critical, high, moderate, low)."""


@action("create", params=NewTicket, output=TicketView)
def create(call: Call, params: NewTicket) -> Result:
    """Make an incident or a request, unless one has this correlation id already."""
    settings: Settings = call.settings
    instance = connect(call)
    there = by_key(instance, params.key, settings)
    if there is not None:
        return Result(output=there, summary=f"{there.number} was there already")
    table = settings.request_table if params.kind == "request" else settings.incident_table
    if call.dry_run:
        return Result(output=NONE, changed=True, summary=f"would make a record of {table}")
    wanted, (team, group) = _wanted(instance, params, table, settings), _group(instance, params.group, settings)
    seen = view(instance.create(table, {**wanted, "assignment_group": group} if group else wanted), table, settings)
    unassigned = f"; there is no one group called {team!r}" if team and not group else ""
    return Result(output=seen, changed=True, summary=f"made {seen.number}{unassigned}")


def _group(instance: ServiceNow, team: str, settings: Settings) -> tuple[str, str]:
    """The group's name and sys_id: as the settings name it, as ServiceNow calls it itself, else the default group."""
    names = [one for one in (settings.groups.get(team, team), settings.default_group) if one]
    found = next(((name, group) for name in names if (group := instance.group(name))), None)
    return found or (next(iter(names), ""), "")


def _wanted(instance: ServiceNow, params: NewTicket, table: str, settings: Settings) -> dict[str, Any]:
    impact, urgency = _URGENCY[params.priority]
    wanted = {
        "short_description": params.title[:160],
        "description": params.body,
        "correlation_id": params.key,
        "correlation_display": "Tickless",
    }
    wanted |= {"impact": impact, "urgency": urgency} if table == settings.incident_table else {}
    wanted |= {} if table == settings.incident_table else {"priority": str(params.priority)}
    person = instance.person(params.requester) if params.requester else ""
    if person:
        wanted["caller_id" if table == settings.incident_table else "requested_for"] = person
    return wanted


@action("comment", params=NewComment, output=Commented)
def comment(call: Call, params: NewComment) -> Result:
    """Add a comment (the caller reads it) or a work note, unless it was written under this key already."""
    settings: Settings = call.settings
    instance = connect(call)
    table, sys_id = split_id(params.ticket, settings)
    there = _written(instance, sys_id, params.key)
    if there:
        return Result(output=Commented(comment=there), summary="was written already")
    if instance.record(table, sys_id) is None:
        raise Rejected("ServiceNow has no such ticket", detail=params.ticket)
    if call.dry_run:
        return Result(output=Commented(comment=""), changed=True, summary="would write it")
    field = "comments" if params.public else "work_notes"
    instance.update(table, sys_id, {field: marked(params.text, params.key)})
    return Result(output=Commented(comment=_written(instance, sys_id, params.key)), changed=True, summary="wrote it")


@action("set_state", params=SetPhase, output=TicketView)
def set_state(call: Call, params: SetPhase) -> Result:
    """Put a ticket into a state, and read back whether ServiceNow let us."""
    settings: Settings = call.settings
    instance = connect(call)
    table, sys_id = split_id(params.ticket, settings)
    row = instance.record(table, sys_id)
    if row is None:
        raise Rejected("ServiceNow has no such ticket", detail=params.ticket)
    before = view(row, table, settings)
    if before.state == params.state:
        return Result(output=before, summary=f"{before.number} was {before.state} already")
    if call.dry_run:
        return Result(output=before, changed=True, summary=f"{before.number} would be {params.state}")
    instance.update(table, sys_id, change(params.state, params.note, table, settings))
    back = instance.record(table, sys_id)
    after = view(back, table, settings) if back else before
    if after.state != params.state:
        raise Rejected(f"{after.number} stays {after.state}", mend="look at the data policies of its table")
    undo = None
    if before.state != "closed":
        undo = UndoStep(uses=f"{call.instance.name}.set_state", with_={"ticket": params.ticket, "state": before.state})
    return Result(output=after, changed=True, summary=f"{after.number} is {after.state} now", undo=undo)


def _written(instance: ServiceNow, sys_id: str, key: str) -> str:
    rows = instance.spoken(sys_id, newest=True)
    me = instance.me() if rows else ""
    return next((str(row.get("sys_id", "")) for row in rows if own_key(row, me=me) == key), "")
