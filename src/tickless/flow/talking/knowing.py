"""Answering from knowledge: the answer given, whether it helped, and what nobody could answer."""

from __future__ import annotations

import datetime as dt
from typing import Any

from tickless.domain.card import AnswerCard, store_card
from tickless.domain.case import Case
from tickless.domain.decision import OpenQuestion
from tickless.domain.finding import Evidence, Finding
from tickless.domain.knowledge import Asked
from tickless.domain.signal import Deed, Sender, Signal
from tickless.flow import names
from tickless.flow.ending import ends
from tickless.flow.rooms import Rooms
from tickless.flow.saying import words
from tickless.flow.saying.conversation import say
from tickless.flow.talking import does_it_help
from tickless.flow.talking.giving_back import GivingBack
from tickless.flow.talking.languages import spoken_in
from tickless.flow.talking.looking_up import composer_for
from tickless.flow.talking.new_names import as_answer
from tickless.flow.talking.offering import as_looking_round
from tickless.journal import Tx
from tickless.practices.knowledge.answering import Answer, compose, find
from tickless.practices.knowledge.library import Reader
from tickless.stages.learn.service import LearnRoom

ABOUT = "answered"
"""What the question “did that answer it?” is about."""
RESCUED = frozenset({"out_of_scope", "need"})


class Knowing:
    """The steps of a question's workflow, and what hearing does with words that an article speaks of."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms
        self._giving_back = GivingBack(rooms)

    def give_answer(self, case: str, decision: str) -> dict[str, Any]:
        """Answer from the articles and ask whether that helped: {"question", "seconds"}; question None: there is no answer."""
        now = self._rooms.clock.now()
        seconds = self._rooms.pace.answer
        identity = f"que_{decision.removeprefix('dec_')}"
        with self._rooms.journal.read() as tx:
            record = tx.cases.need(case)
            if tx.questions.get(identity) is not None:
                return {"question": identity, "seconds": seconds}
            answer = self.answer_for(tx, record)
            reader = self._reader_of(tx, record)
        if answer is None or record.conversation is None:
            return {"question": None, "seconds": 0.0}
        answer = compose(answer, question_of(record), composer_for(self._rooms, reader))
        with self._rooms.journal.write() as tx:
            record = tx.cases.need(case, lock=True)
            if not names.belongs(decision, record):
                return {"question": None, "seconds": 0.0}
            again = bool(tx.asked.by(conversation=record.conversation) and self._given(tx, record))
            self._write(tx, record, answer, identity=identity, again=again, now=now)
        return {"question": identity, "seconds": seconds}

    def _write(self, tx: Tx, case: Case, answer: Answer, *, identity: str, again: bool, now: dt.datetime) -> None:
        tx.asked.put(
            Asked(
                id=identity.replace("que_", "ask_", 1),
                conversation=case.conversation or "",
                case=case.id,
                person=case.speaker,
                question=question_of(case)[:1_000],
                article=answer.article,
                section=answer.section,
                score=round(answer.confidence, 4),
                at=now,
            )
        )
        tx.questions.put(
            OpenQuestion(
                id=identity,
                case=case.id,
                conversation=case.conversation,
                about=ABOUT,
                text=words.DID_IT_ANSWER,
                waiting=names.case_workflow(case.id, case.generation),
                asked_at=now,
            )
        )
        card = store_card(AnswerCard(case=case.id, citations=answer.citations))
        text = f"{words.PERHAPS_THIS}\n\n{answer.text}" if again else answer.text
        say(tx, conversation=case.conversation, case=case, text=f"{text}\n\n{words.DID_IT_ANSWER}", key=identity, at=now,
            card=card)  # fmt: skip

    def answer_for(self, tx: Tx, case: Case) -> Answer | None:
        """The best answer that was not given yet, of what this person may read where they write."""
        given = {f"{one.article}#{one.section}" for one in self._given(tx, case)}
        return find(
            self._rooms.library(),
            question_of(case),
            reader=self._reader_of(tx, case),
            world=self._rooms.world(),
            skip=given,
        )

    @staticmethod
    def _given(tx: Tx, case: Case) -> list[Asked]:
        found = tx.asked.by(conversation=case.conversation)
        return [one for one in found if one.case == case.id and one.article]

    def _reader_of(self, tx: Tx, case: Case) -> Reader:
        return self._reader(tx, case.speaker, conversation=case.conversation, sure=case.assurance != "none")

    def _reader(self, tx: Tx, person: str | None, *, conversation: str | None, sure: bool) -> Reader:
        thread = tx.threads.get(conversation or "")
        known = self._rooms.world().people.get(person or "") if sure else None
        return Reader(known, private=thread is None or thread.private)

    def take_feedback(self, case: str, question: str, heard: dict[str, Any] | None) -> str:
        """Yes: confirmed. No: “again”, for the next best passage or a colleague. Silence: assumed, which is no success."""
        now = self._rooms.clock.now()
        with self._rooms.journal.write() as tx:
            record = tx.cases.need(case, lock=True)
            if not names.belongs(question, record):
                return "closed"
            asked = tx.questions.need(question)
            if heard is not None and (heard["type"] != "answer" or heard["question"] != question):
                return self._asked_anew(tx, asked, now=now)
            if heard is None:
                tx.questions.put(asked.over("expired", now))
                why = "an article answered it, and nobody objected"
                ends.end_case(tx, record, state="resolved", outcome="assumed", now=now, why=why)
                return "resolved"
            tx.questions.put(asked.over("answered", now))
            yes = does_it_help.helped(str(heard.get("text", ""))) is True
            note_help(tx, question.replace("que_", "ask_", 1), helped=yes)
            if not yes:
                return "again"
            why = "the person says that the article answered it"
            done = ends.end_case(tx, record, state="resolved", outcome="confirmed", now=now, why=why)
            say(
                tx, conversation=done.conversation, case=done, text=words.GLAD_IT_HELPED, key=f"{question}:glad", at=now
            )
        return "resolved"

    @staticmethod
    def _asked_anew(tx: Tx, asked: OpenQuestion, *, now: dt.datetime) -> str:
        """Something else was said of the case, such as a correction: it is decided again with it, and nobody said anything of
        the answer. The passage may be given once more."""
        tx.questions.put(asked.over("withdrawn", now))
        tx.asked.delete(asked.id.replace("que_", "ask_", 1))
        return "again"

    def reread(self, tx: Tx, finding: Finding, signal: Signal, sender: Sender) -> Finding:
        """What was not understood, or is out of scope, is a question after all where an article clearly speaks of it; and
        what asks for something done to be undone says “cancel”."""
        finding = self._giving_back.reread(tx, finding, signal, sender, now=self._rooms.clock.now())
        finding = as_answer(tx, self._rooms, finding, signal, sender)
        finding = as_looking_round(finding, signal, known=lambda said: self._surely(tx, said, sender) is not None)
        text = (signal.body or signal.title).tame(1_000)
        if finding.act not in RESCUED or finding.need is not None or spoken_in(finding) or len(text.split()) < 2:
            return finding
        answer = self._surely(tx, text, sender)
        if answer is None:
            return finding
        evidence = Evidence(
            text=f"the article “{answer.citations[0].title}” speaks of it", source="knowledge", ref=answer.article
        )
        return finding.model_copy(
            update={"act": "need", "need": "question", "kind": "question", "slots": {**finding.slots, "question": text[:500]},
                    "confidence": min(1.0, answer.confidence), "evidence": (*finding.evidence, evidence)}
        )  # fmt: skip

    def _surely(self, tx: Tx, text: str, sender: Sender) -> Answer | None:
        """The answer of an article that clearly speaks of it."""
        reader = self._reader(tx, sender.person, conversation=sender.conversation, sure=sender.assurance != "none")
        return find(self._rooms.library(), text, reader=reader, world=self._rooms.world(), surely=True)


def question_of(case: Case) -> str:
    """What was asked, in the person's own words."""
    return case.inputs.get("question") or case.title.raw


