"""The steps of a case's workflow: synchronous, small, safe to run again. Each is one transaction."""

from __future__ import annotations

import datetime as dt
from typing import Any

from tickless.domain.case import Case, Outcome
from tickless.domain.decision import ApprovalRequest, Decision, OpenQuestion
from tickless.domain.person import Person
from tickless.domain.plan import Run
from tickless.flow import ends, names, words
from tickless.flow.conversation import fill, personal, say
from tickless.flow.rooms import Rooms
from tickless.flow.step_up import StepUp
from tickless.journal import Tx

STATE_OF = {
    "act": "acting",
    "ask_person": "awaiting_person",
    "ask_approval": "awaiting_approval",
    "suggest": "awaiting_approval",
}


class CaseSteps:
    """One method per step name; every argument and result is small JSON."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms
        self._step_up = StepUp(rooms)

    def decide(self, case: str, generation: int, turn: int) -> dict[str, Any]:
        """Decide: {"id", "kind", "seconds"}. A case that people closed meanwhile is over."""
        now = self._rooms.clock.now()
        with self._rooms.journal.read() as tx:
            record = tx.cases.need(case)
        if not record.live or record.generation != generation:
            return {"id": "", "kind": "over", "seconds": 0.0}
        identity = f"dec_{case.removeprefix('case_')}_{generation}_{turn}"
        decision = self._rooms.decide.decide(case, decision=identity, attempt=turn, now=now)
        with self._rooms.journal.write() as tx:
            record = tx.cases.need(case, lock=True)
            if record.live:
                state = STATE_OF.get(decision.kind, "open")
                tx.cases.put(record.model_copy(update={"state": state, "attempt": turn, "updated_at": now}))
        return {"id": identity, "kind": decision.kind, "seconds": decision.wait_seconds}

    def start_run(self, case: str, decision: str) -> str:
        """Record the run before anything happens; returns its id."""
        now = self._rooms.clock.now()
        run = f"run_{decision.removeprefix('dec_')}"
        with self._rooms.journal.write() as tx:
            made = tx.decisions.need(decision)
            if tx.runs.get(run) is None and made.plan is not None:
                tx.runs.put(
                    Run(id=run, case=case, plan=made.plan, plan_hash=made.plan.hash, state="running", started_at=now)
                )
        return run

    def _speak(self, tx: Tx, case: Case, decision: Decision, moment: Any, *, key: str, now: dt.datetime) -> bool:
        """Let the runbook say what it has to say at this moment; False if it has nothing."""
        plan = decision.plan
        runbook = self._rooms.runbooks.get(plan.runbook) if plan else None
        text = runbook.say.get(moment) if runbook else None
        if plan is None or text is None:
            return False
        told = fill(text, {"inputs": dict(plan.inputs), "case": {"id": case.id, "number": case.number}})
        say(tx, conversation=case.conversation, case=case, text=told, key=key, at=now)
        return True

    def resolved(self, case: str, run: str, how: str) -> str:
        """It holds. Count it, watch that it goes on holding, and tell everybody who was affected."""
        now = self._rooms.clock.now()
        with self._rooms.journal.write() as tx:
            record = tx.cases.need(case, lock=True)
            ran = tx.runs.need(run)
            tx.runs.put(ran.model_copy(update={"state": "done", "reason": how, "ended_at": now}))
            if names.belongs(run, record):
                self._count_resolved(tx, record, ran, how, now=now)
        self._rooms.act.release(run)
        return "resolved"

    def _count_resolved(self, tx: Tx, case: Case, run: Run, how: str, *, now: dt.datetime) -> None:
        runbook = self._rooms.runbooks.get(run.plan.runbook)
        changed = any(receipt.changed for receipt in tx.receipts_of(run.id))
        outcome: Outcome = "prevented" if case.kind == "risk" and changed else "verified"
        verdict = tx.verdicts.need(f"ver_{run.id}")
        done = ends.end_case(
            tx,
            case,
            state="resolved",
            outcome=outcome,
            now=now,
            runbook=run.plan.runbook,
            minutes=runbook.value.minutes_saved if runbook and changed else 0.0,
            basis=runbook.value.basis if runbook else "",
            hold_until=verdict.hold_until,
            why=f"{len(verdict.readings)} checks held, read back from the system of record",
        )
        ends.watch(tx, done, run, first_look=self._rooms.pace.first_look, now=now)
        self._tell_resolved(tx, done, run, how, now=now)

    def _tell_resolved(self, tx: Tx, case: Case, run: Run, how: str, *, now: dt.datetime) -> None:
        runbook = self._rooms.runbooks.get(run.plan.runbook)
        moment: Any = "nothing_to_do" if how == "nothing_to_do" else "done"
        values = {"inputs": dict(run.plan.inputs), "case": {"id": case.id, "number": case.number},
                  "steps": {r.step: r.output for r in tx.receipts_of(run.id) if r.state == "done"}}  # fmt: skip
        text = (
            fill(runbook.say[moment], values) if runbook and moment in runbook.say else words.over(case, self._world())
        )
        card: dict[str, object] = {"kind": "case", "number": case.number, "state": case.state, "outcome": case.outcome}
        link = next((v["link"] for v in values["steps"].values() if isinstance(v, dict) and "link" in v), None)
        if link:
            card = {"kind": "secret", "href": link}
        say(tx, conversation=case.conversation, case=case, text=text, key=f"{run.id}:{moment}", at=now, card=card,
            private=bool(link))  # fmt: skip
        for other in tx.alerts.participants(case.id):
            if other.role == "affected" and other.conversation and other.conversation != case.conversation:
                told = words.over(case, self._world())
                say(tx, conversation=other.conversation, case=case, text=told, key=f"{run.id}:over", at=now,
                    card={"kind": "case", "number": case.number, "state": case.state, "outcome": case.outcome})  # fmt: skip

    def _world(self) -> Any:
        return self._rooms.world()

    def undo(self, run: str) -> dict[str, Any]:
        """Take back what the run changed, as far as that is possible."""
        return self._rooms.act.undo(run)

    def end_run(self, case: str, run: str, end: str, reason: str, service: str | None) -> str:
        """A run that did not resolve the case: note why; hand off if it says so, else decide again."""
        now = self._rooms.clock.now()
        states = {"failed": "failed", "unverified": "unverified", "handed_off": "done", "stopped": "stopped"}
        with self._rooms.journal.write() as tx:
            record = tx.cases.need(case, lock=True)
            ran = tx.runs.need(run)
            tx.runs.put(ran.model_copy(update={"state": states.get(end, "failed"), "reason": reason, "ended_at": now}))
            if end in {"failed", "unverified"}:
                self._rooms.learn.after_failure(tx, ran.plan.runbook, now=now)
            over = not names.belongs(run, record)
            if not over and end == "handed_off":
                self._hand_over(tx, record, ran, reason, service, now=now)
                over = True
        self._rooms.act.release(run)
        return "handed_off" if over else "again"

    def _hand_over(self, tx: Tx, case: Case, run: Run, reason: str, service: str | None, *, now: dt.datetime) -> None:
        """To the running incident of a service if there is one, else to people."""
        incident = self._incident_of(tx, case, service) if service else None
        ends.end_case(tx, case, state="handed_off", outcome="handed_off", now=now, runbook=run.plan.runbook, why=reason)
        if incident is not None and case.requester:
            ends.join_incident(tx, case, incident, now=now)
        say(tx, conversation=case.conversation, case=case, text=reason, key=f"{run.id}:handed_off", at=now)

    def _incident_of(self, tx: Tx, case: Case, service: str) -> Case | None:
        known = self._rooms.world().service_named(service)
        live = tx.cases.live_of_service(known.id) if known else []
        return next((one for one in live if one.door == "machine" and one.id != case.id), None)

    def hand_off(self, case: str, decision: str) -> str:
        """Give the case to people, with what was found, and say so."""
        now = self._rooms.clock.now()
        with self._rooms.journal.write() as tx:
            record = tx.cases.need(case, lock=True)
            if not record.live:
                return "handed_off"
            made = tx.decisions.get(decision)
            why = made.summary if made else "people take over"
            done = ends.end_case(tx, record, state="handed_off", outcome="handed_off", now=now, why=why)
            told = made is not None and self._speak(tx, done, made, "handed_off", key=f"{decision}:off", now=now)
            if not told:
                text = words.handed_off(done)
                say(tx, conversation=done.conversation, case=done, text=text, key=f"{decision}:off", at=now)
        return "handed_off"

    def broke(self, case: str, reason: str) -> str:
        """The house itself failed: people take over."""
        now = self._rooms.clock.now()
        with self._rooms.journal.write() as tx:
            record = tx.cases.need(case, lock=True)
            for run in tx.runs.by(case=case, state="running"):
                tx.runs.put(run.model_copy(update={"state": "failed", "reason": reason, "ended_at": now}))
            if record.live:
                why = f"Tickless itself failed: {reason}"
                done = ends.end_case(tx, record, state="handed_off", outcome="handed_off", now=now, why=why)
                text = words.handed_off(done)
                say(tx, conversation=done.conversation, case=done, text=text, key=f"{case}:broke", at=now)
        return "handed_off"

    def close(self, case: str, decision: str, kind: str) -> str:
        """Refused or muted, with the reasons of the policies that said so."""
        now = self._rooms.clock.now()
        with self._rooms.journal.write() as tx:
            record = tx.cases.need(case, lock=True)
            if not record.live or kind == "over":
                return "closed"
            made = tx.decisions.need(decision)
            if kind == "mute":
                ends.end_case(tx, record, state="muted", outcome="muted", now=now, why=made.summary)
            else:
                done = ends.end_case(tx, record, state="resolved", outcome="refused", now=now, why=made.summary)
                text = f"{words.REFUSED} {made.summary}"
                say(tx, conversation=done.conversation, case=done, text=text, key=f"{decision}:no", at=now)
        return "closed"

    def withdraw(self, case: str, heard: dict[str, Any]) -> str:
        """The person changed their mind."""
        now = self._rooms.clock.now()
        with self._rooms.journal.write() as tx:
            record = tx.cases.need(case, lock=True)
            if record.live:
                ends.withdraw(tx, record, by=str(heard.get("by", "")), now=now)
        return "closed"

    def ask_person(self, case: str, decision: str) -> dict[str, Any]:
        """Put the decision's question: {"question", "seconds"}; question None: nobody can be asked."""
        now = self._rooms.clock.now()
        with self._rooms.journal.read() as tx:
            made = tx.decisions.need(decision)
            record = tx.cases.need(case)
        question = made.question
        if question is None or record.conversation is None:
            return {"question": None, "seconds": 0.0}
        identity = f"que_{decision.removeprefix('dec_')}"
        proof = question.about.startswith("step_up")
        sent = proof and self._step_up.send_code(record, made, code=f"code_{identity}")
        if proof and not sent and record.speaker is not None:
            self._no_phone(record, key=identity, now=now)
            return {"question": None, "seconds": 0.0}
        with self._rooms.journal.write() as tx:
            if tx.questions.get(identity) is None:
                tx.questions.put(
                    OpenQuestion(
                        id=identity,
                        case=case,
                        conversation=record.conversation,
                        about=question.about,
                        text=question.text,
                        choices=question.choices,
                        waiting=names.case_workflow(case, record.generation),
                        asked_at=now,
                    )
                )
            card: dict[str, object] | None = None
            if proof:
                card = {"kind": "code", "question": identity}
            elif question.choices:
                card = {"kind": "choices", "question": identity, "options": list(question.choices)}
            say(tx, conversation=record.conversation, case=record, text=question.text, key=identity, at=now, card=card)
        return {"question": identity, "seconds": self._rooms.pace.answer}

    def _no_phone(self, case: Case, *, key: str, now: dt.datetime) -> None:
        with self._rooms.journal.write() as tx:
            say(tx, conversation=case.conversation, case=case, text=words.NO_PHONE, key=f"{key}:phone", at=now)

    def take_answer(self, case: str, question: str, heard: dict[str, Any]) -> str:
        """Put what was answered into the case; it is decided again with it."""
        if heard["type"] != "answer" or heard["question"] != question:
            return "again"
        now = self._rooms.clock.now()
        with self._rooms.journal.read() as tx:
            asked = tx.questions.need(question)
        if asked.about.startswith("step_up"):
            self._step_up.take_code(case, asked, heard)
            return "again"
        with self._rooms.journal.write() as tx:
            record = tx.cases.need(case, lock=True)
            value = self._understood(asked, heard)
            if value is None:
                text = words.NOT_UNDERSTOOD
                say(tx, conversation=record.conversation, case=record, text=text, key=f"{question}:huh", at=now)
                return "again"
            inputs = {name: text for name, text in record.inputs.items() if name != f"{asked.about}?"}
            inputs[asked.about] = value
            tx.cases.put(record.model_copy(update={"inputs": inputs, "updated_at": now}))
        return "again"

    def _understood(self, asked: OpenQuestion, heard: dict[str, Any]) -> str | None:
        """The answer as a record's id where the question is about a record; else the words themselves."""
        said = str(heard["slots"].get(asked.about) or heard["text"]).strip()
        world = self._rooms.world()
        folded = said.casefold()
        if asked.about == "person":
            return _person(said, list(world.people.values()))
        known: dict[str, dict[str, str]] = {
            "app": {name.casefold(): a.id for a in world.apps.values() for name in (a.id, a.name, *a.aliases)},
            "device": {name.casefold(): d.id for d in world.devices.values() for name in (d.id, d.tag)},
            "service": {name.casefold(): s.id for s in world.services.values() for name in (s.id, s.name, *s.aliases)},
        }
        if asked.about in known:
            return known[asked.about].get(folded)
        return said or None

    def ask_approval(self, case: str, decision: str) -> dict[str, Any]:
        """Ask for a yes to this very plan: {"approval", "seconds"}."""
        now = self._rooms.clock.now()
        with self._rooms.journal.write() as tx:
            made = tx.decisions.need(decision)
            record = tx.cases.need(case, lock=True)
            approval = f"apr_{decision.removeprefix('dec_')}"
            if tx.approvals.get(approval) is None and made.plan is not None:
                asked = self._request(approval, record, made, now=now)
                tx.approvals.put(asked)
                tx.audit.append(at=now, actor="tickless", action="approval.asked", subject=made.plan.subject, case=case,
                                detail={"approval": approval, "plan_hash": asked.plan_hash,
                                        "approvers": list(asked.approvers), "role": asked.role})  # fmt: skip
                self._tell_approvers(tx, record, asked, now=now)
        return {"approval": approval, "seconds": self._rooms.pace.approval}

    def _request(self, approval: str, case: Case, made: Decision, *, now: dt.datetime) -> ApprovalRequest:
        plan = made.plan
        assert plan is not None
        return ApprovalRequest(
            id=approval,
            case=case.id,
            decision=made.id,
            plan_hash=plan.hash,
            requester=case.requester,
            role=made.role,
            approvers=made.approvers,
            beneficiary=(plan.inputs.get("person") or {}).get("id"),
            title=plan.title,
            summary=plan_summary(plan.title, plan.inputs),
            waiting=names.case_workflow(case.id, case.generation),
            asked_at=now,
            expires_at=now + dt.timedelta(seconds=self._rooms.pace.approval),
        )

    def _tell_approvers(self, tx: Tx, case: Case, asked: ApprovalRequest, *, now: dt.datetime) -> None:
        text = words.approval_asked(words.names(asked.approvers, self._rooms.world()))
        say(tx, conversation=case.conversation, case=case, text=text, key=asked.id, at=now)
        for person in asked.approvers:
            card: dict[str, object] = {
                "kind": "approval",
                "approval": asked.id,
                "title": asked.title,
                "summary": asked.summary,
            }
            say(tx, conversation=personal(person), case=case, text=asked.summary, key=f"{asked.id}:{person}", at=now,
                card=card, private=True)  # fmt: skip

    def close_approval(self, case: str, approval: str, silent: bool) -> str:
        """After an answer there is nothing to do but decide again; after silence the approval has expired."""
        if silent:
            now = self._rooms.clock.now()
            with self._rooms.journal.write() as tx:
                asked = tx.approvals.need(approval, lock=True)
                if asked.state == "pending":
                    tx.approvals.put(asked.model_copy(update={"state": "expired", "answered_at": now}))
        return "again"


def plan_summary(title: str, inputs: dict[str, Any]) -> str:
    """A plan in one sentence for the person who is to approve it."""
    parts = []
    for name, value in inputs.items():
        if isinstance(value, dict):
            parts.append(f"{name}: {value.get('name') or value.get('tag') or value.get('id')}")
        elif value is not None:
            parts.append(f"{name}: {value}")
    return f"{title} ({', '.join(parts)})" if parts else title


def _person(said: str, people: list[Person]) -> str | None:
    """The one person with this id, name, login or address; nobody if two fit."""
    folded = said.casefold()
    found = [
        p.id for p in people
        if folded in {p.id.casefold(), p.username.casefold(), p.email.casefold(), p.name.casefold()}
        or folded == f"{p.name} ({p.department}, {p.username})".casefold()
    ]  # fmt: skip
    return found[0] if len(found) == 1 else None
