"""Cases that were lived here, told by their stamps. Pure."""

from __future__ import annotations

import datetime as dt
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tickless.domain.experience import Rating
from tickless.domain.finding import OUTAGES, CaseKind
from tickless.domain.supplier import Agreement, Referral
from tickless.domain.ticket import Ticket
from tickless.journal.measure_forms import CaseRow, EndRow
from tickless.journal.measure_rows import AuditMark, RunRow
from tickless.practices.suppliers.core import targets_of
from tickless.stages.measure.metrics.history import CaseHistory, Pause
from tickless.stages.measure.metrics.material import OutageFact, RunFact

HELD = frozenset({"verified", "confirmed", "prevented"})
FAILED = frozenset({"failed", "undone", "unverified", "stopped"})
OVER = frozenset({"resolved", "closed"})
Disruptions = Mapping[str, Sequence[tuple[str, dt.datetime, float]]]
"""By service, of each incident of machines that is over: what trouble it was, when it was over, how many hours it took."""
APPROVAL = "change.approval"
"""The need of a case in which a change is asked for: part of that change, nothing that anybody needs solved."""


@dataclass(frozen=True)
class Lived:
    """What the journal says of cases, by case. `began`: when the first signal says that it began."""

    cases: Sequence[CaseRow]
    ends: Mapping[str, Sequence[EndRow]] = field(default_factory=dict)
    decided: Mapping[str, dt.datetime] = field(default_factory=dict)
    runs: Mapping[str, Sequence[RunRow]] = field(default_factory=dict)
    tickets: Mapping[str, Ticket] = field(default_factory=dict)
    ratings: Mapping[str, Sequence[Rating]] = field(default_factory=dict)
    marks: Mapping[str, Sequence[AuditMark]] = field(default_factory=dict)
    followers: Mapping[str, int] = field(default_factory=dict)
    used: frozenset[str] = frozenset()
    """Cases in which an article was shown."""
    began: Mapping[str, dt.datetime] = field(default_factory=dict)
    referrals: Mapping[str, Sequence[Referral]] = field(default_factory=dict)
    agreements: Mapping[str, Sequence[Agreement]] = field(default_factory=dict)
    """Those with targets that hold, by each service that they are about."""
    waits: Mapping[str, Sequence[Pause | None]] = field(default_factory=dict)
    """By case, when somebody was asked until when they answered; None: it is over, and nobody noted when."""
    known: frozenset[str] | None = None
    """Cases that are tied to a problem or known error; None: nobody keeps any."""


def from_lived(lived: Lived) -> list[CaseHistory]:
    """One for each case, but for the parts of others and for those that were merged: they are counted with the whole."""
    disruptions = _disruptions(lived)
    return [
        _case(one, lived, disruptions) for one in lived.cases
        if not one.part and one.state != "merged" and one.need != APPROVAL
    ]  # fmt: skip