def note_help(tx: Tx, asked: str, *, helped: bool, comment: str = "") -> None:
    """Write down what the person said of an answer."""
    record = tx.asked.get(asked, lock=True)
    if record is not None:
        tx.asked.put(record.model_copy(update={"helped": helped, "comment": comment[:500] or record.comment}))


def unanswered(tx: Tx, case: Case, *, now: dt.datetime) -> None:
    """A question went to people: it counts as one that no article answers, once for each time it was asked."""
    if case.kind != "question" or case.door != "human":
        return
    tx.asked.put(
        Asked(
            id=f"ask_{case.id.removeprefix('case_')}_{case.generation}_none",
            conversation=case.conversation or "",
            case=case.id,
            person=case.speaker,
            question=question_of(case)[:1_000],
            at=now,
        )
    )


def helped(tx: Tx, deed: Deed, sender: Sender, *, learn: LearnRoom, now: dt.datetime) -> list[Case]:
    """A button below an answer (`helped` or `not_helped`; `ref` is the case). Returns the cases that begin anew.

    While the answer still waits, the case's run hears it; later it is written down, an assumed end becomes a confirmed one, and
    an answer that did not help opens the case again. Somebody else's button is left alone.
    """
    case = tx.cases.get(deed.ref, lock=True)
    if case is None or not _takes_part(case, sender):
        return []
    yes = deed.kind == "helped"
    waits = [one for one in tx.questions.by(case=case.id, state="open") if one.about == ABOUT]
    if waits:
        question = max(waits, key=lambda one: one.asked_at)
        tx.questions.put(question.over("answered", now))
        message: dict[str, Any] = {
            "type": "answer",
            "question": question.id,
            "text": "yes" if yes else "no",
            "slots": {},
        }
        tx.coordination.post(f"answer:{question.id}", workflow=question.waiting, message=message)
        return []
    given = [one for one in tx.asked.by(conversation=case.conversation) if one.case == case.id and one.article]
    if not given or case.state != "resolved" or case.outcome not in {"assumed", "confirmed"}:
        return []
    note_help(tx, given[-1].id, helped=yes)
    who = sender.person or sender.account
    if yes:
        if case.outcome == "assumed":
            tx.cases.put(case.model_copy(update={"outcome": "confirmed", "updated_at": now}))
            ends.recount(tx, case, outcome="confirmed")
        return []
    why = "the person says that the answer did not help"
    return [ends.reopen(tx, case, by=who, why=why, learn=learn, now=now)]


def _takes_part(case: Case, sender: Sender) -> bool:
    mine = sender.person is not None and sender.person in {case.requester, case.speaker}
    return case.conversation == sender.conversation or mine
