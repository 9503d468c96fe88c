"""The story of a case, read from the journal and told in the order of the stages."""

from __future__ import annotations

from tickless.domain.case import Case
from tickless.domain.cause import RootCause
from tickless.domain.decision import Decision
from tickless.domain.finding import Evidence, Finding
from tickless.domain.plan import Run
from tickless.domain.receipt import Receipt
from tickless.domain.verdict import Verdict
from tickless.doors.api.signal_schemas import MessageShown
from tickless.doors.api.story_schemas import (
    CauseShown,
    DecisionShown,
    EntityShown,
    EvidenceShown,
    FindingShown,
    JoinedShown,
    ParticipantShown,
    ReadingShown,
    ReasonShown,
    ReceiptShown,
    ResolutionShown,
    RunShown,
    StoryShown,
    SuspectShown,
    VerdictShown,
)
from tickless.doors.api.views import show_case, show_impact, show_message, show_plan, tamed
from tickless.doors.entrance import Visitor
from tickless.doors.entrance.conversations import owns
from tickless.journal import Tx
from tickless.journal.alerts import Joined

MOST_SIGNALS = 200


def tell_story(tx: Tx, case: Case, visitor: Visitor) -> StoryShown:
    """Everything that happened. Without the right `read`, other people's signals, findings and messages are left out."""
    whole = visitor.may("read")
    messages = _messages(tx, case, visitor)
    return StoryShown(
        case=show_case(case),
        participants=[
            ParticipantShown(role=found.role, ref=found.ref, since=found.since)
            for found in (tx.alerts.participants(case.id) if whole else [])
        ],
        signals=[_joined(found) for found in tx.alerts.joined(case.id, limit=MOST_SIGNALS)] if whole else [],
        signal_count=tx.alerts.joined_count(case.id),
        findings=[_finding(found) for found in tx.cases.findings_of(case.id)[:MOST_SIGNALS]] if whole else [],
        correlation=[_evidence(found) for found in case.evidence],
        cause=_cause(case.cause) if visitor.may("read") else None,
        impact=show_impact(case),
        decisions=[_decision(found) for found in tx.decisions.by(case=case.id)],
        runs=[_run(found, tx.receipts_of(found.id)) for found in tx.runs.by(case=case.id)],
        verdicts=[_verdict(found) for found in tx.verdicts.by(case=case.id)],
        resolutions=[
            ResolutionShown(**found.model_dump(include=set(ResolutionShown.model_fields)))
            for found in tx.resolutions.by(case=case.id)
        ],
        messages=messages,
    )


def _messages(tx: Tx, case: Case, visitor: Visitor) -> list[MessageShown]:
    """Of the case, and those of its conversation that were said before there was a case."""
    found = {message.id: message for message in tx.messages.by(case=case.id)}
    if case.conversation:
        for message in tx.conversation(case.conversation):
            if message.case in {None, case.id}:
                found.setdefault(message.id, message)
    shown = []
    for _, message in sorted(found.items()):
        mine = owns(visitor, message.conversation)
        if mine or visitor.may("read"):
            shown.append(show_message(message, reveal=mine))
    return shown


def _joined(found: Joined) -> JoinedShown:
    return JoinedShown(
        signal=found.signal,
        state=found.state,
        title=found.title.tame(),
        why=tamed(found.why),
        occurred_at=found.occurred_at,
    )


def _evidence(found: Evidence) -> EvidenceShown:
    return EvidenceShown(text=tamed(found.text), source=found.source, ref=found.ref)


def _cause(found: RootCause | None) -> CauseShown | None:
    if found is None:
        return None
    suspects = [
        SuspectShown(
            node=one.node,
            name=tamed(one.name),
            chance=one.chance,
            because=[EvidenceShown(text=tamed(why.text), source=why.source, ref=why.ref) for why in one.because],
        )
        for one in found.suspects
    ]
    return CauseShown(named=found.named, why=tamed(found.why), suspects=suspects, at=found.at, alerts=found.alerts)


def _finding(found: Finding) -> FindingShown:
    return FindingShown(
        id=found.id,
        signal=found.signal,
        act=found.act,
        kind=found.kind,
        need=found.need,
        entities=[
            EntityShown(
                kind=entity.kind,
                text=entity.text.tame(),
                ref=entity.ref,
                confidence=entity.confidence,
                alternatives=list(entity.alternatives),
            )
            for entity in found.entities
        ],
        slots=tamed(found.slots),
        confidence=found.confidence,
        evidence=[_evidence(one) for one in found.evidence],
        brain=found.brain,
        made_at=found.made_at,
    )


def _decision(found: Decision) -> DecisionShown:
    return DecisionShown(
        id=found.id,
        attempt=found.attempt,
        kind=found.kind,
        summary=tamed(found.summary),
        plan=show_plan(found.plan) if found.plan else None,
        question=tamed(found.question.text) if found.question else None,
        approvers=list(found.approvers),
        reasons=[ReasonShown(**reason.model_dump()) for reason in found.reasons],
        decided_at=found.decided_at,
    )


def _run(run: Run, receipts: list[Receipt]) -> RunShown:
    return RunShown(
        id=run.id,
        runbook=run.plan.runbook,
        plan_hash=run.plan_hash,
        state=run.state,
        dry_run=run.dry_run,
        reason=tamed(run.reason),
        started_at=run.started_at,
        ended_at=run.ended_at,
        receipts=[_receipt(receipt) for receipt in receipts],
    )


def _receipt(receipt: Receipt) -> ReceiptShown:
    return ReceiptShown(
        key=receipt.key,
        step=receipt.step,
        uses=receipt.uses,
        state=receipt.state,
        changed=receipt.changed,
        summary=tamed(receipt.summary),
        output=tamed(receipt.output),
        error=tamed(receipt.error),
        undo=receipt.undo.uses if receipt.undo else None,
        attempts=receipt.attempts,
        started_at=receipt.started_at,
        ended_at=receipt.ended_at,
    )


def _verdict(verdict: Verdict) -> VerdictShown:
    return VerdictShown(
        id=verdict.id,
        run=verdict.run,
        result=verdict.result,
        readings=[
            ReadingShown(
                uses=reading.uses,
                question=tamed(reading.question),
                answer=tamed(reading.answer),
                expect=reading.expect,
                held=reading.held,
                evidence=tamed(reading.evidence),
                at=reading.at,
            )
            for reading in verdict.readings
        ],
        hold_until=verdict.hold_until,
        made_at=verdict.made_at,
    )