def _case(one: CaseRow, lived: Lived, disruptions: Disruptions) -> CaseHistory:
    ends = sorted(lived.ends.get(one.id, ()), key=lambda end: end.at)
    runs, ticket = lived.runs.get(one.id, ()), lived.tickets.get(one.id)
    marks, ratings = lived.marks.get(one.id, ()), lived.ratings.get(one.id, ())
    handed = any(end.outcome == "handed_off" for end in ends) or one.state == "handed_off"
    by_people = _solved_by_people(ticket)
    resolved = (
        by_people if one.state == "handed_off" else one.resolved_at if one.state in {"resolved", "muted"} else None
    )
    done = _done_by(ends)
    level = None if resolved is None else 0 if not handed else 1
    if level and ticket is not None and ticket.reasks:
        level = 2
    silent = one.outcome == "assumed" if one.outcome else None
    people = max(one.impact.people or 0, lived.followers.get(one.id, 0)) or None
    good = [end for end in ends if end.outcome in HELD]
    return CaseHistory(
        id=f"live:{one.number}", number=f"#{one.number}", kind=one.kind, first_kind=_first_kind(marks),
        began_at=lived.began.get(one.id), opened_at=one.opened_at, responded_at=lived.decided.get(one.id),
        repaired_at=resolved, ends=tuple(end.at for end in ends if end.outcome not in {"handed_off"}),
        resolved_at=resolved, closed_at=None, ended_at=None if one.live else one.resolved_at,
        reopened_at=_back(one, marks), reopens=one.generation, handoffs=int(handed) + (1 if level == 2 else 0),
        level=level, outcome=None if one.live else one.outcome,
        channel="machine" if one.door == "machine" else _channel(one), service=one.service or "",
        category=one.need or "", first_category=_first_need(one, marks), team=(ticket.owner if ticket else "") or "",
        person=one.requester or "", agent=(ticket.owner if ticket else "") or "", priority=one.impact.priority,
        first_priority=_first_priority(one, marks), priority_changed_at=_lowered_at(marks), subject=one.subject or "",
        sla_due_at=_promised(one, lived),
        known=None if lived.known is None else one.id in lived.known, knowledge=one.id in lived.used,
        runbook=done, automated=None if one.live else bool(done) and not handed,
        pauses=_pauses(one.id, ticket, lived),
        handling_minutes=_worked(one, ticket, by_itself=level == 0 and resolved is not None),
        declared_minutes=sum(end.minutes_saved for end in good) if good else None,
        false_action=any(run.state in FAILED for run in runs) if runs else None,
        prevented_hours=_prevented(one, disruptions) if one.outcome == "prevented" else None,
        satisfaction=_mean([rating.satisfaction for rating in ratings]), effort=_mean([rating.effort for rating in ratings]),
        people=people, silent=silent if not good or one.outcome == "assumed" else False,
    )  # fmt: skip


def _pauses(case: str, ticket: Ticket | None, lived: Lived) -> tuple[Pause, ...] | None:
    """While a person, an approver or whoever the people with it waited for had the word. None: some of it was not noted."""
    spans = lived.waits.get(case, ())
    if any(one is None for one in spans) or (ticket is not None and ticket.waits is None):
        return None
    told = [one for one in spans if one is not None]
    return tuple(sorted([*told, *((one.since, one.until) for one in (ticket.waits or () if ticket else ()))],
                        key=lambda span: span[0]))  # fmt: skip


def _worked(one: CaseRow, ticket: Ticket | None, *, by_itself: bool) -> float | None:
    """Minutes of people's work: as they say, or none where the house did it by itself. None: nobody has said."""
    if ticket is not None and ticket.minutes is not None:
        return ticket.minutes
    return 0.0 if by_itself and not one.typed_by else None


def _done_by(ends: Sequence[EndRow]) -> str:
    """The runbook that ended it last."""
    named = [end.runbook for end in ends if end.runbook]
    return named[-1] if named else ""


def _solved_by_people(ticket: Ticket | None) -> dt.datetime | None:
    if ticket is None or ticket.state not in OVER:
        return None
    return ticket.moved_at or ticket.synced_at


def _back(one: CaseRow, marks: Sequence[AuditMark]) -> tuple[dt.datetime, ...]:
    """Each time that it came back; the last is kept with the case."""
    told = [mark.at for mark in marks if mark.action == "case.reopened"]
    return tuple(sorted(told)) or ((one.reopened_at,) if one.reopened_at else ())


def _channel(one: CaseRow) -> str:
    """The channel of its conversation, such as `web` or `slack`."""
    return (one.conversation or "").partition(":")[0][:40] if ":" in (one.conversation or "") else "chat"


def _first_priority(one: CaseRow, marks: Sequence[AuditMark]) -> int:
    """As it was before it was first assessed anew."""
    for mark in marks:
        told = mark.detail.get("priority")
        if mark.action == "case.impact" and isinstance(told, list) and told:
            return int(told[0])
    return one.impact.priority


def _lowered_at(marks: Sequence[AuditMark]) -> dt.datetime | None:
    for mark in reversed(marks):
        told = mark.detail.get("priority")
        if mark.action == "case.impact" and isinstance(told, list) and len(told) == 2 and told[1] > told[0]:
            return mark.at
    return None


