"""What came of a conversation, read from the case graph: each need with whom and what it was about, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import sqlalchemy as sa

from bench.suite_house import SuiteHouse
from tickless.domain.case import Case
from tickless.domain.decision import ApprovalRequest
from tickless.domain.finding import Finding
from tickless.domain.signal import Signal
from tickless.journal import Tx, tables

SAME_NEED = {"account_disable": "leaver"}
"""Needs that the form knows by another name."""
ENDED: dict[str | None, frozenset[str]] = {
    "verified": frozenset({"verified"}),
    "prevented": frozenset({"verified"}),
    "confirmed": frozenset({"confirmed"}),
    "refused": frozenset({"refused"}),
    "withdrawn": frozenset({"withdrawn"}),
    "handed_off": frozenset({"handed_off"}),
    "muted": frozenset({"nothing"}),
    "assumed": frozenset({"assumed"}),
    "regressed": frozenset({"regressed"}),
}


@dataclass(frozen=True)
class Happening:
    """One need and its end. `refs`: every record that it is about; empty sets fit anything."""

    need: str | None
    outcomes: frozenset[str]
    person: str | None = None
    refs: frozenset[str] = frozenset()
    case: str | None = None
    number: int | None = None
    must_match: bool = True
    """A need of its own: one that nobody expected is a failure."""

    def __str__(self) -> str:
        about = ", ".join(sorted(self.refs)) or "-"
        return f"{self.need or '?'} for {self.person or '?'} about {about}: {'/'.join(sorted(self.outcomes))}"


@dataclass(frozen=True)
class Told:
    """All that came of one conversation."""

    happenings: list[Happening]
    handed_off: list[Case] = field(default_factory=list)
    asked_back: int = 0
    """Questions asked back, less those for a code."""


def read_happenings(house: SuiteHouse, conversation: str, signals: list[Signal], writer: str | None) -> Told:
    """What the journal holds of a conversation that has come to rest."""
    mine = [one for one in signals if one.sender is not None and one.sender.conversation == conversation]
    with house.house.journal.read() as tx:
        findings = [finding for signal in mine for finding in tx.findings.by(signal=signal.id)]
        cases = tx.cases.by(conversation=conversation)
        inner = {case.id for case in cases}
        own = [case for case in cases if case.parent not in inner]
        happenings = [_of_case(tx, case) for case in own]
        happenings += [
            one for case in _joined(tx, conversation) if case.id not in inner for one in _of_joined(tx, case, mine)
        ]
        happenings += _of_findings(tx, findings, known=happenings, cases=own, writer=writer, conversation=conversation)
        happenings += _again(tx, findings, happenings)
        questions = [one for one in tx.questions.by(conversation=conversation) if not one.about.startswith("step_up")]
    unclear = sum(1 for finding in findings if finding.act == "need" and finding.need is None)
    return Told(happenings, [case for case in own if case.outcome == "handed_off"], len(questions) + unclear)


def _of_case(tx: Tx, case: Case) -> Happening:
    facts = _facts(tx, case)
    person, refs = facts.get("person"), frozenset(value for name, value in facts.items() if name != "person")
    need = SAME_NEED.get(case.need or "", case.need)
    return Happening(need, _outcomes(tx, case), person, refs, case.id, case.number, case.outcome != "withdrawn")


def _facts(tx: Tx, case: Case) -> dict[str, str]:
    """Whom and what a case is about: from its last plan if there is one, else from what is known so far."""
    found: dict[str, str] = {
        name: case.inputs[name] for name in ("person", "app", "device", "service") if name in case.inputs
    }
    if case.service:
        found["service"] = case.service
    subject = case.subject or ""
    if subject.startswith("person:"):
        found.setdefault("person", subject.removeprefix("person:").partition("/")[0])
    if "person" not in found and "person?" not in case.inputs and case.requester:
        found["person"] = case.requester
    if _waiting(tx, case) == {"asked_back"} and case.live and "person" not in case.inputs:
        found.pop("person", None)  # whom it is for may be what is asked
    plans = [decision.plan for decision in tx.decisions.by(case=case.id) if decision.plan is not None]
    for name, value in (plans[-1].inputs if plans else {}).items():
        if isinstance(value, dict) and "id" in value:
            found[name] = str(value["id"])
    return found


def _outcomes(tx: Tx, case: Case) -> frozenset[str]:
    if case.live:
        return _waiting(tx, case)
    found = set(ENDED.get(case.outcome, frozenset()))
    if case.outcome == "muted" and "maintenance" in case.inputs:
        return frozenset({"joined", "answered"})
    runs = tx.runs.by(case=case.id)
    if "verified" in found and not any(receipt.changed for run in runs for receipt in tx.receipts_of(run.id)):
        found.add("nothing")
    if any(row.action == "case.person_confirmed" for row in tx.audit.rows(case=case.id, limit=1_000)):
        found.add("confirmed")
    decisions = {decision.kind for decision in tx.decisions.by(case=case.id)}
    if "answer" in decisions or (case.need == "question" and case.outcome in {"confirmed", "assumed", "verified"}):
        found.add("answered")
    if case.outcome == "handed_off" and case.parent:
        found.add("joined")
    return frozenset(found)


def _was_answered(tx: Tx, case: Case) -> bool:
    """From an article, whether or not anybody has said that it helped."""
    return any(one.case == case.id and one.article for one in tx.asked.by(conversation=case.conversation))


def _waiting(tx: Tx, case: Case) -> frozenset[str]:
    open_ones = [one for one in tx.questions.by(case=case.id) if one.state == "open"]
    if case.need == "question" and _was_answered(tx, case):
        return frozenset({"answered"})
    if open_ones:
        return frozenset({"step_up" if one.about.startswith("step_up") else "asked_back" for one in open_ones})
    if tx.approvals.by(case=case.id, state="pending", limit=1):
        return frozenset({"needs_approval"})
    return frozenset({"waiting"})


def _joined(tx: Tx, conversation: str) -> list[Case]:
    """Cases that began elsewhere and that somebody of this conversation takes part in."""
    cases = tx.cases.where(tx.cases.table.c.conversation.is_distinct_from(conversation), limit=200)
    return [
        case
        for case in cases
        if any(one.conversation == conversation and one.role == "affected" for one in tx.alerts.participants(case.id))
    ]


def _of_joined(tx: Tx, case: Case, mine: list[Signal]) -> list[Happening]:
    """A report that went into a case of others: one for each need that was read in it."""
    refs = frozenset({case.service} if case.service else ())
    signals = {signal.id for signal in mine}
    needs = {one.need for one in tx.cases.findings_of(case.id) if one.signal in signals and one.need}
    return [
        Happening(need, frozenset({"joined"}), None, refs, f"{case.id}/{need}", case.number, must_match=False)
        for need in sorted(needs | {"incident_report"})
    ]


def _again(tx: Tx, findings: list[Finding], known: list[Happening]) -> list[Happening]:
    """Needs that went into a case which is in hand already, begun somewhere else."""
    seen = {(one.case or "").partition("/")[0] for one in known}
    made = []
    for finding in findings:
        query = sa.select(tables.findings.c.case).where(tables.findings.c.id == finding.id)
        case = tx.cases.get(tx.connection.execute(query).scalar() or "")
        if case is not None and case.id not in seen and finding.need:
            one = _of_case(tx, case)
            made.append(replace(one, outcomes=one.outcomes | {"joined"}, case=f"{case.id}/again", must_match=False))
    return made


def _of_findings(
    tx: Tx,
    findings: list[Finding],
    *,
    known: list[Happening],
    cases: list[Case],
    writer: str | None,
    conversation: str,
) -> list[Happening]:
    """What was said and answered without a case of its own."""
    made: list[Happening] = []
    for finding in findings:
        if finding.act == "need":
            made += _of_need(tx, finding, writer, conversation)
        elif finding.act == "out_of_scope":
            foreign = any(piece.text.startswith("language:") for piece in finding.evidence)
            said = {"asked_back"} if foreign else {"refused", "answered"}
            made.append(_soft(None if foreign else "out_of_scope", said))
        elif finding.act == "small_talk":
            made.append(_soft(None, {"nothing", "asked_back"}))  # it greets, and asks what is needed
        elif finding.act == "cancel":
            withdrawn = [case for case in cases if case.outcome == "withdrawn"]
            made.append(_soft("cancel", {"verified"} if withdrawn else {"nothing"}))
        elif finding.act in {"thanks", "confirm"}:
            confirmed = any("confirmed" in one.outcomes for one in known)
            made.append(_soft("thanks", {"nothing", "answered"} | ({"confirmed"} if confirmed else set())))
        elif finding.act == "deny" and not cases and not known:
            made.append(_soft(None, {"nothing", "asked_back"}))  # it asks what it is that does not work
        else:
            made.append(_soft(None, {"nothing"}))
    return made


def _of_need(tx: Tx, finding: Finding, writer: str | None, conversation: str) -> list[Happening]:
    if finding.need is None:
        return [_soft(None, {"asked_back"})]
    if finding.need == "status_of_case":
        return [_soft("status_of_case", {"answered"})]
    if finding.need == "approval_answer":
        return [_of_approval(tx, one) for one in _answered_by(tx, writer)] or [
            _soft("approval_answer", {"refused", "nothing", "asked_back"})
        ]
    if finding.need == "question" and not tx.cases.by(conversation=conversation, need="question"):
        found = tx.asked.by(conversation=conversation)
        answered = any(one.article for one in found)
        return [_soft("question", {"answered"} if answered else {"refused", "nothing"})]
    return []


def _answered_by(tx: Tx, person: str | None) -> list[ApprovalRequest]:
    return [one for one in tx.approvals.by() if one.answered_by is not None and one.answered_by == person]


def _of_approval(tx: Tx, asked: ApprovalRequest) -> Happening:
    case = tx.cases.get(asked.case)
    refs = frozenset({case.inputs["app"]} if case is not None and "app" in case.inputs else ())
    person = asked.beneficiary or asked.requester
    return Happening("approval_answer", frozenset({"verified", "answered"}), person, refs, must_match=False)


def _soft(need: str | None, outcomes: set[str]) -> Happening:
    return Happening(need, frozenset(outcomes), must_match=False)
