"""Hearing a person out: what a message does to the conversation and its cases. In the intake's transaction."""

from __future__ import annotations

import datetime as dt

from tickless.domain.card import ListCard, store_card
from tickless.domain.case import Case, Message
from tickless.domain.decision import OpenQuestion
from tickless.domain.finding import Finding
from tickless.domain.record import Untrusted
from tickless.domain.signal import Sender, Signal
from tickless.flow.ending.order_of_needs import put_in_order
from tickless.flow.identity.bindings import note_thread, recognise
from tickless.flow.identity.introducing import introduced, marked_as_proved, with_proof
from tickless.flow.rooms import Rooms
from tickless.flow.saying import phrases, words
from tickless.flow.saying.conversation import heard_key, message_id, say
from tickless.flow.talking.acts import Acts, last_solved, unclear
from tickless.flow.talking.deeds import Deeds, approval_words
from tickless.flow.talking.experience import rated_in_words
from tickless.flow.talking.in_turn import InTurn, Settle
from tickless.flow.talking.joining import Joining
from tickless.flow.talking.knowing import Knowing
from tickless.flow.talking.languages import tell_understood
from tickless.flow.talking.questions import Questions, masked, plain_question
from tickless.flow.talking.routing import Waiting
from tickless.flow.talking.triaged import triaged
from tickless.flow.talking.turns import Turns
from tickless.flow.talking.unheard import keep_unheard
from tickless.flow.tickets.relay import TicketTalk
from tickless.journal import Tx
from tickless.stages.understand.dialogue import DialogueContext
from tickless.stages.understand.wording import is_over

FEW_WORDS = 3
"""So short a message may be an answer to what was asked elsewhere or long ago, even where it could be a need of its own."""
MAX_NEEDS = 5
"""Needs taken up from one message."""