def _first_need(one: CaseRow, marks: Sequence[AuditMark]) -> str:
    """What it was first taken for: another need than in the end where a person put it right."""
    for mark in marks:
        told = mark.detail.get("values")
        if mark.action == "case.corrected" and isinstance(told, dict) and "need" in told:
            return f"not {one.need}"
    return one.need or ""


def _first_kind(marks: Sequence[AuditMark]) -> CaseKind | None:
    """As it was opened, where that was written down."""
    for mark in marks:
        if mark.action == "case.open":
            return mark.detail.get("kind")
    return None


def _promised(one: CaseRow, lived: Lived) -> dt.datetime | None:
    """By when it has to be solved: as the one that it was given to has promised, else by the agreement (OLA) about its service
    for its priority. None: nothing is promised."""
    given = [each.resolve_by for each in lived.referrals.get(one.id, ()) if each.resolve_by is not None]
    if given:
        return min(given)
    agreed = (
        targets_of(each, one.impact.priority, one.opened_at)[1] for each in lived.agreements.get(one.service or "", ())
    )
    return min((at for at in agreed if at is not None), default=None)


def _mean(said: Sequence[int | None]) -> float | None:
    told = [one for one in said if one is not None]
    return statistics.fmean(told) if told else None


def _disruptions(lived: Lived) -> Disruptions:
    found: dict[str, list[tuple[str, dt.datetime, float]]] = {}
    for one in lived.cases:
        if one.kind != "incident" or one.door != "machine" or one.state == "merged" or one.outcome == "muted":
            continue
        ticket = lived.tickets.get(one.id)
        until = _solved_by_people(ticket) if one.state == "handed_off" else one.resolved_at
        if one.service and until is not None:
            hours = (until - one.opened_at).total_seconds() / 3_600
            found.setdefault(one.service, []).append((one.need or "", until, hours))
    return found


def _prevented(one: CaseRow, disruptions: Disruptions) -> float | None:
    """People times the middle length of the disruptions of that service that were over before it was seen coming: of those by
    the same trouble, where there were any."""
    before = [(need, hours) for need, until, hours in disruptions.get(one.service or "", ()) if until <= one.opened_at]
    alike = [hours for need, hours in before if need == one.need] or [hours for _, hours in before]
    return None if not alike or one.impact.people is None else statistics.median(alike) * one.impact.people


def outages_of(lived: Lived) -> list[OutageFact]:
    """Incidents of machines about services: down where their class says so, degraded otherwise. Muted ones are none."""
    found = []
    for one in lived.cases:
        if one.kind != "incident" or one.door != "machine" or not one.service or one.outcome == "muted":
            continue
        if one.state == "merged":
            continue
        ticket = lived.tickets.get(one.id)
        until = _solved_by_people(ticket) if one.state == "handed_off" else one.resolved_at
        found.append(OutageFact(service=one.service, since=min(lived.began.get(one.id, one.opened_at), one.opened_at),
                                until=until, degraded=one.need not in OUTAGES, case=f"live:{one.number}"))  # fmt: skip
    return found


def runs_of(lived: Lived) -> list[RunFact]:
    """Every run with what came of it: by the end of its case that followed it, else by its own state."""
    numbers = {one.id: one.number for one in lived.cases}
    return [
        RunFact(id=run.id, case=f"live:{numbers[case]}", runbook=run.runbook, at=run.started_at,
                good=_good(run, lived.ends.get(case, ())), undone=run.state == "undone")
        for case, runs in lived.runs.items() if case in numbers for run in runs
    ]  # fmt: skip


def _good(run: RunRow, ends: Sequence[EndRow]) -> bool | None:
    after = sorted((end for end in ends if end.at >= run.started_at), key=lambda end: end.at)
    if run.state in FAILED:
        return False
    if not after or run.state in {"pending", "running"}:
        return None
    return True if after[0].outcome in HELD else False if after[0].outcome == "regressed" else None
