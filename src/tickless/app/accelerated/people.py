"""The people of the company when it is their turn: they write, type codes, choose, say yes or no, and whether it helped."""

from __future__ import annotations

import datetime as dt
import random
from contextlib import suppress
from dataclasses import dataclass, field

from tickless.app.accelerated.agenda import Agenda
from tickless.app.accelerated.hours import in_hours
from tickless.app.accelerated.scene import Scene
from tickless.app.demo_faults import break_it, mend_it
from tickless.app.demo_progress import CHANNEL
from tickless.app.demo_replies import newest_code
from tickless.domain.case import Case
from tickless.domain.decision import ApprovalRequest, OpenQuestion
from tickless.domain.errors import TicklessError
from tickless.domain.signal import Deed, Sender
from tickless.sample.year_events import Says, YearReply
from tickless.sample.year_moods import rated

A_MOMENT = dt.timedelta(minutes=2)
FIRST_YES = dt.timedelta(minutes=25)
"""How long whoever is asked for a yes takes at least; half of them twice as long, some much longer."""
REFUSES = 0.04
"""Of those who are asked for a yes that nothing in the story says."""
CONFIRMS = 0.7
"""Of those who are asked whether it works and do not object."""
CONVERSATION = "year"


@dataclass
class Talk:
    """One conversation, and how far the person is with what they have to say in it."""

    event: Says
    left: list[YearReply]
    faults_again: bool = False
    rated: set[str] = field(default_factory=set)