class Hearing:
    """Returns the cases that begin now; everything else it writes, posts or says itself."""

    def __init__(self, rooms: Rooms, turns: Turns | None = None) -> None:
        """`turns`: where a language model may read what the brain makes nothing of."""
        self._rooms = rooms
        self._joining = Joining(rooms)
        self._knowing = Knowing(rooms)
        self._tickets = TicketTalk(rooms)
        self._questions = Questions(rooms)
        self._acts = Acts(rooms, self._questions, self._joining, need=self._need_at)
        self._deeds = Deeds(rooms, self._questions, self._joining)
        self.in_turn = InTurn(rooms, turns, self._questions, self._hear_words) if turns is not None else None

    def hear(self, tx: Tx, signal: Signal, *, now: dt.datetime) -> list[Case]:
        """Take in one message of a person, or a button that they pressed."""
        if signal.sender is None:
            return []
        sender = recognise(tx, signal.sender, self._rooms, now=now)
        note_thread(tx, sender, now=now)
        here = self._questions.here(tx, sender.conversation)
        self._write_down(tx, signal, sender, here, now)
        if sender.automatic:
            return []
        if signal.deed is not None and self._tickets.press(tx, signal.deed, sender, now=now):
            return []
        if signal.deed is not None:
            return self._deeds.do(tx, signal, signal.deed, sender, now=now)
        if not here and (rated := rated_in_words(tx, signal.body.raw or signal.title.raw, sender, now=now)) is not None:
            say(tx, conversation=sender.conversation, case=None, text=rated, key=f"{signal.id}:rated", at=now)
            return []
        if self.in_turn is not None:
            return self.in_turn.hear(tx, signal, sender, here, now=now)
        return self._hear_words(tx, signal, sender, here, now=now)

    def _hear_words(
        self,
        tx: Tx,
        signal: Signal,
        sender: Sender,
        here: list[OpenQuestion],
        *,
        settle: Settle | None = None,
        now: dt.datetime,
    ) -> list[Case]:
        begun = self._hear_needs(tx, signal, sender, here, settle=settle, now=now)
        return put_in_order(tx, self._rooms, begun, sender, now=now)

    def _hear_needs(
        self,
        tx: Tx,
        signal: Signal,
        sender: Sender,
        here: list[OpenQuestion],
        *,
        settle: Settle | None,
        now: dt.datetime,
    ) -> list[Case]:
        said = (signal.body or signal.title).tame(2_000)
        way = self._questions.route(tx, here, said, writer=sender.person)
        if way.clash:
            self._which(tx, signal, way.clash, sender, now=now)
            return []
        if way.text != said:
            signal = signal.model_copy(update={"title": Untrusted(way.text[:200]), "body": Untrusted(way.text)})
        question = next((one for one in here if way.to is not None and one.id == way.to.id), None)
        if (
            question is not None
            and not way.sure
            and (is_over(said) or not self._questions.may_introduce(question, said))
        ):
            question = None
        findings = self._understand(tx, signal, sender, question, now=now)
        if (yes_or_no := approval_words(findings, said)) is not None:
            question, findings = None, (yes_or_no,)
        if not way.sure and (unclear(findings) or len(said.split()) <= FEW_WORDS):
            elsewhere = self._elsewhere(tx, said, sender)
            if elsewhere is not None:
                question, findings = elsewhere, self._understand(tx, signal, sender, elsewhere, now=now)
            elif question is None and (given_up := self._questions.given_up(tx, sender, said, now=now)) is not None:
                asked = self._understand(tx, signal, sender, given_up[0], now=now)[0]
                return self._acts.take_up(tx, signal, given_up, asked, sender, now=now)
        findings = self._tickets.hear(tx, signal, findings, sender, question=question, now=now)
        if len(findings) == 1:
            findings = (self._knowing.reread(tx, findings[0], signal, sender),)
        settled = settle(findings) if settle is not None else findings
        return self._take_up(tx, signal, settled, sender, question=question, now=now) if settled is not None else []

    def _take_up(
        self,
        tx: Tx,
        signal: Signal,
        findings: tuple[Finding, ...],
        sender: Sender,
        *,
        question: OpenQuestion | None,
        now: dt.datetime,
    ) -> list[Case]:
        """Do what each finding asks for."""
        begun: list[Case] = []
        needs = 0
        for finding in findings:
            tx.findings.put(finding)
            keep_unheard(tx, finding, signal, sender, now=now)
            if finding.act == "need":
                needs += 1
                if needs <= MAX_NEEDS:
                    tell_understood(tx, finding, sender, now=now)
                    begun += self._need(tx, signal, finding, sender, now=now)
            else:
                begun += self._acts.act(tx, signal, finding, sender, question=question, now=now)
        return begun

    def _understand(
        self, tx: Tx, signal: Signal, sender: Sender, question: OpenQuestion | None, *, now: dt.datetime
    ) -> tuple[Finding, ...]:
        live = tx.cases.live_of_conversation(sender.conversation)
        solved = last_solved(tx, sender, now=now) if not live else None
        context = DialogueContext(
            writer=sender.person,
            question=plain_question(question) if question is not None else None,
            cases=tuple(live) or ((solved,) if solved is not None else ()),
        )
        return self._rooms.understanding().understand(signal, context=context, now=now)

    def _elsewhere(self, tx: Tx, said: str, sender: Sender) -> OpenQuestion | None:
        """A question of another conversation of this person that the message surely answers."""
        asked = self._questions.elsewhere(tx, sender)
        way = self._questions.route(tx, asked, said, writer=sender.person)
        return next((one for one in asked if way.sure and way.to is not None and one.id == way.to.id), None)

    def _which(self, tx: Tx, signal: Signal, clash: tuple[Waiting, ...], sender: Sender, *, now: dt.datetime) -> None:
        """Ask for which question an answer is. The buttons carry the answer, so that nothing has to be remembered."""
        said = (signal.body or signal.title).tame(200)
        card = ListCard(
            title=phrases.WHICH_ANSWER,
            items=tuple((f"{one.number}: {one.question.text[:120]}", f"#{one.number} {said}") for one in clash),
        )
        listed = "; ".join(f"case {one.number}: {one.question.text[:120]}" for one in clash)
        say(tx, conversation=sender.conversation, case=None, text=f"{phrases.WHICH_ANSWER} {listed}",
            key=f"{signal.id}:which", at=now, card=store_card(card))  # fmt: skip

    def _write_down(self, tx: Tx, signal: Signal, sender: Sender, here: list[OpenQuestion], now: dt.datetime) -> None:
        person = self._rooms.world().people.get(sender.person or "")
        text = signal.body or signal.title
        if any(one.about.startswith("step_up") for one in here):
            text = Untrusted(masked(text.raw))
        tx.messages.put(
            Message(
                id=message_id(heard_key(signal.id), now),
                conversation=sender.conversation,
                author="person",
                name=person.name if person else sender.account,
                text=text,
                at=signal.received_at if signal.received_at <= now else now,
            )
        )

    def _need_at(self, tx: Tx, signal: Signal, finding: Finding, sender: Sender, now: dt.datetime) -> list[Case]:
        return self._need(tx, signal, finding, sender, now=now)

    def _need(self, tx: Tx, signal: Signal, finding: Finding, sender: Sender, *, now: dt.datetime) -> list[Case]:
        if finding.need == "approval_answer":
            self._deeds.approve_in_words(tx, signal, finding, sender, now=now)
            return []
        if finding.need is None:
            say(
                tx,
                conversation=sender.conversation,
                case=None,
                text=words.SAY_AGAIN,
                key=f"{signal.id}:{finding.id}",
                at=now,
            )
            return []
        if finding.need == "status_of_case":
            self._status(tx, signal, sender, now=now)
            return []
        sure, proof = with_proof(tx, sender, now=now)
        placement = self._rooms.correlate.need(tx, signal, finding, sure, now=now)
        case = placement.case
        if case is None:
            return []
        if placement.how == "open":
            case = marked_as_proved(tx, case, proof) if proof else introduced(tx, case, finding, signal)
            if (asked := triaged(case, signal)) is not case:
                case = tx.cases.put(asked)
            kept, begun = self._joining.placed(tx, case, signal, now=now)
            begun = [*begun, *([kept] if kept is not None else [])]
            tx.audit.append(at=now, actor=sure.person or f"{sender.channel}:{sender.account}", action="case.open",
                            subject=case.subject or case.id, case=case.id,
                            detail={"signal": signal.id, "need": case.need, "kind": case.kind,
                                    "assurance": sure.assurance})  # fmt: skip
            return begun
        text = self._joining.joined(tx, case) if placement.how == "join" else words.again(case)
        say(tx, conversation=sender.conversation, case=case, text=text, key=f"{signal.id}:{finding.id}", at=now)
        return []

    def _status(self, tx: Tx, signal: Signal, sender: Sender, *, now: dt.datetime) -> None:
        own = tx.cases.where(tx.cases.table.c.requester == sender.person, order=tx.cases.table.c.number.desc(), limit=5)
        text = words.status(own if sender.person else tx.cases.live_of_conversation(sender.conversation))
        say(tx, conversation=sender.conversation, case=None, text=text, key=f"{signal.id}:status", at=now,
            private=not sender.private)  # fmt: skip
