"""Asking people: questions, one-time codes and approvals of a case. The steps are synchronous, small, safe to run again."""

from __future__ import annotations

import datetime as dt
from typing import Any

from tickless.domain.case import Case
from tickless.domain.decision import ApprovalRequest, Decision, OpenQuestion
from tickless.domain.person import Person
from tickless.flow import ends, names, words
from tickless.flow.conversation import personal, say
from tickless.flow.rooms import Rooms
from tickless.flow.step_up import StepUp
from tickless.journal import Tx
from tickless.stages.decide.core import WORKAROUND, WORKAROUND_ANSWERS


class Asking:
    """One method per step name; every argument and result is small JSON."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms
        self._step_up = StepUp(rooms)

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
            if asked.about == WORKAROUND and value == WORKAROUND_ANSWERS[0]:
                return self._worked_around(tx, record, inputs, now=now)
            tx.cases.put(record.model_copy(update={"inputs": inputs, "updated_at": now}))
        return "again"

    @staticmethod
    def _worked_around(tx: Tx, case: Case, inputs: dict[str, str], *, now: dt.datetime) -> str:
        """A workaround that helps is the person's word, so the case is confirmed; the error itself stays known."""
        helped = case.model_copy(update={"inputs": inputs})
        done = ends.end_case(tx, helped, state="resolved", outcome="confirmed", now=now, why="the workaround helps")
        say(
            tx, conversation=done.conversation, case=done, text=words.WORKED_AROUND, key=f"{case.id}:workaround", at=now
        )
        return "resolved"

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
