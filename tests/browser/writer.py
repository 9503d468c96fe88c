"""Writes the records of cases into a journal."""

from __future__ import annotations

import datetime as dt

from tickless.domain.case import Case, Message
from tickless.domain.decision import Decision, PolicyReason
from tickless.domain.finding import Finding
from tickless.domain.measure import Resolution
from tickless.domain.plan import Plan, Run
from tickless.domain.receipt import Receipt
from tickless.domain.runbook import Runbook
from tickless.domain.signal import Signal
from tickless.domain.verdict import ProbeReading, Verdict, Watch
from tickless.journal import Journal, Tx


class Writer:
    """Writes the records of a case, stage by stage, as the flow would. `ago`: seconds before now."""

    def __init__(self, journal: Journal, now: dt.datetime, runbooks: dict[str, Runbook]) -> None:
        self.journal, self.now, self.runbooks = journal, now, runbooks
        self.count = 2040

    def at(self, seconds: float) -> dt.datetime:
        return self.now - dt.timedelta(seconds=seconds)

    def case(self, tx: Tx, ago: float, **fields: object) -> Case:
        self.count += 1
        values: dict[str, object] = {
            "id": f"case_{self.count}",
            "number": self.count,
            "opened_at": self.at(ago),
            "updated_at": self.at(ago),
            "inputs": {},
        }
        case = Case.model_validate({**values, **fields})
        tx.cases.put(case)
        tx.audit.append(
            at=case.opened_at,
            actor="tickless",
            action="case.open",
            subject=f"case:{case.number}",
            case=case.id,
            detail={"need": case.need, "door": case.door},
        )
        return case

    def signal(self, tx: Tx, case: Case, *, ago: float, title: str, why: str, **fields: object) -> Signal:
        number = self.journal.signals.head() + 1
        values: dict[str, object] = {
            "id": f"sig_{number:05d}",
            "source": "alertmanager",
            "event_key": f"e{number}",
            "kind": "alert",
            "state": "firing",
            "fingerprint": f"f{number}",
            "occurred_at": self.at(ago),
            "received_at": self.at(ago - 0.2),
            "title": title,
        }
        signal = Signal.model_validate({**values, **fields})
        self.journal.signals.append([signal])
        tx.alerts.join(case.id, signal, why=why)
        return signal

    def finding(
        self, tx: Tx, case: Case, signal: Signal, *, ago: float, confidence: float = 0.93, **fields: object
    ) -> None:
        values: dict[str, object] = {
            "id": f"fin_{signal.id}",
            "signal": signal.id,
            "kind": case.kind,
            "need": case.need,
            "confidence": confidence,
            "brain": "lexical" if case.door == "human" else "rules",
            "made_at": self.at(ago),
        }
        finding = Finding.model_validate({**values, **fields})
        tx.findings.put(finding)
        tx.cases.attach_finding(finding, case.id)

    def plan(self, case: Case, runbook: str, subject: str, inputs: dict[str, object]) -> Plan:
        found = self.runbooks[runbook]
        return Plan(
            case=case.id,
            runbook=found.runbook,
            revision=found.revision,
            title=found.title,
            effect=found.effect,
            reversible=found.undo == "steps",
            inputs=inputs,
            subject=subject,
            precheck=found.precheck,
            steps=found.steps,
            verify=found.verify,
            targets=(subject,),
        )

    def decide(self, tx: Tx, case: Case, kind: str, summary: str, *, ago: float, **fields: object) -> Decision:
        values: dict[str, object] = {
            "id": f"dec_{case.number}_{int(ago)}",
            "case": case.id,
            "attempt": 1,
            "kind": kind,
            "summary": summary,
            "decided_at": self.at(ago),
            "reasons": (
                PolicyReason(
                    policy="autonomy.run", text="Nothing speaks against it: it may run by itself.", effect="permit"
                ),
            ),
        }
        decision = Decision.model_validate({**values, **fields})
        tx.decisions.put(decision)
        tx.audit.append(
            at=decision.decided_at,
            actor="tickless",
            action="case.decide",
            subject=f"case:{case.number}",
            case=case.id,
            detail={"kind": kind, "summary": summary},
        )
        return decision

    def run(
        self, tx: Tx, case: Case, plan: Plan, *, ago: float, done: int, ended: bool, summaries: tuple[str, ...]
    ) -> Run:
        run = Run(
            id=f"run_{case.number}",
            case=case.id,
            plan=plan,
            plan_hash=plan.hash,
            state="done" if ended else "running",
            started_at=self.at(ago),
            ended_at=self.at(ago - 4) if ended else None,
        )
        tx.runs.put(run)
        for index, step in enumerate(plan.steps[: done + (0 if ended else 1)]):
            finished = index < done
            tx.receipts.put(
                Receipt(
                    key=f"{run.id}:{step.id}",
                    run=run.id,
                    step=step.id,
                    uses=step.uses or "say",
                    state="done" if finished else "started",
                    changed=finished,
                    summary=summaries[index] if index < len(summaries) else "",
                    output={"ok": True} if finished else {},
                    attempts=1,
                    started_at=self.at(ago - index),
                    ended_at=self.at(ago - index - 0.8) if finished else None,
                )
            )
        return run

    def verify(
        self, tx: Tx, case: Case, run: Run, *, ago: float, evidence: str, answer: dict[str, object], expect: str
    ) -> None:
        reading = ProbeReading(
            uses=run.plan.verify[0].uses,
            question={"username": "jgreen"} if case.door == "human" else {"path": "/var"},
            answer=answer,
            expect=expect,
            held=True,
            evidence=evidence,
            at=self.at(ago),
        )
        tx.verdicts.put(
            Verdict(
                id=f"ver_{case.number}",
                case=case.id,
                run=run.id,
                result="held",
                readings=(reading,),
                made_at=self.at(ago),
            )
        )

    def end(
        self, tx: Tx, case: Case, outcome: str, *, ago: float, saved: float = 0.0, runbook: str | None = None
    ) -> None:
        seconds = (self.at(ago) - case.opened_at).total_seconds()
        tx.resolutions.put(
            Resolution.model_validate(
                {
                    "id": f"res_{case.number}",
                    "case": case.id,
                    "outcome": outcome,
                    "door": case.door,
                    "need": case.need,
                    "runbook": runbook,
                    "service": case.service,
                    "seconds": seconds,
                    "minutes_saved": saved,
                    "basis": "Median handling time of the category." if saved else "",
                    "at": self.at(ago),
                }
            )
        )
        hold = self.at(ago) + dt.timedelta(days=7) if outcome in {"verified", "confirmed"} else None
        state = "handed_off" if outcome == "handed_off" else "resolved"
        tx.cases.put(
            case.model_copy(
                update={
                    "state": state,
                    "outcome": outcome,
                    "updated_at": self.at(ago),
                    "resolved_at": self.at(ago),
                    "hold_until": hold,
                }
            )
        )
        if hold:
            tx.watches.put(
                Watch(
                    subject=case.subject or "",
                    id=f"wat_{case.number}",
                    case=case.id,
                    run=f"run_{case.number}",
                    due_at=self.at(ago - 3600),
                    until=hold,
                )
            )

    def say(
        self,
        tx: Tx,
        case: Case | None,
        author: str,
        text: str,
        *,
        ago: float,
        conversation: str | None = None,
        **fields: object,
    ) -> None:
        at = self.at(ago)
        name = {"person": "Employee", "tickless": "Tickless", "operator": "Service desk"}[author]
        if author == "person" and case and case.requester:
            known = tx.people.get(case.requester)
            name = known.name if known else name
        identity = f"msg_{int(at.timestamp() * 1000):013d}"
        values = {
            "id": identity,
            "conversation": conversation or (case.conversation if case else ""),
            "case": case.id if case else None,
            "author": author,
            "name": name,
            "text": text,
            "at": at,
        }
        tx.messages.put(Message.model_validate({**values, **fields}))
