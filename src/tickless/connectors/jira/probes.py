"""What Jira can be asked."""

from __future__ import annotations

from tickless.connectors.jira.client import Jira, connect
from tickless.connectors.jira.reading import issue_key, label, said, view
from tickless.connectors.jira.settings import Settings
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
    """The issue with the label of this key."""
    return _told(by_key(connect(call), params.key, call.settings))


@probe("read", params=TicketId, output=TicketView)
def read(call: Call, params: TicketId) -> Result:
    """An issue as it stands."""
    found = connect(call).issue(issue_key(params.ticket))
    return _told(view(found, call.settings) if found else None)


@probe("comments", params=CommentsAsked, output=Comments)
def comments(call: Call, params: CommentsAsked) -> Result:
    """Comments after one: those that customers may read, and those among agents."""
    after = int(params.since) if params.since.isdigit() else 0
    newest = [said(one) for one in connect(call).comments(issue_key(params.ticket))]
    found = sorted((one for one in newest if one.id.isdigit() and int(one.id) > after), key=lambda one: int(one.id))
    mark = found[-1].id if found else params.since
    return Result(output=Comments(comments=tuple(found), mark=mark), summary=f"{len(found)} comments")


@probe("history", params=HistoryAsked, output=HistoryRows)
def history(call: Call, params: HistoryAsked) -> Result:
    """A page of the project's issues, each with its change log."""
    rows, follows = connect(call).past(call.settings.project, cursor=params.cursor)
    found = tuple(dict(row) for row in rows)
    return Result(output=HistoryRows(rows=found, next=follows), summary=f"{len(found)} issues")


def by_key(jira: Jira, key: str, settings: Settings) -> TicketView | None:
    """The oldest issue with the label of a key."""
    found = jira.search(f'project = "{settings.project}" AND labels = "{label(key)}" ORDER BY created ASC')
    return view(found, settings) if found else None


def _told(seen: TicketView | None) -> Result:
    if seen is None:
        return Result(output=NONE, summary="there is no such ticket")
    return Result(output=seen, summary=f"{seen.number} is {seen.state}")
