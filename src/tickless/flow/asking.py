"""Asking people: questions, one-time codes and approvals of a case. The steps are synchronous, small, safe to run again."""

from __future__ import annotations

import datetime as dt
from typing import Any

from tickless.domain.card import Card, ChoicesCard, CodeCard, FormCard, store_card
from tickless.domain.case import Case
from tickless.domain.decision import OpenQuestion, Question
from tickless.domain.person import Person
from tickless.flow import names
from tickless.flow.approvals.asking import put_requests
from tickless.flow.ending import ends
from tickless.flow.identity.introducing import meaning_oneself, somebody_new
from tickless.flow.identity.step_up import Sent, StepUp
from tickless.flow.rooms import Rooms
from tickless.flow.saying import phrases, words
from tickless.flow.saying.conversation import say
from tickless.flow.talking.does_it_help import helped
from tickless.journal import Tx
from tickless.stages.decide.core import CLAIMED, NOBODY, WORKAROUND, WORKAROUND_ANSWERS


class Asking:
    """One method per step name; every argument and result is small JSON."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms
        self._step_up = StepUp(rooms)

    def ask_person(self, case: str, decision: str) -> dict[str, Any]:
        """Put the decision's question: {"question", "seconds"}; question None: nobody can be asked, or the case is over."""
        now = self._rooms.clock.now()
        with self._rooms.journal.read() as tx:
            made = tx.decisions.need(decision)
            record = tx.cases.need(case)
        question = made.question
        if question is None or record.conversation is None or not names.belongs(decision, record):
            return {"question": None, "seconds": 0.0}
        identity = f"que_{decision.removeprefix('dec_')}"
        with self._rooms.journal.read() as tx:
            same = _asked_already(tx, record, question, identity)
        if same is not None:
            return {"question": same, "seconds": self._rooms.pace.answer}
        sent: Sent = "sent"
        if question.about.startswith("step_up"):
            sent = self._step_up.send_code(record, made, code=f"code_{identity}")
            if sent not in {"sent", "joined"} and record.speaker is not None:
                self._no_code(record, sent, key=identity, now=now)
                return {"question": None, "seconds": 0.0}
        with self._rooms.journal.write() as tx:
            record = tx.cases.need(case, lock=True)
            if not names.belongs(decision, record):
                return {"question": None, "seconds": 0.0}
            if tx.questions.get(identity) is None:
                _withdraw_others(tx, record, identity, now=now)
                tx.questions.put(_open(identity, record, question, now))
            if sent != "joined":  # else the code that is on its way already proves this, too
                card = store_card(_card(identity, question))
                say(
                    tx,
                    conversation=record.conversation,
                    case=record,
                    text=question.text,
                    key=identity,
                    at=now,
                    card=card,
                )
        return {"question": identity, "seconds": self._rooms.pace.answer}

    def _no_code(self, case: Case, sent: Sent, *, key: str, now: dt.datetime) -> None:
        told = {"too_many": phrases.TOO_MANY_CODES, "unsent": words.CODE_NOT_SENT}
        text = told.get(sent, words.NO_PHONE)
        with self._rooms.journal.write() as tx:
            self._step_up.release(tx, case, code=f"code_{key}", now=now)
            say(tx, conversation=case.conversation, case=case, text=text, key=f"{key}:phone", at=now)

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
            if not names.belongs(question, record):
                return "again"
            if asked.about == "who":
                tx.cases.put(self._claimed(record, heard, now))
                return "again"
            heard = meaning_oneself(record, asked, heard)
            found = somebody_new(self._rooms.runbooks, record, asked, heard) or self._understood(asked, heard)
            if not found:
                text = words.NOT_UNDERSTOOD
                say(tx, conversation=record.conversation, case=record, text=text, key=f"{question}:huh", at=now)
                return "again"
            inputs = {name: text for name, text in record.inputs.items() if name.removesuffix("?") not in found}
            inputs |= found
            if found.get(WORKAROUND) == WORKAROUND_ANSWERS[0]:
                return self._worked_around(tx, record, inputs, now=now)
            subject = f"newcomer:{inputs['new_person']}"[:200] if "new_person" in found else record.subject
            tx.cases.put(record.model_copy(update={"inputs": inputs, "subject": subject, "updated_at": now}))
        return "again"

    def _claimed(self, case: Case, heard: dict[str, Any], now: dt.datetime) -> Case:
        """Who somebody unknown says they are. That nobody is called so is noted, and never told."""
        said = str(heard["slots"].get("person") or heard["text"]).strip()
        person = (
            said if said in self._rooms.world().people else _person(said, list(self._rooms.world().people.values()))
        )
        inputs = {**case.inputs, CLAIMED: person or NOBODY}
        return case.model_copy(update={"inputs": inputs, "updated_at": now})

    @staticmethod
    def _worked_around(tx: Tx, case: Case, inputs: dict[str, str], *, now: dt.datetime) -> str:
        """A workaround that helps is the person's word, so the case is confirmed; the error itself stays known."""
        helped = case.model_copy(update={"inputs": inputs})
        done = ends.end_case(tx, helped, state="resolved", outcome="confirmed", now=now, why="the workaround helps")
        say(
            tx, conversation=done.conversation, case=done, text=words.WORKED_AROUND, key=f"{case.id}:workaround", at=now
        )
        return "resolved"

    def _understood(self, asked: OpenQuestion, heard: dict[str, Any]) -> dict[str, str]:
        """What the answer says, by name of the input: records by their ids where it is about records, else the words."""
        names_asked = [field.name for field in asked.fields] or [asked.about]
        found: dict[str, str] = {}
        for name in names_asked:
            alone = name == asked.about and not any(one in heard["slots"] for one in names_asked)
            said = str(heard["slots"].get(name) or (heard["text"] if alone else "")).strip()
            value = self._value(name, said) if said else None
            if value is not None:
                found[name] = value
        return found

    def _value(self, name: str, said: str) -> str | None:
        world = self._rooms.world()
        folded = said.casefold()
        if name == WORKAROUND:
            yes = helped(said)
            return None if yes is None else WORKAROUND_ANSWERS[0 if yes else 1]
        if name in {"person", "manager"}:
            return said if said in world.people else _person(said, list(world.people.values()))
        known: dict[str, dict[str, str]] = {
            "app": {alias.casefold(): a.id for a in world.apps.values() for alias in (a.id, a.name, *a.aliases)},
            "device": {alias.casefold(): d.id for d in world.devices.values() for alias in (d.id, d.tag)},
            "service": {
                alias.casefold(): s.id for s in world.services.values() for alias in (s.id, s.name, *s.aliases)
            },
        }
        return known[name].get(folded) if name in known else said

    def ask_approval(self, case: str, decision: str) -> dict[str, Any]:
        """Ask for a yes to this very plan: {"approval", "seconds"}. Nobody is asked for a case that is over."""
        now = self._rooms.clock.now()
        with self._rooms.journal.write() as tx:
            made = tx.decisions.need(decision)
            record = tx.cases.need(case, lock=True)
            approval = f"apr_{decision.removeprefix('dec_')}"
            if not names.belongs(decision, record):
                return {"approval": approval, "seconds": 0.0}
            summary = plan_summary(made.plan.title, made.plan.inputs) if made.plan is not None else ""
            asked = put_requests(tx, self._rooms, record, made, summary=summary, now=now)
        if asked is None:
            return {"approval": approval, "seconds": self._rooms.pace.approval}
        return {"approval": asked.id, "seconds": max(0.0, (asked.expires_at - now).total_seconds())}

    def close_approval(self, case: str, approval: str, silent: bool) -> str:
        """After an answer there is nothing to do but decide again; after silence the approval has expired."""
        if silent:
            now = self._rooms.clock.now()
            with self._rooms.journal.write() as tx:
                asked = tx.approvals.get(approval, lock=True)
                if asked is not None and asked.state == "pending":
                    tx.approvals.put(asked.model_copy(update={"state": "expired", "answered_at": now}))
        return "again"


