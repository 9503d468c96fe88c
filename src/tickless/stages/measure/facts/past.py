"""Tickets of the past as cases. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from tickless.domain.history import TicketHistory
from tickless.journal.measure_forms import TicketRow
from tickless.stages.measure.metrics.history import CaseHistory, Kind

KINDS: dict[str, Kind] = {"incident": "incident", "request": "request", "alert": "alert", "other": "other"}
"""Problems and changes are no tickets that people wait for: they are not counted among cases."""


def from_past(tickets: Iterable[TicketHistory | TicketRow]) -> list[CaseHistory]:
    """What a source's system never fills in for any ticket is unknown; where it does for some, nothing said means no."""
    kept = [one for one in tickets if one.kind in KINDS]
    tells = {one.source for one in kept if one.problem or one.known_error}
    return [_case(one, tells_problems=one.source in tells) for one in kept]


def _case(one: TicketHistory | TicketRow, *, tells_problems: bool) -> CaseHistory:
    reopened = one.reopen_count if one.reopen_count is not None else len(one.reopened_at) if one.states else None
    moved = one.reassignment_count
    if moved is None and one.teams:
        moved = len(one.teams) - 1
    withdrawn = one.state == "cancelled"
    over = None if withdrawn else one.resolved_at or one.closed_at
    return CaseHistory(
        id=f"past:{one.id}", number=one.number, source=one.source, kind=KINDS[one.kind],
        opened_at=one.opened_at, responded_at=one.responded_at or one.acknowledged_at, repaired_at=one.resolved_at,
        ends=_ends(one), resolved_at=over, closed_at=one.closed_at, reopened_at=one.reopened_at, reopens=reopened,
        pauses=tuple((span.since, span.until) for span in one.states if span.state == "pending") if one.states else None,
        handoffs=moved, level=None if moved is None else 1 if moved == 0 else 2,
        outcome="withdrawn" if withdrawn else None, channel=one.channel, service=one.service or one.item,
        category=_path(one.category), first_category=_path(one.first_category), team=one.team, person=one.caller,
        agent=one.resolved_by or one.assignee, priority=one.priority, first_priority=one.first_priority, subject=one.item,
        sla_made=one.sla_made, sla_due_at=one.sla_due_at, handling_minutes=one.effort_minutes,
        known=bool(one.problem or one.known_error) if tells_problems else None, knowledge=one.knowledge_used,
        satisfaction=one.rating, recommend=one.recommend, people=1 if one.caller else None,
    )  # fmt: skip


def _ends(one: TicketHistory | TicketRow) -> tuple[dt.datetime, ...]:
    """Each time it went from being worked on to being over."""
    found, over = [], False
    for span in one.states:
        now = span.state in {"resolved", "closed"}
        if now and not over:
            found.append(span.since)
        over = now
    return tuple(found)


def _path(names: tuple[str, ...]) -> str:
    return " / ".join(names[:2])
