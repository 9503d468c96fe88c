"""What figures need of stored records: read straight from their bodies, whose other parts are skipped."""

from __future__ import annotations

import datetime as dt

import msgspec

from tickless.domain.case import LIVE_STATES, TASK_RUN, CaseState, Outcome
from tickless.domain.finding import CaseKind
from tickless.domain.history import HistoryKind, HistoryState


class ImpactRow(msgspec.Struct, frozen=True):
    """Of whom it hurts: what figures need."""

    priority: int
    people: int | None = None


class CaseRow(msgspec.Struct, frozen=True):
    """A case: what figures need of it, the rest of its body is not read. See `domain.case.Case`."""

    id: str
    number: int
    kind: CaseKind
    need: str | None
    door: str
    impact: ImpactRow
    opened_at: dt.datetime
    state: CaseState = "open"
    outcome: Outcome | None = None
    subject: str | None = None
    service: str | None = None
    requester: str | None = None
    conversation: str | None = None
    inputs: dict[str, str] = {}
    typed_by: str | None = None
    generation: int = 0
    reopened_at: dt.datetime | None = None
    resolved_at: dt.datetime | None = None

    @property
    def live(self) -> bool:
        return self.state in LIVE_STATES

    @property
    def part(self) -> bool:
        """Whether it is a task of another case."""
        return TASK_RUN in self.inputs


class EndRow(msgspec.Struct, frozen=True):
    """One end of a case: what figures need of it. See `domain.measure.Resolution`."""

    case: str
    outcome: Outcome
    at: dt.datetime
    runbook: str | None = None
    minutes_saved: float = 0.0


class StateRow(msgspec.Struct, frozen=True):
    """See `domain.history.StateSpan`."""

    state: HistoryState
    since: dt.datetime
    until: dt.datetime | None = None


class TicketRow(msgspec.Struct, frozen=True):
    """A ticket of the past without its words: see `domain.history.TicketHistory`."""

    id: str
    source: str
    number: str
    kind: HistoryKind = "incident"
    opened_at: dt.datetime | None = None
    acknowledged_at: dt.datetime | None = None
    responded_at: dt.datetime | None = None
    resolved_at: dt.datetime | None = None
    closed_at: dt.datetime | None = None
    states: tuple[StateRow, ...] = ()
    teams: tuple[dict[str, str | None], ...] = ()
    reopened_at: tuple[dt.datetime, ...] = ()
    reopen_count: int | None = None
    reassignment_count: int | None = None
    state: HistoryState | None = None
    priority: int | None = None
    first_priority: int | None = None
    category: tuple[str, ...] = ()
    first_category: tuple[str, ...] = ()
    service: str = ""
    item: str = ""
    channel: str = ""
    team: str = ""
    caller: str = ""
    assignee: str = ""
    resolved_by: str = ""
    sla_due_at: dt.datetime | None = None
    sla_made: bool | None = None
    knowledge_used: bool | None = None
    problem: str = ""
    known_error: str = ""
    effort_minutes: float | None = None
    rating: float | None = None
    recommend: float | None = None


case_row = msgspec.json.Decoder(CaseRow).decode
"""A stored case → what figures need of it."""
end_row = msgspec.json.Decoder(EndRow).decode
ticket_row = msgspec.json.Decoder(TicketRow).decode


Span = tuple[dt.datetime, dt.datetime | None]


class QuestionRow(msgspec.Struct, frozen=True):
    """A question to a person: see `domain.decision.OpenQuestion`."""

    asked_at: dt.datetime
    state: str = "open"
    over_at: dt.datetime | None = None


class ApprovalRow(msgspec.Struct, frozen=True):
    """A request for a yes: see `domain.decision.ApprovalRequest`."""

    asked_at: dt.datetime
    expires_at: dt.datetime
    state: str = "pending"
    answered_at: dt.datetime | None = None


_QUESTION, _APPROVAL = msgspec.json.Decoder(QuestionRow), msgspec.json.Decoder(ApprovalRow)


def wait_of_question(body: str) -> Span | None:
    """From when until when it was open; None: it is over, and nobody noted when."""
    one = _QUESTION.decode(body)
    return (one.asked_at, one.over_at) if one.state == "open" or one.over_at is not None else None


def wait_of_approval(body: str) -> Span:
    """From when until when it was asked for: at the latest until its time was over."""
    one = _APPROVAL.decode(body)
    if one.state == "pending":
        return one.asked_at, None
    return one.asked_at, max(one.asked_at, one.answered_at or one.expires_at)
