"""What a message does besides stating a need: it answers, agrees, cancels, corrects, thanks. In the intake's transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence

from tickless.domain.case import Case
from tickless.domain.decision import OpenQuestion
from tickless.domain.finding import Finding
from tickless.domain.signal import Sender, Signal
from tickless.flow.ending import ends
from tickless.flow.rooms import Rooms
from tickless.flow.saying import phrases, words
from tickless.flow.saying.conversation import say
from tickless.flow.talking.choosing import Choosing
from tickless.flow.talking.correcting import Correcting
from tickless.flow.talking.experience import ask_rating
from tickless.flow.talking.giving_back import GivingBack
from tickless.flow.talking.joining import Joining
from tickless.flow.talking.languages import spoken_in
from tickless.flow.talking.moving import goes_with
from tickless.flow.talking.offering import Offering
from tickless.flow.talking.person_words import it_works, leave_it, may_come_back, still_broken
from tickless.flow.talking.questions import Questions
from tickless.journal import Tx
from tickless.stages.understand.hostile import WANTS_ADMIN
from tickless.stages.understand.replies import reply_in
from tickless.stages.understand.wording import is_over

Need = Callable[[Tx, Signal, Finding, Sender, dt.datetime], list[Case]]

REMEMBERED = dt.timedelta(days=2)
"""How long after its end a case of another conversation is still what a person means by “it works”."""


class Acts:
    """Returns the cases that begin; everything else it posts or says."""

    def __init__(self, rooms: Rooms, questions: Questions, joining: Joining, *, need: Need) -> None:
        """`need`: takes up a need, as the hearing does."""
        self._rooms = rooms
        self._need = need
        self._questions = questions
        self._joining = joining
        self._choosing = Choosing(rooms)
        self._correcting = Correcting(rooms)
        self._giving_back = GivingBack(rooms)
        self._offering = Offering(rooms)

    def act(
        self,
        tx: Tx,
        signal: Signal,
        finding: Finding,
        sender: Sender,
        *,
        question: OpenQuestion | None,
        now: dt.datetime,
    ) -> list[Case]:
        def reply(text: str) -> None:
            say(tx, conversation=sender.conversation, case=None, text=text, key=f"{signal.id}:{finding.id}", at=now)

        said = (signal.body or signal.title).tame(1_000)
        act: str = finding.act
        key = f"{signal.id}:{finding.id}"
        if self._offering.answers(tx, finding, sender, key=key, now=now):
            return []
        if question is not None and act in {"answer", "confirm", "deny"}:
            self._answer(tx, said, finding, question, sender, now=now)
        elif act == "cancel":
            live = self._choosing.live_cases(tx, sender)
            done = self._giving_back.instead(tx, said, sender, live, key=key, now=now)
            if done is not None:
                reply(done[0])
                return done[1]
            reply(self._choosing.cancel(tx, said, sender, slots=finding.slots, asked=question, key=key, now=now))
        elif act == "correct":
            return self._corrected(tx, signal, finding, sender, now=now)
        elif act == "answer":
            reply(phrases.NO_SUCH_CODE if "code" in finding.slots else words.NOT_UNDERSTOOD)
        elif act == "deny":
            return self._not_solved(tx, signal, sender, key=key, now=now)
        elif act == "confirm":
            reply(self._confirmed(tx, said, sender, key=key, now=now))
        elif act == "thanks":
            reply(words.THANKS)
            if (solved := last_solved(tx, sender, now=now)) is not None:
                ask_rating(tx, solved, now=now)
        else:
            reply(_plain_reply(finding))
        return []

    def _answer(
        self, tx: Tx, said: str, finding: Finding, question: OpenQuestion, sender: Sender, *, now: dt.datetime
    ) -> None:
        case = tx.cases.get(question.case, lock=True)
        if case is not None:
            goes_with(tx, case, sender, now=now)
        slots = self._questions.slots_of(question, said, finding, writer=sender.person)
        if question.about == "who" and "person" not in slots:
            slots = {}
        value = slots.get(question.about, slots.get("answer", said))
        text = value if question.choices else said
        if finding.act in {"confirm", "deny"} and not finding.slots:
            text = "yes" if finding.act == "confirm" else "no"
        self._questions.deliver(tx, tx.questions.need(question.id), text=text, slots=slots)

    def _corrected(self, tx: Tx, signal: Signal, finding: Finding, sender: Sender, *, now: dt.datetime) -> list[Case]:
        """Another value for the case in hand, or another need in its place."""
        live = self._choosing.live_cases(tx, sender)
        if finding.need is None or any(one.need == finding.need for one in live):
            return self._correcting.correct(tx, signal, finding, sender, live=live, now=now)
        given_up = self._correcting.another_need(finding, live, sender)
        if given_up is not None:
            leave_it(tx, goes_with(tx, given_up, sender, now=now), sender, now=now)
        return self._need(tx, signal, finding.model_copy(update={"act": "need"}), sender, now)

    def _confirmed(self, tx: Tx, said: str, sender: Sender, *, key: str, now: dt.datetime) -> str:
        """“Yes”, “it works now”: of what is live if that is what they say, else of what was solved last."""
        if is_over(said):
            told = self._choosing.works_now(tx, said, sender, key=key, now=now)
            if told is not None:
                return told
        case = last_solved(tx, sender, now=now)
        return words.HELLO if case is None else it_works(tx, case, sender, now=now)

    def _not_solved(self, tx: Tx, signal: Signal, sender: Sender, *, key: str, now: dt.datetime) -> list[Case]:
        """“No, it doesn't work”: what was solved last is open again."""

        def reply(text: str) -> None:
            say(tx, conversation=sender.conversation, case=None, text=text, key=key, at=now)

        case = last_solved(tx, sender, now=now)
        learn = self._rooms.learn
        back = still_broken(tx, goes_with(tx, case, sender, now=now), sender, learn=learn, now=now) if case else None
        if back is not None:
            reply(words.SORRY_AGAIN)
            return [back]
        still_down = self._joining.still_down(tx, sender, now=now)
        live = self._choosing.live_cases(tx, sender)
        if still_down is None and live:
            reply(words.again(live[0]))
            return []
        reply(phrases.WHAT_EXACTLY if still_down is None else words.SORRY_AGAIN)
        return still_down or []

    def take_up(
        self,
        tx: Tx,
        signal: Signal,
        given_up: tuple[OpenQuestion, Case],
        finding: Finding,
        sender: Sender,
        *,
        now: dt.datetime,
    ) -> list[Case]:
        """An answer that comes when people have the case already: it is taken back up with it, and decided anew."""
        question, case = given_up
        said = (signal.body or signal.title).tame(1_000)
        case = tx.cases.need(case.id, lock=True)
        back = ends.reopen(tx, goes_with(tx, case, sender, now=now), by=sender.person or sender.account,
                           why="the person answered after it was handed over", learn=self._rooms.learn, now=now)  # fmt: skip
        text = phrases.take_up(question.asked_at, case.number)
        if question.about.startswith("step_up"):
            text = phrases.CODE_TOO_LATE
        else:
            slots = self._questions.slots_of(question, said, finding, writer=sender.person)
            wanted = {question.about, *(field.name for field in question.fields)}
            values = {name: value for name, value in slots.items() if name in wanted}
            kept = {name: value for name, value in back.inputs.items() if name.removesuffix("?") not in values}
            back = tx.cases.put(back.model_copy(update={"inputs": kept | values}))
        say(tx, conversation=back.conversation, case=back, text=text, key=f"{signal.id}:taken_up", at=now)
        return [back]


