"""What can be done at RT. Every action looks first: a ticket or a comment that is there already is not made again."""

from __future__ import annotations

from tickless.connectors.request_tracker.client import RequestTracker, connect
from tickless.connectors.request_tracker.probes import NONE, by_id, by_key, number_of
from tickless.connectors.request_tracker.reading import MARK, own_key, view
from tickless.connectors.request_tracker.settings import Settings
from tickless.domain.errors import Rejected
from tickless.domain.receipt import UndoStep
from tickless.sdk import Call, Result, action
from tickless.sdk.capabilities.ticketing import Commented, NewComment, NewTicket, SetPhase, TicketView


@action("create", params=NewTicket, output=TicketView)
def create(call: Call, params: NewTicket) -> Result:
    """Make a ticket, unless one refers to this key already."""
    settings: Settings = call.settings
    tracker = connect(call)
    there = by_key(tracker, params.key)
    if there is not None:
        seen = view(there, settings)
        return Result(output=seen, summary=f"{seen.number} was there already")
    if call.dry_run:
        return Result(output=NONE, changed=True, summary=f"would make a ticket in {_queue(tracker, params, settings)}")
    wanted = {
        "Queue": _queue(tracker, params, settings),
        "Subject": params.title,
        "Content": params.body,
        "ContentType": "text/plain",
        "Priority": settings.priorities[params.priority - 1],
        "RefersTo": [f"tickless:{params.key}"],
    }
    if params.requester and settings.requestor:
        wanted["Requestor"] = [params.requester]
    made = tracker.create(wanted)
    seen = _seen(tracker, made, settings)
    return Result(output=seen, changed=True, summary=f"made {seen.number}")


@action("comment", params=NewComment, output=Commented)
def comment(call: Call, params: NewComment) -> Result:
    """Say something in a ticket, unless it was said under this key already."""
    tracker, ticket = connect(call), number_of(params.ticket)
    said = tracker.spoken(ticket, newest=True)
    me = tracker.me() if said else ""
    there = next((one for one in said if own_key(one, me=me) == params.key), None)
    if there is not None:
        return Result(output=Commented(comment=str(there.get("id", ""))), summary="was said already")
    if by_id(tracker, ticket) is None:
        raise Rejected("RT has no such ticket", detail=ticket)
    if call.dry_run:
        return Result(output=Commented(comment=""), changed=True, summary="would say it")
    made = tracker.speak(ticket, params.text, subject=f"{MARK}{params.key}", public=params.public)
    return Result(output=Commented(comment=made), changed=True, summary="said it")


@action("set_state", params=SetPhase, output=TicketView)
def set_state(call: Call, params: SetPhase) -> Result:
    """Put a ticket into a state, and read back whether RT let us."""
    settings: Settings = call.settings
    tracker, ticket = connect(call), number_of(params.ticket)
    before = _seen(tracker, ticket, settings)
    if before.state == params.state:
        return Result(output=before, summary=f"{before.number} was {before.state} already")
    if call.dry_run:
        return Result(output=before, changed=True, summary=f"{before.number} would be {params.state}")
    wanted = {"open": settings.open_status, "pending": settings.pending_status, "resolved": settings.resolved_status}
    tracker.set_status(ticket, wanted[params.state])
    after = _seen(tracker, ticket, settings)
    if after.state != params.state:
        raise Rejected(f"{after.number} stays {after.state}", mend="our RT user needs the right ModifyTicket")
    undo = None
    if before.state != "closed":
        undo = UndoStep(uses=f"{call.instance.name}.set_state", with_={"ticket": ticket, "state": before.state})
    return Result(output=after, changed=True, summary=f"{after.number} is {after.state} now", undo=undo)


def _seen(tracker: RequestTracker, ticket: str, settings: Settings) -> TicketView:
    found = by_id(tracker, ticket)
    if found is None:
        raise Rejected("RT has no such ticket", detail=ticket)
    return view(found, settings)


def _queue(tracker: RequestTracker, params: NewTicket, settings: Settings) -> str:
    """As the settings name it, as RT calls it itself, else the queue for everything."""
    named = settings.queues.get(params.group)
    if named is None and params.group and tracker.has_queue(params.group):
        named = params.group
    return named or settings.queue
