"""What is mined: a ticket of the past or a live case, as far as it matters here. Pure."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from tickless.domain.case import Case
from tickless.domain.history import TicketHistory

TEXT = 1_500
"""Signs of a text that are looked at."""
NOBODYS_WORK = frozenset({"verified", "confirmed", "prevented", "muted"})
"""Outcomes after which nobody has to do anything. Silence (`assumed`) proves nothing."""


@dataclass(frozen=True)
class Item:
    """None and empty: its source does not say."""

    id: str
    source: str
    text: str = ""
    title: str = ""
    structure: tuple[str, ...] = ()
    """Category path."""
    need: str = ""
    """Intent or alert class, where this house has understood it."""
    at: dt.datetime | None = None
    kind: str = "incident"
    service: str = ""
    team: str = ""
    minutes: float | None = None
    hand_offs: int | None = None
    reopened: bool | None = None
    end: str = ""
    """How it was closed."""
    priority: int | None = None
    open_days: float | None = None
    changed: bool = False
    """A change or a problem belongs to it."""
    unattended: bool | None = False
    """Resolved without people. None: not over yet. A ticket of the past was work of people."""


def item_of_ticket(ticket: TicketHistory) -> Item:
    text = f"{ticket.title} {ticket.text}".strip()[:TEXT]
    end = ticket.resolved_at or ticket.closed_at
    days = (end - ticket.opened_at).total_seconds() / 86_400 if end and ticket.opened_at else None
    return Item(
        id=ticket.id,
        source=ticket.source,
        text=text,
        title=ticket.title,
        structure=ticket.category,
        at=ticket.opened_at,
        kind=ticket.kind,
        service=ticket.service or ticket.item,
        team=ticket.team,
        minutes=ticket.effort_minutes,
        hand_offs=ticket.reassignment_count,
        reopened=None if ticket.reopen_count is None else ticket.reopen_count > 0,
        end=ticket.close_code,
        priority=ticket.priority,
        open_days=days if days is None or days >= 0 else None,
        changed=bool(ticket.change or ticket.caused_by or ticket.problem),
    )


def item_of_case(case: Case) -> Item:
    """A case of our own. What people did by hand is worth taking over; what resolved itself is mined, too, and matches."""
    over = case.state in {"resolved", "handed_off"}
    days = (case.updated_at - case.opened_at).total_seconds() / 86_400 if over else None
    return Item(
        id=case.id,
        source="tickless",
        text=case.title.tame(TEXT),
        title=case.title.tame(200),
        structure=(case.need,) if case.need else (),
        need=case.need or "",
        at=case.opened_at,
        kind="request" if case.kind == "request" else "incident",
        service=case.service or "",
        reopened=case.outcome == "regressed",
        end=case.outcome or "",
        priority=case.impact.priority,
        open_days=days,
        unattended=None if case.outcome is None else case.outcome in NOBODYS_WORK and not case.by_hand,
    )
