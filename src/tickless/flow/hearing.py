"""Hearing a person out: what a message does to the conversation and its cases. In the intake's transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from tickless.domain.case import Case, Message
from tickless.domain.decision import OpenQuestion, Question
from tickless.domain.finding import Finding
from tickless.domain.signal import Sender, Signal
from tickless.flow import ends, words
from tickless.flow.bindings import note_thread, recognise
from tickless.flow.conversation import say
from tickless.flow.experience import ask_rating
from tickless.flow.joining import Joining
from tickless.flow.knowing import Knowing
from tickless.flow.rooms import Rooms
from tickless.journal import Tx
from tickless.kit.ids import new_id
from tickless.stages.understand.dialogue import DialogueContext

Reply = Callable[[str], None]

MAX_NEEDS = 5
"""Needs taken up from one message."""


class Hearing:
    """Returns the cases that begin now; everything else it writes, posts or says itself."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms
        self._joining = Joining(rooms)
        self._knowing = Knowing(rooms)

    def hear(self, tx: Tx, signal: Signal, *, now: dt.datetime) -> list[Case]:
        """Take in one message of a person."""
        if signal.sender is None:
            return []
        sender = recognise(tx, signal.sender)
        note_thread(tx, sender, now=now)
        self._write_down(tx, signal, sender, now)
        if sender.automatic:
            return []
        question = self._open_question(tx, sender.conversation)
        live = tx.cases.live_of_conversation(sender.conversation)
        context = DialogueContext(
            writer=sender.person,
            question=_asked(question),
            cases=tuple(live) or self._just_solved(tx, sender),
        )
        findings = self._rooms.understanding().understand(signal, context=context, now=now)
        begun: list[Case] = []
        needs = 0
        if len(findings) == 1:
            findings = (self._knowing.reread(tx, findings[0], signal, sender),)
        for finding in findings:
            tx.findings.put(finding)
            if finding.act == "need":
                needs += 1
                if needs <= MAX_NEEDS:
                    begun += self._need(tx, signal, finding, sender, now=now)
            else:
                begun += self._act(tx, signal, finding, sender, question=question, live=live, now=now)
        return begun

    def _write_down(self, tx: Tx, signal: Signal, sender: Sender, now: dt.datetime) -> None:
        person = self._rooms.world().people.get(sender.person or "")
        tx.messages.put(
            Message(
                id=new_id("msg"),
                conversation=sender.conversation,
                author="person",
                name=person.name if person else sender.account,
                text=signal.body or signal.title,
                at=signal.received_at if signal.received_at <= now else now,
            )
        )

    @staticmethod
    def _open_question(tx: Tx, conversation: str) -> OpenQuestion | None:
        """The newest question that waits for an answer here."""
        found = tx.questions.by(conversation=conversation, state="open")
        return max(found, key=lambda question: question.asked_at) if found else None

    def _act(
        self,
        tx: Tx,
        signal: Signal,
        finding: Finding,
        sender: Sender,
        *,
        question: OpenQuestion | None,
        live: list[Case],
        now: dt.datetime,
    ) -> list[Case]:
        def reply(text: str) -> None:
            say(tx, conversation=sender.conversation, case=None, text=text, key=f"{signal.id}:{finding.id}", at=now)

        if question is not None and finding.act in {"answer", "confirm", "deny"}:
            self._answer(tx, signal, finding, question)
        elif finding.act == "cancel":
            self._cancel(tx, live, sender, question=question, now=now, reply=reply)
        elif finding.act == "deny":
            return self._not_solved(tx, sender, now=now, reply=reply)
        elif finding.act in {"confirm", "thanks"}:
            reply(self._confirmed(tx, sender, now=now) if finding.act == "confirm" else words.THANKS)
            if (solved := self._last_solved(tx, sender)) is not None:
                ask_rating(tx, solved, now=now)
        elif finding.act == "small_talk":
            reply(words.HELLO)
        elif finding.act == "out_of_scope":
            foreign = any(piece.text.startswith("language:") for piece in finding.evidence)
            reply(words.OTHER_LANGUAGE if foreign else words.OUT_OF_SCOPE)
        else:
            reply(words.NOT_UNDERSTOOD)
        return []

    @staticmethod
    def _answer(tx: Tx, signal: Signal, finding: Finding, question: OpenQuestion) -> None:
        tx.questions.put(question.model_copy(update={"state": "answered"}))
        said = (signal.body or signal.title).tame(1_000)
        value = finding.slots.get(question.about, finding.slots.get("answer", said))
        message = {
            "type": "answer",
            "question": question.id,
            "text": value if question.choices else said,
            "slots": dict(finding.slots),
        }
        if finding.act in {"confirm", "deny"} and not finding.slots:
            message["text"] = "yes" if finding.act == "confirm" else "no"
        tx.coordination.post(f"answer:{question.id}", workflow=question.waiting, message=message)

    def _cancel(
        self, tx: Tx, live: list[Case], sender: Sender, *, question: OpenQuestion | None, now: dt.datetime, reply: Reply
    ) -> None:
        mine = [case for case in live if case.state in {"open", "awaiting_person", "awaiting_approval"}]
        chosen = next((case for case in mine if question is not None and case.id == question.case), None)
        target = chosen or (mine[0] if mine else None)
        if target is None:
            reply(words.NOTHING_TO_CANCEL)
            return
        ends.withdraw(tx, target, by=sender.person or sender.account, now=now)
        ends.tell_runs(tx, target, by=sender.person or sender.account)

    def _not_solved(self, tx: Tx, sender: Sender, *, now: dt.datetime, reply: Reply) -> list[Case]:
        """“No, it doesn't work”: the newest solved case of the conversation is open again."""
        case = self._last_solved(tx, sender)
        if case is None:
            still_down = self._joining.still_down(tx, sender, now=now)
            reply(words.NOT_UNDERSTOOD if still_down is None else words.SORRY_AGAIN)
            return still_down or []
        back = ends.reopen(
            tx, case, by=sender.person or sender.account, why="the person says it is not solved", now=now
        )
        reply(words.SORRY_AGAIN)
        return [back]

    def _confirmed(self, tx: Tx, sender: Sender, *, now: dt.datetime) -> str:
        case = self._last_solved(tx, sender)
        if case is None:
            return words.HELLO
        tx.audit.append(at=now, actor=sender.person or sender.account, action="case.person_confirmed",
                        subject=case.subject or case.id, case=case.id, detail={"outcome": case.outcome})  # fmt: skip
        if case.outcome == "assumed":
            tx.cases.put(case.model_copy(update={"outcome": "confirmed", "updated_at": now}))
            ends.recount(tx, case, outcome="confirmed")
        return words.GLAD

    def _just_solved(self, tx: Tx, sender: Sender) -> tuple[Case, ...]:
        """What “it works now” may be about when nothing is live."""
        case = self._last_solved(tx, sender)
        return (case,) if case is not None else ()

    @staticmethod
    def _last_solved(tx: Tx, sender: Sender) -> Case | None:
        table = tx.cases.table.c
        found = tx.cases.where(
            table.conversation == sender.conversation, table.state == "resolved", order=table.updated_at.desc(), limit=1
        )
        case = next(iter(found), None)
        return case if case is not None and case.outcome not in {"refused", "withdrawn"} else None

    def _need(self, tx: Tx, signal: Signal, finding: Finding, sender: Sender, *, now: dt.datetime) -> list[Case]:
        if finding.need in {None, "approval_answer"}:
            text = words.SAY_AGAIN if finding.need is None else words.APPROVALS
            say(
                tx,
                conversation=sender.conversation,
                case=None,
                text=text,
                key=f"{signal.id}:{finding.id}",
                at=now,
            )
            return []
        if finding.need == "status_of_case":
            self._status(tx, signal, sender, now=now)
            return []
        placement = self._rooms.correlate.need(tx, signal, finding, sender, now=now)
        case = placement.case
        if case is None:
            return []
        if placement.how == "open":
            kept, begun = self._joining.placed(tx, case, signal, now=now)
            begun = [*begun, *([kept] if kept is not None else [])]
            tx.audit.append(at=now, actor=sender.person or f"{sender.channel}:{sender.account}", action="case.open",
                            subject=case.subject or case.id, case=case.id,
                            detail={"signal": signal.id, "need": case.need, "assurance": sender.assurance})  # fmt: skip
            return begun
        text = self._joining.joined(tx, case) if placement.how == "join" else words.again(case)
        say(tx, conversation=sender.conversation, case=case, text=text, key=f"{signal.id}:{finding.id}", at=now)
        return []

    def _status(self, tx: Tx, signal: Signal, sender: Sender, *, now: dt.datetime) -> None:
        own = tx.cases.where(tx.cases.table.c.requester == sender.person, order=tx.cases.table.c.number.desc(), limit=5)
        text = words.status(own if sender.person else [])
        say(tx, conversation=sender.conversation, case=None, text=text, key=f"{signal.id}:status", at=now)


def _asked(question: OpenQuestion | None) -> Question | None:
    if question is None:
        return None
    about = "step_up" if question.about.startswith("step_up") else question.about
    return Question(about=about, text=question.text, choices=question.choices)