def _plain_reply(finding: Finding) -> str:
    if finding.act == "small_talk":
        return words.HELLO
    if finding.act == "out_of_scope" and any(piece.ref == "injection" for piece in finding.evidence):
        return words.NOT_BY_ORDER
    if finding.act == "out_of_scope" and any(piece.text == WANTS_ADMIN for piece in finding.evidence):
        return words.NO_ADMIN
    if finding.act == "out_of_scope":
        spoken = spoken_in(finding)
        return reply_in(spoken) if spoken else words.OUT_OF_SCOPE
    return words.NOT_UNDERSTOOD


def last_solved(tx: Tx, sender: Sender, *, now: dt.datetime) -> Case | None:
    """What was solved last in this conversation, else what was solved for this person lately anywhere."""
    table = tx.cases.table.c
    here = tx.cases.where(
        table.conversation == sender.conversation,
        table.state.in_(("resolved", "muted")),
        order=table.updated_at.desc(),
        limit=1,
    )
    if not here and sender.person is not None and sender.assurance != "none":
        here = tx.cases.where(
            table.requester == sender.person, table.state == "resolved", table.updated_at > now - REMEMBERED,
            order=table.updated_at.desc(), limit=1,
        )  # fmt: skip
    case = next(iter(here), None)
    return case if case is not None and may_come_back(case) else None


def unclear(findings: Sequence[Finding]) -> bool:
    """Whether nothing in the message stands for itself, so that it may be about something said elsewhere or long ago."""
    return all(one.need is None and one.act in {"need", "answer", "small_talk", "out_of_scope"} for one in findings)
