"""Everything the journal knows about one case, read in one go."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tickless.domain.case import Case, Message, Participant
from tickless.domain.decision import ApprovalRequest, Decision, OpenQuestion
from tickless.domain.finding import Finding
from tickless.domain.measure import Resolution
from tickless.domain.plan import Run
from tickless.domain.receipt import Receipt
from tickless.domain.verdict import Verdict, Watch
from tickless.journal import Tx
from tickless.journal.alerts import Joined


@dataclass(frozen=True)
class CaseBook:
    """One case and all that belongs to it, each in order of time. `names`: id → how people call it."""

    case: Case
    joined: tuple[Joined, ...]
    joined_count: int
    findings: tuple[Finding, ...]
    decisions: tuple[Decision, ...]
    approvals: tuple[ApprovalRequest, ...]
    runs: tuple[Run, ...]
    receipts: dict[str, tuple[Receipt, ...]]
    verdicts: tuple[Verdict, ...]
    resolutions: tuple[Resolution, ...]
    watches: tuple[Watch, ...]
    questions: tuple[OpenQuestion, ...]
    messages: tuple[Message, ...]
    participants: tuple[Participant, ...]
    names: dict[str, str]


def read_book(tx: Tx, case: Case) -> CaseBook:
    """Read it. One query for each kind of record, whatever the size of the case."""
    runs = tuple(tx.runs.by(case=case.id))
    approvals = tuple(tx.approvals.by(case=case.id))
    participants = tuple(tx.alerts.participants(case.id))
    people = [case.requester, case.speaker, case.subject, *(found.ref for found in participants)]
    people += [person for asked in approvals for person in (*asked.approvers, asked.requester, asked.answered_by)]
    return CaseBook(
        case=case,
        joined=tuple(tx.alerts.joined(case.id, limit=100)),
        joined_count=tx.alerts.joined_count(case.id),
        findings=tuple(tx.cases.findings_of(case.id)),
        decisions=tuple(tx.decisions.by(case=case.id)),
        approvals=approvals,
        runs=runs,
        receipts={run.id: tuple(tx.receipts_of(run.id)) for run in runs},
        verdicts=tuple(tx.verdicts.by(case=case.id)),
        resolutions=tuple(tx.resolutions.by(case=case.id)),
        watches=tuple(tx.watches.by(case=case.id)),
        questions=tuple(tx.questions.by(case=case.id)),
        messages=tuple(tx.conversation(case.conversation)) if case.conversation else (),
        participants=participants,
        names=names_of(tx, people=people, services=[case.service, *case.impact.services]),
    )


def read_brief(tx: Tx, case: Case) -> CaseBook:
    """Only what it takes to say what is being done now: for lists, two or three queries a case."""
    live = case.live
    runs = tuple(tx.runs.by(case=case.id)) if case.state == "acting" else ()
    approvals = tuple(tx.approvals.by(case=case.id)) if case.state == "awaiting_approval" else ()
    return CaseBook(
        case=case,
        joined=(),
        joined_count=0,
        findings=(),
        decisions=tuple(tx.decisions.by(case=case.id)) if case.state in {"open", "handed_off", "muted"} else (),
        approvals=approvals,
        runs=runs,
        receipts={run.id: tuple(tx.receipts_of(run.id)) for run in runs[-1:]},
        verdicts=(),
        resolutions=() if live else tuple(tx.resolutions.by(case=case.id)),
        watches=(),
        questions=tuple(tx.questions.by(case=case.id)) if case.state == "awaiting_person" else (),
        messages=(),
        participants=(),
        names=names_of(tx, people=[person for asked in approvals for person in asked.approvers]),
    )


def names_of(tx: Tx, *, people: Iterable[str | None] = (), services: Iterable[str | None] = ()) -> dict[str, str]:
    """Ids → names, for those that are known."""
    found: dict[str, str] = {}
    for ref in {key for key in people if key}:
        known = tx.people.get(ref.removeprefix("person:"))
        if known:
            found[ref] = known.name
    for service in {key for key in services if key}:
        thing = tx.services.get(service)
        if thing:
            found[service] = thing.name
    return found
