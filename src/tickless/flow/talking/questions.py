"""Open questions: which one a message answers, wherever it was asked, and how the answer gets to the run that waits for it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable

from tickless.domain.case import Case
from tickless.domain.decision import OpenQuestion, Question
from tickless.domain.finding import Finding
from tickless.domain.signal import Sender
from tickless.flow.rooms import Rooms
from tickless.flow.saying.labels import LOOKED_BACK, cases_of
from tickless.flow.talking.form_words import read_lines
from tickless.flow.talking.routing import Route, Waiting, fits, route
from tickless.journal import Tx

INTRODUCTION = 6
"""Words of which somebody's name or user name may be one, though nobody has it."""
TAKEN_UP = dt.timedelta(days=30)
"""How long after it was given up a question can still be answered."""
_SIX = re.compile(r"(?<!\d)\d{3}[ -]?\d{3}(?!\d)")


class Questions:
    """In the caller's transaction."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms

    def here(self, tx: Tx, conversation: str) -> list[OpenQuestion]:
        """What waits for an answer in this conversation, newest first."""
        found = tx.questions.by(conversation=conversation, state="open")
        return sorted((one for one in found if _asks(tx, one)), key=lambda one: (one.asked_at, one.id), reverse=True)

    def elsewhere(self, tx: Tx, sender: Sender) -> list[OpenQuestion]:
        """What this person was asked in other conversations, newest first. Only of accounts that we know as theirs."""
        if sender.person is None or sender.assurance == "none":
            return []
        found: list[OpenQuestion] = []
        for case in cases_of(tx, sender.person):
            found += [
                one for one in tx.questions.by(case=case.id, state="open") if one.conversation == case.conversation
            ]
        return sorted(
            (one for one in found if one.conversation != sender.conversation and _asks(tx, one)),
            key=lambda one: (one.asked_at, one.id),
            reverse=True,
        )

    def route(self, tx: Tx, questions: Iterable[OpenQuestion], text: str, *, writer: str | None) -> Route:
        mentions = self._rooms.understanding().gazetteer.link(text, writer=writer)
        return route(text, [self._waiting(tx, one) for one in questions], mentions)

    @staticmethod
    def _waiting(tx: Tx, question: OpenQuestion) -> Waiting:
        return Waiting(question.id, tx.cases.need(question.case).number, plain_question(question))

    def slots_of(self, question: OpenQuestion, text: str, finding: Finding, *, writer: str | None) -> dict[str, str]:
        """What the message says of all that the question asks for: the fields of a form may come in one sentence."""
        slots = dict(finding.slots)
        if question.about == "who":
            return self._who(text, slots)
        wanted = {field.name for field in question.fields}
        if not wanted:
            return slots
        slots |= read_lines(text, question.fields)
        mentions = self._rooms.understanding().gazetteer.link(text, writer=writer)
        for one in mentions:
            if one.kind in wanted and one.ref and one.kind not in slots:
                slots[one.kind] = one.ref
        for field in question.fields:
            chosen = [option for option in field.options if option.casefold() in text.casefold()]
            if field.name not in slots and len(chosen) == 1:
                slots[field.name] = chosen[0]
        return slots

    def _who(self, text: str, slots: dict[str, str]) -> dict[str, str]:
        """The person who is named by user name, address or name; nobody in doubt, and a guess is no harm: a code follows."""
        people = self._rooms.world().people.values()
        said = {word.strip(".,;:!?<>()'\"").casefold() for word in text.split()}
        exact = [one.id for one in people if {one.username.casefold(), one.email.casefold(), one.id.casefold()} & said]
        named = {
            one.ref
            for one in self._rooms.understanding().gazetteer.link(text, writer=None)
            if one.kind == "person" and one.ref
        }
        found = exact or [one for one in named if one]
        return {"person": found[0]} if len(found) == 1 else {}

    def may_introduce(self, question: OpenQuestion, text: str) -> bool:
        """Whether this can be the answer to “who are you”: a long sentence in which nobody is named says something else."""
        return question.about != "who" or len(text.split()) <= INTRODUCTION or bool(self._who(text, {}))

    def deliver(self, tx: Tx, question: OpenQuestion, *, text: str, slots: dict[str, str]) -> None:
        """Give an answer to the run that waits for it, once."""
        tx.questions.put(question.over("answered", self._rooms.clock.now()))
        message = {"type": "answer", "question": question.id, "text": text, "slots": slots}
        tx.coordination.post(f"answer:{question.id}", workflow=question.waiting, message=message)

    def given_up(self, tx: Tx, sender: Sender, text: str, *, now: dt.datetime) -> tuple[OpenQuestion, Case] | None:
        """The newest question here that nobody answered in time, so that people got the case, if this answers it now."""
        table = tx.cases.table.c
        mine = table.conversation == sender.conversation
        if sender.person is not None and sender.assurance != "none":
            mine = mine | (table.requester == sender.person)
        if _a_colleague_speaks(tx, sender.conversation):
            return None
        mentions = self._rooms.understanding().gazetteer.link(text, writer=sender.person)
        for case in tx.cases.where(mine, table.state == "handed_off", order=table.number.desc(), limit=LOOKED_BACK):
            asked = [one for one in tx.questions.by(case=case.id) if one.state in {"withdrawn", "expired"}]
            last = max(asked, key=lambda one: (one.asked_at, one.id), default=None)
            if last is None or now - last.asked_at > TAKEN_UP or last.about.startswith("step:"):
                continue
            if fits(text, plain_question(last), mentions):
                return last, case
        return None


def _a_colleague_speaks(tx: Tx, conversation: str) -> bool:
    """Whether the last word that was not the person's own is a colleague's: then the answer is for them."""
    table = tx.messages.table.c
    lines = tx.messages.where(table.conversation == conversation, order=table.id.desc(), limit=10)
    return next((line.author == "operator" for line in lines if line.author != "person"), False)


def plain_question(question: OpenQuestion) -> Question:
    """As understanding takes it."""
    about = "step_up" if question.about.startswith("step_up") else question.about
    return Question(about=about, text=question.text, choices=question.choices, fields=question.fields)


def _asks(tx: Tx, question: OpenQuestion) -> bool:
    """A proof that waits for another case's code is not a question of its own, and nobody waits for what a case that is over
    asked. Of one that people have it is asked whether it works."""
    case = tx.cases.get(question.case)
    if case is None or not (case.live or case.state == "handed_off"):
        return False
    return not question.about.startswith("step_up") or tx.access.one_time(f"code_{question.id}") is not None


def masked(text: str) -> str:
    """A message as it is kept while a code is waited for: the code itself is nobody's business afterwards."""
    return _SIX.sub("······", text)
