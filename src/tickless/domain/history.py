"""A ticket of the organisation's past, as its own system tells it: read in, never worked on. Not a live case."""

from __future__ import annotations

from typing import Literal

from pydantic import AwareDatetime

from tickless.domain.record import Record

HistoryKind = Literal["incident", "request", "problem", "change", "alert", "other"]
HistoryState = Literal["new", "active", "pending", "resolved", "closed", "cancelled"]
"""Whatever words a system has for it. `pending` is a pause: the clock stands, somebody outside the team is waited for."""


class StateSpan(Record):
    """From `since` until `until` (None: to this day) the ticket stood so. Spans of a ticket touch and do not overlap."""

    state: HistoryState
    said: str = ""
    """The system's own word."""
    since: AwareDatetime
    until: AwareDatetime | None = None


class HolderSpan(Record):
    """Who had it: a team, or a person's pseudonym."""

    holder: str
    since: AwareDatetime
    until: AwareDatetime | None = None


class TicketHistory(Record):
    """One ticket from its opening to its end, UTC. None and empty always mean: the source did not say."""

    version: Literal[1] = 1
    id: str
    """`hist_…`, made of source and `number`: the same ticket read again keeps it."""
    source: str
    """The name that was given to the import's source."""
    number: str
    """As its own system calls it."""
    kind: HistoryKind = "incident"
    title: str = ""
    """Tamed and redacted, as `text` is."""
    text: str = ""
    opened_at: AwareDatetime | None = None
    acknowledged_at: AwareDatetime | None = None
    """Somebody took it."""
    responded_at: AwareDatetime | None = None
    """The caller heard from somebody for the first time."""
    resolved_at: AwareDatetime | None = None
    """The last time."""
    closed_at: AwareDatetime | None = None
    updated_at: AwareDatetime | None = None
    states: tuple[StateSpan, ...] = ()
    """In order; empty where the source tells no events. A pause is a span that is `pending`."""
    teams: tuple[HolderSpan, ...] = ()
    assignees: tuple[HolderSpan, ...] = ()
    reopened_at: tuple[AwareDatetime, ...] = ()
    """Each time it was opened again after it had been resolved or closed, where the source tells when."""
    reopen_count: int | None = None
    """As the source counts, or as its events say; None: unknown."""
    reassignment_count: int | None = None
    state: HistoryState | None = None
    """As it stands now."""
    priority: int | None = None
    """1 highest … 5."""
    first_priority: int | None = None
    impact: int | None = None
    urgency: int | None = None
    category: tuple[str, ...] = ()
    """The path, widest first: category, subcategory, item."""
    first_category: tuple[str, ...] = ()
    """As it was opened: differs where it was sorted wrongly at first."""
    service: str = ""
    item: str = ""
    """Configuration item."""
    channel: str = ""
    location: str = ""
    team: str = ""
    """Who has it now or had it last."""
    caller: str = ""
    """A pseudonym: `anyone_…`; the same person of a source is always the same."""
    opened_by: str = ""
    assignee: str = ""
    resolved_by: str = ""
    sla_due_at: AwareDatetime | None = None
    sla_made: bool | None = None
    knowledge_used: bool | None = None
    problem: str = ""
    change: str = ""
    """The change that mended it."""
    caused_by: str = ""
    """The change that caused it."""
    known_error: str = ""
    close_code: str = ""
    resolution: str = ""
    """How it was resolved in words, one line or several: tamed and redacted, without markup."""
    effort_minutes: float | None = None
    """Work that people booked, where they do."""
    rating: float | None = None
    """What the caller said of it, 1 worst … 5 best."""
    recommend: float | None = None
    """Whether the caller would recommend the service, 0 … 10."""
    updates: int | None = None
    """How often it was changed."""
