"""What can be done at Jira. Every action looks first: what is there already is not made again."""

from __future__ import annotations

from typing import Any

from tickless.connectors.jira.client import Jira, connect
from tickless.connectors.jira.probes import NONE, by_key
from tickless.connectors.jira.reading import fields_of, issue_key, label, own_key, view, way_to
from tickless.connectors.jira.settings import Settings
from tickless.domain.errors import RateLimited, Rejected
from tickless.domain.receipt import UndoStep
from tickless.sdk import Call, Result, action
from tickless.sdk.capabilities.ticketing import Commented, NewComment, NewTicket, SetPhase, TicketView


@action("create", params=NewTicket, output=TicketView)
def create(call: Call, params: NewTicket) -> Result:
    """Make an issue, unless one carries this key already.

    Raises `RateLimited` when an earlier try may have made one that the search does not show yet.
    """
    settings: Settings = call.settings
    jira = connect(call)
    there = by_key(jira, params.key, settings)
    if there is not None:
        return Result(output=there, summary=f"{there.number} was there already")
    if call.dry_run:
        return Result(output=NONE, changed=True, summary=f"would make an issue in {settings.project}")
    if call.first_started is not None:
        waited = (call.now - call.first_started).total_seconds()
        if waited < settings.settle_seconds:
            raise RateLimited(
                "Jira's search may not show the issue of an earlier try yet", after=settings.settle_seconds - waited
            )
    made = jira.create(_fields(jira, params, settings), params.key)
    issue = jira.issue(made)
    seen = view(issue, settings) if issue else NONE
    return Result(output=seen, changed=True, summary=f"made {made}")


def _fields(jira: Jira, params: NewTicket, settings: Settings) -> dict[str, Any]:
    request = params.kind == "request"
    wanted: dict[str, Any] = {
        "project": {"key": settings.project},
        "issuetype": {"name": settings.request_type if request else settings.incident_type},
        "summary": params.title,
        "description": jira.body(params.body),
        "labels": [label(params.key)],
        "priority": {"name": settings.priorities[params.priority - 1]},
    }
    team = settings.groups.get(params.group, params.group)
    if settings.group_field and team:
        wanted[settings.group_field] = [{"name": team}] if settings.group_field == "components" else {"value": team}
    portal = settings.portal_request if request else settings.portal_incident
    if settings.portal_field and portal:
        wanted[settings.portal_field] = portal
    person = jira.account(params.requester) if params.requester and settings.reporter else None
    return {**wanted, "reporter": person} if person else wanted


@action("comment", params=NewComment, output=Commented)
def comment(call: Call, params: NewComment) -> Result:
    """Write a comment, for the customer or among agents, unless it was written under this key already."""
    jira, issue = connect(call), issue_key(params.ticket)
    there = next((one for one in jira.comments(issue) if own_key(one) == params.key), None)
    if there is not None:
        return Result(output=Commented(comment=str(there.get("id", ""))), summary="was written already")
    if call.dry_run:
        return Result(output=Commented(comment=""), changed=True, summary="would write it")
    made = jira.comment(issue, params.text, key=params.key, public=params.public)
    return Result(output=Commented(comment=made), changed=True, summary="wrote it")


@action("set_state", params=SetPhase, output=TicketView)
def set_state(call: Call, params: SetPhase) -> Result:
    """Lead an issue into a state by a transition that its workflow offers now, and read back where it is."""
    settings: Settings = call.settings
    jira, key = connect(call), issue_key(params.ticket)
    before = _seen(jira, key, settings)
    if before.state == params.state:
        return Result(output=before, summary=f"{key} was {before.state} already")
    if call.dry_run:
        return Result(output=before, changed=True, summary=f"{key} would be {params.state}")
    way = way_to(params.state, jira.transitions(key), settings)
    if way is None:
        raise Rejected(f"the workflow of {key} does not lead from {before.state} to {params.state}",
                       mend="give its workflow a transition, or its statuses in the settings")  # fmt: skip
    jira.go(key, str(way.get("id", "")), fields_of(way, settings))
    after = _seen(jira, key, settings)
    if after.state != params.state:
        raise Rejected(f"{key} stays {after.state}", mend="look at the conditions and screens of its workflow")
    undo = UndoStep(uses=f"{call.instance.name}.set_state", with_={"ticket": key, "state": before.state})
    return Result(
        output=after,
        changed=True,
        summary=f"{key} is {after.state} now",
        undo=undo if before.state != "closed" else None,
    )


def _seen(jira: Jira, key: str, settings: Settings) -> TicketView:
    issue = jira.issue(key)
    if issue is None:
        raise Rejected("Jira has no such ticket", detail=key)
    return view(issue, settings)
