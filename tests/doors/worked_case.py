"""A case that went the whole way, as the journal holds it: for tests that read."""

from __future__ import annotations

from tickless.domain.case import Case, Impact, Message, Participant
from tickless.domain.decision import ApprovalRequest, Decision, PolicyReason
from tickless.domain.finding import Entity, Evidence, Finding
from tickless.domain.measure import Resolution
from tickless.domain.plan import Plan, Run
from tickless.domain.receipt import Receipt
from tickless.domain.record import Untrusted
from tickless.domain.runbook import Check, Step
from tickless.domain.signal import Signal
from tickless.domain.verdict import ProbeReading, Verdict
from tickless.journal import Journal
from tickless.kit.clock import Clock

CONVERSATION = "api:p001:cnv_1"
HOSTILE = "Locked <b>out</b>\u202e [red]now\x1b[31m"


def put_case(
    journal: Journal,
    clock: Clock,
    *,
    number: int = 1,
    requester: str | None = "p001",
    conversation: str | None = CONVERSATION,
) -> Case:
    """A case with one record of every kind, resolved and verified. Ids end in its number."""
    now = clock.now()
    case = Case(
        id=f"case_{number}",
        number=number,
        kind="request",
        need="account_unlock",
        state="resolved",
        outcome="verified",
        title=Untrusted(HOSTILE),
        subject="person:p001",
        requester=requester,
        conversation=conversation,
        door="human",
        impact=Impact(priority=3, reason="one person cannot work", people=1),
        opened_at=now,
        updated_at=now,
        resolved_at=now,
        evidence=(Evidence(text="the same person, the same need", source="rules"),),
    )
    plan = Plan(
        case=case.id,
        runbook="directory.unlock-account",
        revision="1.0.0",
        title="Unlock a locked account",
        effect="change",
        reversible=False,
        inputs={"person": "p001"},
        subject="person:p001",
        precheck=(),
        steps=(Step(id="unlock", uses="directory.unlock"),),
        verify=(Check(uses="directory.is_locked", expect="${{ result.locked == false }}"),),
        targets=("person:p001",),
    )
    signal = Signal(
        id=f"sig_{number}",
        source="webchat",
        event_key=f"k{number}",
        kind="message",
        fingerprint=f"f{number}",
        occurred_at=now,
        received_at=now,
        title=Untrusted(HOSTILE),
        body=Untrusted("first line\nsecond\x07 line"),
        labels={"channel\u202e": Untrusted("web\x00chat")},
    )
    finding = Finding(
        id=f"find_{number}",
        signal=signal.id,
        need="account_unlock",
        entities=(Entity(kind="person", text=Untrusted("ada\x1b"), ref="person:p001", confidence=1),),
        confidence=0.93,
        brain="lexical",
        made_at=now,
    )
    decision = Decision(
        id=f"dec_{number}",
        case=case.id,
        attempt=0,
        kind="act",
        plan=plan,
        reasons=(PolicyReason(policy="identity-1", text="the person is signed in", effect="permit"),),
        summary="unlock it now",
        decided_at=now,
    )
    approval = ApprovalRequest(
        id=f"apr_{number}",
        case=case.id,
        decision=decision.id,
        plan_hash=plan.hash,
        requester=requester,
        approvers=("p002",),
        role="manager",
        title="Unlock Ada's account",
        asked_at=now,
        expires_at=now,
    )
    run = Run(id=f"run_{number}", case=case.id, plan=plan, plan_hash=plan.hash, state="done", started_at=now)
    receipt = Receipt(
        key=f"run_{number}:unlock",
        run=run.id,
        step="unlock",
        uses="directory.unlock",
        state="done",
        changed=True,
        summary="unlocked",
        output={"note": "was\x1b locked"},
        started_at=now,
    )
    reading = ProbeReading(
        uses="directory.is_locked",
        question={"person": "p001"},
        answer={"locked": False},
        expect="${{ result.locked == false }}",
        held=True,
        evidence="locked is false",
        at=now,
    )
    verdict = Verdict(id=f"ver_{number}", case=case.id, run=run.id, result="held", readings=(reading,), made_at=now)
    resolution = Resolution(
        id=f"res_{number}", case=case.id, outcome="verified", door="human", seconds=2.5, minutes_saved=14, at=now
    )
    journal.signals.append([signal])
    with journal.write() as tx:
        tx.cases.put(case)
        tx.alerts.join(case.id, signal, why="it is the first")
        tx.alerts.add_participant(Participant(case=case.id, role="requester", ref="p001", since=now))
        tx.findings.put(finding)
        tx.cases.attach_finding(finding, case.id)
        tx.decisions.put(decision)
        tx.approvals.put(approval)
        tx.runs.put(run)
        tx.receipts.put(receipt)
        tx.verdicts.put(verdict)
        tx.resolutions.put(resolution)
        if conversation:
            _talk(tx.messages.put, case, conversation, number)
        tx.audit.append(at=now, actor="tickless", action="case.open", subject=case.id, detail={}, case=case.id)
    return case


def _talk(put: object, case: Case, conversation: str, number: int) -> None:
    lines = [
        ("person", "Ada Byron", "I'm locked out", False),
        ("tickless", "Tickless", "Your one-time code is 123456", True),
        ("tickless", "Tickless", "Unlocked. I checked.", False),
    ]
    for place, (author, name, text, private) in enumerate(lines):
        put(  # type: ignore[operator]
            Message(
                id=f"msg_{number}_{place}",
                conversation=conversation,
                case=case.id,
                author=author,  # type: ignore[arg-type]
                name=name,
                text=Untrusted(text),
                private=private,
                at=case.opened_at,
            )
        )
