"""What RT can be asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tickless.connectors.request_tracker.client import PAGE, RequestTracker, connect
from tickless.connectors.request_tracker.reading import comment, view
from tickless.domain.errors import Rejected
from tickless.sdk import Call, Result, probe
from tickless.sdk.capabilities.ticketing import (
    Comments,
    CommentsAsked,
    HistoryAsked,
    HistoryRows,
    TicketId,
    TicketKey,
    TicketView,
)

NONE = TicketView(exists=False)


@probe("find", params=TicketKey, output=TicketView)
def find(call: Call, params: TicketKey) -> Result:
    """The ticket of a correlation key: the one that refers to `tickless:<key>`."""
    found = by_key(connect(call), params.key)
    if found is None:
        return Result(output=NONE, summary="there is no such ticket")
    seen = view(found, call.settings)
    return Result(output=seen, summary=f"{seen.number} is {seen.state}")


@probe("read", params=TicketId, output=TicketView)
def read(call: Call, params: TicketId) -> Result:
    """A ticket as it stands."""
    found = by_id(connect(call), params.ticket)
    if found is None:
        return Result(output=NONE, summary="there is no such ticket")
    seen = view(found, call.settings)
    return Result(output=seen, summary=f"{seen.number} is {seen.state}")


@probe("comments", params=CommentsAsked, output=Comments)
def comments(call: Call, params: CommentsAsked) -> Result:
    """Correspondence (public) and comments (internal) after a transaction."""
    tracker = connect(call)
    after = int(params.since) if params.since.isdigit() else 0
    said = tracker.spoken(number_of(params.ticket), after=after)
    me = tracker.me() if said else ""
    found = tuple(comment(one, tracker.parts(str(one.get("id", ""))), me=me) for one in said)
    mark = found[-1].id if found else params.since
    return Result(output=Comments(comments=found, mark=mark), summary=f"{len(found)} comments")


@probe("history", params=HistoryAsked, output=HistoryRows)
def history(call: Call, params: HistoryAsked) -> Result:
    """A page of all tickets that we may see."""
    page = int(params.cursor) if params.cursor.isdigit() and int(params.cursor) else 1
    rows = tuple(dict(row) for row in connect(call).past(page=page))
    follows = str(page + 1) if len(rows) >= PAGE else ""
    return Result(output=HistoryRows(rows=rows, next=follows), summary=f"{len(rows)} tickets")


def by_key(tracker: RequestTracker, key: str) -> Mapping[str, Any] | None:
    """The oldest ticket that refers to our key."""
    return next(iter(tracker.tickets(f"RefersTo = 'tickless:{key}'")), None)


def by_id(tracker: RequestTracker, ticket: str) -> Mapping[str, Any] | None:
    return next(iter(tracker.tickets(f"id = {number_of(ticket)}")), None)


def number_of(ticket: str) -> str:
    """An id that RT can have. Raises `Rejected`."""
    if not ticket.isdigit():
        raise Rejected("RT's tickets have numbers", detail=ticket)
    return ticket
