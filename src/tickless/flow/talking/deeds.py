"""Buttons pressed, and the words that stand for them: they act at once, without guessing what was meant.

A button of something that is over, or of somebody else's, is answered politely and changes nothing.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence

from tickless.domain.card import ListCard, store_card
from tickless.domain.case import Case
from tickless.domain.decision import ApprovalRequest, OpenQuestion
from tickless.domain.errors import Conflict, Forbidden, NotFound
from tickless.domain.finding import Finding
from tickless.domain.signal import Deed, Sender, Signal
from tickless.flow.approvals.approving import Approving
from tickless.flow.approvals.standing_in import is_asked, waiting_for
from tickless.flow.keeping import Keeper, Keeping
from tickless.flow.paging import Paging
from tickless.flow.rooms import Rooms
from tickless.flow.saying import phrases, words
from tickless.flow.saying.conversation import say
from tickless.flow.talking import experience, knowing
from tickless.flow.talking.giving_back import GivingBack
from tickless.flow.talking.joining import Joining
from tickless.flow.talking.moving import goes_with
from tickless.flow.talking.person_words import it_works, leave_it, own, still_broken, takes_part
from tickless.flow.talking.questions import Questions
from tickless.journal import Tx

Reply = Callable[[str], None]
_YES_OR_NO = re.compile(
    r"^\W*(?:i |please |hereby )*(?P<word>approved?|den(?:y|ied)|reject(?:ed)?|decline[d]?)\s+(?:the\s+)?"
    r"(?:case|request|ticket|approval|#)\s*#?\s*(?P<number>\d{1,9})\b",
    re.IGNORECASE,
)


class Deeds:
    """In the intake's transaction. Returns the cases that begin because of it."""

    def __init__(self, rooms: Rooms, questions: Questions, joining: Joining) -> None:
        self._rooms = rooms
        self._questions = questions
        self._joining = joining
        self._approving = Approving(rooms)
        self._giving_back = GivingBack(rooms)
        self._paging = Paging(Keeping(rooms))

    def do(self, tx: Tx, signal: Signal, deed: Deed, sender: Sender, *, now: dt.datetime) -> list[Case]:
        """What a pressed button asks for."""

        def reply(text: str) -> None:
            say(tx, conversation=sender.conversation, case=None, text=text, key=f"{signal.id}:deed", at=now)

        match deed.kind:
            case "answer":
                self._answer(tx, deed, sender, now=now, reply=reply)
            case "approve" | "deny":
                reply(self.approve(tx, deed.ref, sender, approve=deed.kind == "approve",
                                   reason=deed.values.get("reason", ""), now=now))  # fmt: skip
            case "have_it" | "pass_on":
                reply(self._page(tx, deed, sender))
            case "helped" | "not_helped":
                return self._helped(tx, deed, sender, now=now, reply=reply)
            case "rate":
                reply(experience.rate(tx, deed, sender, now))
            case _:
                return self._about_case(tx, deed, sender, now=now, reply=reply)
        return []

    # Answers to questions

    def _answer(self, tx: Tx, deed: Deed, sender: Sender, *, now: dt.datetime, reply: Reply) -> None:
        question = tx.questions.get(deed.ref, lock=True)
        case = tx.cases.get(question.case) if question else None
        if question is None or case is None or not self._may_answer(tx, question, case, sender):
            reply(phrases.STALE)
            return
        if question.state != "open":
            reply(phrases.CLOSED_QUESTION)
            return
        values = {name: text.strip() for name, text in deed.values.items() if text.strip()}
        said = values.get("answer", values.get("code", values.get(question.about, "")))
        fields = {name: values[name] for name in {f.name for f in question.fields} & set(values)}
        if not said and not fields:
            reply(phrases.NOT_A_CHOICE)
            return
        goes_with(tx, case, sender, now=now)
        slots = fields or ({"code": said} if question.about.startswith("step_up") else {})
        self._questions.deliver(tx, tx.questions.need(question.id), text=said, slots=slots)

    @staticmethod
    def _may_answer(tx: Tx, question: OpenQuestion, case: Case, sender: Sender) -> bool:
        """Here, or to a person whom we know: their own case's question, or one that was put to them in their notices."""
        if question.conversation == sender.conversation:
            return True
        if sender.person is None or sender.assurance == "none":
            return False
        asked_in_case = question.conversation == case.conversation and own(case, sender)
        return asked_in_case or question.conversation == f"notices:{sender.person}"

    # Pages

    def _page(self, tx: Tx, deed: Deed, sender: Sender) -> str:
        """“I have it”, or “call the next one”, of whoever was called. Returns what to say."""
        person = self._rooms.world().people.get(sender.person or "")
        if person is None or sender.via is not None or sender.assurance == "none":
            return phrases.PAGE_WHO
        by = Keeper(person.id, person, tx.access.roles_of(person.id), sender.assurance)
        try:
            if deed.kind == "have_it":
                self._paging.acknowledge(tx, deed.ref, by=by)
                return phrases.HAVE_IT
            self._paging.pass_on(tx, deed.ref, by=by)
        except NotFound:
            return phrases.STALE
        except (Conflict, Forbidden) as error:
            return f"{error.public[:1].upper()}{error.public[1:].rstrip('.')}."
        return phrases.PASSED_ON

    # Approvals

    def approve(self, tx: Tx, approval: str, sender: Sender, *, approve: bool, reason: str, now: dt.datetime) -> str:
        """Yes or no to a plan, with the checks of every other way to say it. Returns what to say."""
        person = tx.people.get(sender.person or "")
        asked = tx.approvals.get(approval)
        if person is None or sender.assurance == "none":
            return phrases.APPROVE_WHO
        if sender.via is not None or not sender.approves:
            return phrases.APPROVE_YOURSELF
        if asked is not None and person.id in asked.agreed:
            return phrases.APPROVAL_ANSWERED
        if asked is None or not is_asked(tx, asked, person.id, now=now):
            return phrases.STALE
        try:
            _, ruling = self._approving.answer(
                tx, approval, by=person, assurance=sender.assurance, approve=approve, reason=reason, now=now
            )
        except (Conflict, NotFound):
            return phrases.APPROVAL_ANSWERED
        if ruling.allowed:
            return phrases.APPROVED if approve else phrases.DENIED
        if "step_up" in ruling.needs:
            return phrases.APPROVE_SIGNED_IN
        return f"{words.REFUSED} {' '.join(reason.text for reason in ruling.reasons)}"

    def approve_in_words(self, tx: Tx, signal: Signal, finding: Finding, sender: Sender, *, now: dt.datetime) -> None:
        """“Approve case 12”, “no, I don't approve that”: the request is found by the number, or is the only one."""
        key = f"{signal.id}:{finding.id}"
        waiting = self._waiting_for(tx, sender, now=now)
        number = finding.slots.get("case", "")
        if number:
            waiting = [one for one in waiting if str(tx.cases.need(one.case).number) == number]
        fitting = waiting if number else self._named(tx, signal, waiting, sender)
        approve = finding.slots.get("answer") != "deny"
        if sender.person is None or sender.assurance == "none":
            text = phrases.APPROVE_WHO
        elif not waiting:
            text = phrases.NOTHING_TO_APPROVE
        elif len(fitting) != 1 or (not number and _only_asks((signal.body or signal.title).tame(500))):
            self._which(tx, fitting or waiting, sender, approve=approve, key=key, now=now)
            return
        else:
            reason = (signal.body or signal.title).tame(500)
            text = self.approve(tx, fitting[0].id, sender, approve=approve, reason=reason, now=now)
        say(tx, conversation=sender.conversation, case=None, text=text, key=key, at=now)

    def _named(self, tx: Tx, signal: Signal, waiting: list[ApprovalRequest], sender: Sender) -> list[ApprovalRequest]:
        """Requests that fit every person and app that is named; all of them where nobody and nothing is. A yes for Anna is
        none for Bob."""
        text = (signal.body or signal.title).tame(500)
        found = self._rooms.understanding().gazetteer.link(text, writer=sender.person)
        people = {one.ref for one in found if one.kind == "person" and one.ref and one.ref != sender.person}
        apps = {one.ref for one in found if one.kind == "app" and one.ref}
        return [
            one
            for one in waiting
            if (not people or {one.requester, one.beneficiary} & people)
            and (not apps or tx.cases.need(one.case).inputs.get("app") in apps)
        ]

    @staticmethod
    def _waiting_for(tx: Tx, sender: Sender, *, now: dt.datetime) -> list[ApprovalRequest]:
        return [one for one in waiting_for(tx, sender.person, now=now) if tx.cases.need(one.case).live]

    def _which(
        self, tx: Tx, waiting: list[ApprovalRequest], sender: Sender, *, approve: bool, key: str, now: dt.datetime
    ) -> None:
        word = "approve" if approve else "deny"
        named = [(tx.cases.need(one.case).number, one.summary or one.title) for one in waiting[:10]]
        card = ListCard(
            title=phrases.WHICH_APPROVAL,
            items=tuple((f"{number}: {text}", f"{word} case {number}") for number, text in named),
        )
        listed = "; ".join(f"case {number}: {text}" for number, text in named)
        text = f"{phrases.WHICH_APPROVAL} {listed}"
        say(
            tx,
            conversation=sender.conversation,
            case=None,
            text=text,
            key=key,
            at=now,
            card=store_card(card),
            private=True,
        )

    # A person's word on a case, and on an answer

    def _helped(self, tx: Tx, deed: Deed, sender: Sender, *, now: dt.datetime, reply: Reply) -> list[Case]:
        case = tx.cases.get(deed.ref)
        if case is None or not takes_part(tx, case, sender):
            reply(phrases.STALE)
            return []
        begun = knowing.helped(tx, deed, sender, learn=self._rooms.learn, now=now)
        if deed.kind == "helped":
            reply(words.GLAD)
        elif begun:
            reply(words.SORRY_AGAIN)
        return begun

    def _about_case(self, tx: Tx, deed: Deed, sender: Sender, *, now: dt.datetime, reply: Reply) -> list[Case]:
        case = tx.cases.get(deed.ref, lock=True)
        if case is None or not takes_part(tx, case, sender):
            reply(phrases.STALE)
            return []
        if deed.kind == "cancel":
            allowed = own(case, sender)
            if allowed and not case.live:
                told, begun = self._giving_back.begin(tx, case, sender, now=now)
                reply(told)
                return begun
            told = leave_it(tx, goes_with(tx, case, sender, now=now), sender, now=now) if allowed else phrases.STALE
            if told:
                reply(told)
            return []
        if deed.kind == "solved":
            reply(it_works(tx, case, sender, now=now))
            return []
        back = still_broken(tx, goes_with(tx, case, sender, now=now), sender, learn=self._rooms.learn, now=now)
        if back is not None:
            reply(words.SORRY_AGAIN)
            return [back]
        if case.live:
            reply(words.again(case))
            return []
        still_down = self._joining.still_down(tx, sender, now=now) or []
        reply(words.SORRY_AGAIN if still_down else phrases.STALE)
        return still_down


def _only_asks(text: str) -> bool:
    """“What do I still have to approve?” is no yes."""
    return text.rstrip().endswith("?") or text.lstrip().lower().startswith(
        ("what", "which", "is there", "list", "show")
    )


def approval_words(findings: Sequence[Finding], text: str) -> Finding | None:
    """“Approve case 12”, “deny #12: not needed”: words so plain that they need no guessing."""
    found = _YES_OR_NO.match(text)
    if found is None or not findings:
        return None
    answer = "approve" if found["word"].lower().startswith("a") else "deny"
    slots = {"case": found["number"].lstrip("0") or "0", "answer": answer}
    return findings[0].model_copy(update={"act": "need", "need": "approval_answer", "slots": slots, "kind": None})