class People:
    """`asked` and `approvals` are told what is open; each is answered once."""

    def __init__(self, scene: Scene, agenda: Agenda, chance: random.Random) -> None:
        self._scene = scene
        self._agenda = agenda
        self._chance = chance
        self._answered: set[str] = set()
        self.talks: dict[str, Talk] = {}

    def says(self, event: Says) -> None:
        """Somebody writes; what they write about is so."""
        for fault in event.faults:
            with suppress(TicklessError):
                break_it(self._scene.estate, fault)
        talk = self.talks.setdefault(self._conversation(event), Talk(event, list(event.replies)))
        self._write(talk, event.text, key=event.id)

    def answers(self, question: OpenQuestion) -> None:
        """A question is open: whoever it is put to answers it after a while, or does not."""
        talk = self.talks.get(question.conversation or "")
        if talk is None or question.id in self._answered:
            return
        self._answered.add(question.id)
        if question.about.startswith("step_up"):
            self._reply(talk, question, self._next(talk, "code"), otherwise="")
        elif question.about == "answered":
            if talk.event.helped != "silence":
                self._later(
                    A_MOMENT,
                    lambda: self._if_open(talk, question, {"yes": "yes, thank you", "no": "no"}[talk.event.helped]),
                )
        elif question.about == "confirm":
            if self._chance.random() < CONFIRMS:
                self._later(dt.timedelta(minutes=40), lambda: self._if_open(talk, question, "yes, it works again"))
        else:
            self._reply(
                talk, question, self._next(talk, "choice"), otherwise=question.choices[0] if question.choices else ""
            )

    def approves(self, asked: ApprovalRequest) -> None:
        """Somebody is asked for a yes: they give it in working hours, some only late."""
        if asked.id in self._answered or not asked.approvers or asked.waiting.startswith("change:"):
            return  # a change is approved by the story's deeds
        self._answered.add(asked.id)
        with self._scene.house.journal.read() as tx:
            case = tx.cases.need(asked.case)
        talk = self.talks.get(case.conversation or "")
        scripted = (
            next((one for one in talk.left if one.kind in {"approve", "deny"} and one.by in asked.approvers), None)
            if talk
            else None
        )
        if talk is not None and scripted is not None:
            talk.left.remove(scripted)
        by = scripted.by if scripted else self._chance.choice(sorted(asked.approvers))
        yes = scripted.kind == "approve" if scripted else self._chance.random() >= REFUSES
        after = scripted.after if scripted else FIRST_YES * self._chance.choice((1, 1, 2, 2, 4, 10))
        urgent = case.door == "machine" and case.impact.priority == 1
        due = in_hours(self._scene.clock.now() + after, round_the_clock=urgent)
        self._agenda.at(due, lambda: self._decide(asked.id, by, yes=yes))

    def is_over(self, case: Case) -> None:
        """A case of theirs is over: they open what they were sent, say how it was, and some come back."""
        talk = self.talks.get(case.conversation or "")
        if talk is None:
            return
        if any(reply.kind == "open_link" for reply in talk.left):
            self._later(A_MOMENT, lambda: self._open_link(talk))
        again = talk.event.again and not talk.faults_again and case.outcome in {"verified", "confirmed", "assumed"}
        if again:
            talk.faults_again = True
            self._later(dt.timedelta(hours=3), lambda: self._comes_back(talk))
        self._rates(talk, case)

    def _rates(self, talk: Talk, case: Case) -> None:
        waited = self._scene.clock.now() - case.opened_at
        said = rated(talk.event.mood, waited, came_back=case.generation > 0)
        if said is None or case.id in talk.rated:
            return
        talk.rated.add(case.id)
        values = {"effort": str(said.effort), "expected": said.expected, "satisfaction": str(said.satisfaction)}
        deed = Deed(kind="rate", ref=case.id, values=values)
        self._later(dt.timedelta(minutes=20), lambda: self._press(talk, deed))

    def _comes_back(self, talk: Talk) -> None:
        for fault in talk.event.faults:
            with suppress(TicklessError):
                break_it(self._scene.estate, fault)
        self._write(talk, talk.event.text_again or "it is not working again", key=f"{talk.event.id}:again")

    def _reply(self, talk: Talk, question: OpenQuestion, reply: YearReply | None, *, otherwise: str) -> None:
        if reply is None and not otherwise and not question.about.startswith("step_up"):
            return
        after = reply.after if reply else A_MOMENT

        def answer() -> None:
            if reply is not None and reply.heals is not None:
                with suppress(TicklessError):
                    mend_it(self._scene.estate, reply.heals)
            text = reply.text if reply is not None and reply.text else otherwise
            if question.about.startswith("step_up"):
                text = newest_code(self._scene.sample, reply.by if reply else talk.event.person)
            self._if_open(talk, question, text)

        self._later(after, answer)

    def _if_open(self, talk: Talk, question: OpenQuestion, text: str) -> None:
        with self._scene.house.journal.read() as tx:
            now = tx.questions.get(question.id)
        if now is not None and now.state == "open":
            self._write(talk, text, key=question.id)

    def _decide(self, approval: str, by: str, *, yes: bool) -> None:
        person = self._scene.company.person(by)
        reason = "It is what I would do." if yes else "Not now."
        deed = self._scene.house.desk.answer_approval(
            approval, by=person, user=person.username, approve=yes, reason=reason
        )
        try:
            self._scene.do(deed)
        except TicklessError:  # it was withdrawn, or is out of date: then nobody needs a yes
            return

    def _open_link(self, talk: Talk) -> None:
        """The one-time link, once, and signing in at the directory with what is behind it."""
        reply = self._next(talk, "open_link")
        with self._scene.house.journal.read() as tx:
            cards = [one.card for one in tx.messages.by(conversation=self._conversation(talk.event)) if one.card]
        links = [str(card["href"]).rpartition("/")[2] for card in cards if card.get("kind") == "secret"]
        if reply is None or not links:
            return
        try:
            password = self._scene.do(self._scene.house.desk.open_secret(links[-1], person=reply.by))
        except TicklessError:
            return
        self._scene.estate.sign_in(self._scene.company.person(reply.by).username, password)

    @staticmethod
    def _next(talk: Talk, kind: str) -> YearReply | None:
        found = next((one for one in talk.left if one.kind == kind), None)
        if found is not None:
            talk.left.remove(found)
        return found

    def _later(self, after: dt.timedelta, work: object) -> None:
        self._agenda.at(self._scene.clock.now() + after, work)  # type: ignore[arg-type]

    def _write(self, talk: Talk, text: str, *, key: str) -> None:
        self._scene.do(self._scene.house.desk.say(self._sender(talk.event), text, key=f"year:{key}"))

    def _press(self, talk: Talk, deed: Deed) -> None:
        self._scene.do(self._scene.house.desk.press(self._sender(talk.event), deed, key=f"year:rate:{deed.ref}"))

    def _sender(self, event: Says) -> Sender:
        return Sender(channel=CHANNEL, account=event.person, conversation=self._conversation(event), person=event.person,
                      assurance="signed_in")  # fmt: skip

    @staticmethod
    def _conversation(event: Says) -> str:
        return f"{CHANNEL}:{event.person}:{CONVERSATION}-{event.id}"
