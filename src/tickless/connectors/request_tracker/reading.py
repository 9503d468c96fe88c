"""RT's records as the capability speaks of them. Pure."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping
from typing import Any

from tickless.connectors.request_tracker.settings import Settings
from tickless.sdk.capabilities.ticketing import TicketComment, TicketPhase, TicketView
from tickless.sdk.receiving import read_time

MARK = "Tickless "
"""Subject of what we write, followed by its key: how we know it again."""
NOBODY = "Nobody"
_OWN = re.compile(r"Tickless ([A-Za-z0-9_.:-]{8,64})")
_TAGS = re.compile(r"<(?:br|/p|/div|/li)\b[^<>]*+>", re.IGNORECASE)
_ANY_TAG = re.compile(r"<[^<>]*+>")
_HUGE = re.compile(r"&#(?:[0-9]{8,}+|[xX][0-9A-Fa-f]{8,}+);?")
LONGEST = 200_000
"""Signs of a text that are read."""


def view(ticket: Mapping[str, Any], settings: Settings) -> TicketView:
    """A ticket as it stands there."""
    identifier, status = str(ticket.get("id", "")), str(ticket.get("Status", ""))
    state = phase(status, settings)
    since = ticket.get("Resolved") if state == "resolved" else ticket.get("LastUpdated")
    return TicketView(
        exists=True,
        ticket=identifier,
        number=f"RT #{identifier}",
        url=f"{settings.url.rstrip('/')}/Ticket/Display.html?id={identifier}",
        state=state,
        state_at=read_time(since),
        owner=_owner(ticket.get("Owner")),
        team=_team(ticket.get("Queue"), settings),
        changed=str(ticket.get("LastUpdated", "")),
        worked_minutes=_minutes(ticket.get("TimeWorked")),
    )


def _minutes(worked: object) -> float | None:
    """Request Tracker counts minutes, and says 0 where nobody has put any down."""
    text = str(worked or "").strip()
    return float(text) if text.isdecimal() and int(text) else None


def _team(queue: object, settings: Settings) -> str:
    """Our name of its queue, if the settings name one; else the queue's. The queue for everything is nobody's."""
    name = str(queue.get("Name") or "") if isinstance(queue, Mapping) else ""
    if name == settings.queue:
        return ""
    return next((ours for ours, theirs in settings.queues.items() if theirs == name), name)


def phase(status: str, settings: Settings) -> TicketPhase:
    """Their status in our words; a status that nobody named counts as open."""
    if status in settings.closed_statuses:
        return "closed"
    if status in settings.resolved_statuses or status == settings.resolved_status:
        return "resolved"
    return "pending" if status == settings.pending_status else "open"


def comment(transaction: Mapping[str, Any], parts: Iterable[Mapping[str, Any]], *, me: str) -> TicketComment:
    """One thing said, with its text. `me`: the name of our own RT user."""
    return TicketComment(
        id=str(transaction.get("id", "")),
        author=_name(transaction.get("Creator")),
        text=text_of(parts),
        public=transaction.get("Type") == "Correspond",
        own=own_key(transaction, me=me) is not None,
        at=read_time(transaction.get("Created")),
    )


def own_key(transaction: Mapping[str, Any], *, me: str) -> str | None:
    """The key under which we wrote this; None if somebody else did, whatever its subject says."""
    found = _OWN.fullmatch(str(transaction.get("Data") or "").strip())
    creator = transaction.get("Creator")
    names = {creator.get("Name"), creator.get("id")} if isinstance(creator, Mapping) else {creator}
    return found[1] if found and me and me in names else None


def text_of(parts: Iterable[Mapping[str, Any]]) -> str:
    """The first plain text that is no file; else the first HTML, without its tags."""
    bodies = [part for part in parts if not part.get("Filename") and isinstance(part.get("Content"), str)]
    for part in bodies:
        if part.get("ContentType") == "text/plain":
            return str(part["Content"])[:LONGEST].strip()
    for part in bodies:
        if part.get("ContentType") == "text/html":
            words = _ANY_TAG.sub("", _TAGS.sub("\n", str(part["Content"])[:LONGEST]))
            return html.unescape(_HUGE.sub("\ufffd", words)).strip()
    return ""


def _owner(user: object) -> str:
    if not isinstance(user, Mapping) or user.get("id") == NOBODY or user.get("Name") == NOBODY:
        return ""
    return str(user.get("EmailAddress") or user.get("Name") or user.get("id") or "")


def _name(user: object) -> str:
    if not isinstance(user, Mapping):
        return ""
    return str(user.get("RealName") or user.get("Name") or user.get("id") or "")