def _asked_already(tx: Tx, case: Case, question: Question, identity: str) -> str | None:
    """The same question of this case that waits for its answer already: nobody is asked twice."""
    waiting = names.case_workflow(case.id, case.generation)
    for one in tx.questions.by(case=case.id, state="open"):
        if one.about.startswith("step_up") and tx.access.one_time(f"code_{one.id}") is None:
            continue  # it waited for another case's code, which may be gone
        same = (one.about, one.text, one.choices, one.fields) == (
            question.about,
            question.text,
            question.choices,
            question.fields,
        )
        if same and one.waiting == waiting and one.id != identity:
            return one.id
    return None


def _withdraw_others(tx: Tx, case: Case, identity: str, *, now: dt.datetime) -> None:
    """What this case's own story asked before is over when it asks something else."""
    waiting = names.case_workflow(case.id, case.generation)
    for one in tx.questions.by(case=case.id, state="open"):
        if one.waiting == waiting and one.id != identity:
            tx.questions.put(one.over("withdrawn", now))


def _open(identity: str, case: Case, question: Question, now: dt.datetime) -> OpenQuestion:
    return OpenQuestion(
        id=identity,
        case=case.id,
        conversation=case.conversation,
        about=question.about,
        text=question.text,
        choices=question.choices,
        fields=question.fields,
        waiting=names.case_workflow(case.id, case.generation),
        asked_at=now,
    )


def _card(identity: str, question: Question) -> Card | None:
    """What goes with the question: a field for the code, a form for several things, choices, or nothing."""
    if question.about.startswith("step_up"):
        return CodeCard(question=identity)
    if question.fields:
        return FormCard(question=identity, title=phrases.FORM, fields=question.fields)
    return ChoicesCard(question=identity, options=question.choices) if question.choices else None


def plan_summary(title: str, inputs: dict[str, Any]) -> str:
    """A plan in one sentence for the person who is to approve it."""
    parts = []
    for name, value in inputs.items():
        if isinstance(value, dict):
            parts.append(f"{name}: {value.get('name') or value.get('tag') or value.get('names') or value.get('id')}")
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
