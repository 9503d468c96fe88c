"""Step-up verification: a one-time code to the registered phone of the person whom it is about."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from tickless.domain.case import Case
from tickless.domain.decision import Decision, OpenQuestion
from tickless.domain.errors import TicklessError
from tickless.domain.person import Person
from tickless.flow.identity.bindings import bind, may_bind
from tickless.flow.rooms import Rooms
from tickless.flow.saying import words
from tickless.flow.saying.conversation import say
from tickless.journal import Tx
from tickless.kit.log import get_logger
from tickless.sdk.connector import Call
from tickless.sdk.invoke import invoke
from tickless.stages.act.vault import CODE_LIFE
from tickless.stages.decide.core import CLAIMED, FOR_OTHER, NOBODY
from tickless.stages.decide.identity_facts import A_DAY, ASSURED_BEFORE, PROVED_AT, account_of

PHONE = "phone.send"
"""The capability that carries codes to registered phones."""

MAX_CODES = 6
"""Codes to one person's phone within ten minutes, whoever asks for them."""
MAX_CODES_OF_ACCOUNT = 12
"""Codes that one account may ask for within a day, for whomever."""
MAX_WRONG_OF_PERSON = 15
"""Wrong codes about one person within a day, from wherever: then only people help."""
MAX_WRONG_OF_ACCOUNT = 8
"""Wrong codes typed by one account within a day."""

Sent = Literal["sent", "joined", "nobody", "too_many", "no_phone", "unsent"]
"""`joined`: a code that was sent a moment ago for another case here proves this one, too. `nobody`: unknown people are told
the same as known ones."""

log = get_logger("flow")


class StepUp:
    """Sends codes and checks them. A right code proves the person whose phone it went to, and nobody else."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms

    def _proves(self, case: Case, about: str, beneficiary: str | None) -> Person | None:
        """Whose phone gets the code: the target's if they have to confirm, else the speaker's own."""
        claimed = case.inputs.get(CLAIMED) if FOR_OTHER in case.inputs else case.inputs.get(CLAIMED) or beneficiary
        speakers = beneficiary if about == "step_up:target" else case.speaker
        who = claimed if case.speaker is None else speakers
        return self._rooms.world().people.get(who or "")

    def send_code(self, case: Case, decision: Decision, *, code: str) -> Sent:
        """Send the code of a question: the same one when the step runs again."""
        asked, plan = decision.question, decision.plan
        beneficiary = (plan.inputs.get("person") or {}).get("id") if plan else None
        person = self._proves(case, asked.about if asked else "", beneficiary)
        if person is not None and self._joins(case, person, code=code):
            return "joined"
        if self._too_many(case, person, code=code):
            log.warning("too many codes were asked for or typed wrong", case=case.id)
            self._rooms.vault.make_code(identity=code, person=NOBODY, case=case.id)
            return "too_many"
        if person is None or not person.phone or not person.active:
            self._rooms.vault.make_code(identity=code, person=NOBODY, case=case.id)  # counts, and is sent to nobody
            return "nobody" if case.speaker is None else "no_phone"
        if self._same_channel(case):
            return "no_phone"
        with self._rooms.journal.write() as tx:
            if self._sibling(tx, case, person, code=code, alone=True):
                return "joined"
            secret = self._rooms.vault.make_code_in(tx, identity=code, person=person.id, case=case.id)
        try:
            bound = self._rooms.registry.find(PHONE)
            call = Call(bound.instance, key=code, now=self._rooms.clock.now(), timeout=15.0)
            invoke(bound, {"phone": person.phone, "text": self._text(case, person, secret or "", decision)}, call)
        except TicklessError as error:
            log.warning("a code could not be sent", case=case.id, error=error.public)
            return "unsent"
        return "sent"

    def _text(self, case: Case, person: Person, secret: str, decision: Decision) -> str:
        """What the phone shows: what the code is good for and who asked, so that nobody gives it away unknowingly."""
        what = decision.plan.title if decision.plan else "to show that it is you"
        speaker = self._rooms.world().people.get(case.speaker or "")
        if speaker is not None and speaker.id != person.id:
            who = f"{speaker.name} asked for it. Give it to nobody whom you don't trust with that."
        else:
            who = "Nobody will ever call and ask you for it. You didn't ask? Tell the service desk."
        return f"Your Tickless code is {secret}. It is for: {what}. It is valid for ten minutes. {who}"[:480]

    def _same_channel(self, case: Case) -> bool:
        """Whether the code would come by the very channel that is spoken in: it would prove nothing more."""
        with self._rooms.journal.read() as tx:
            thread = tx.threads.get(case.conversation or "")
        try:
            return thread is not None and self._rooms.registry.find(PHONE).instance.name == thread.channel
        except TicklessError:
            return False

    def _joins(self, case: Case, person: Person, *, code: str) -> bool:
        with self._rooms.journal.read() as tx:
            return self._sibling(tx, case, person, code=code)

    def _sibling(self, tx: Tx, case: Case, person: Person, *, code: str, alone: bool = False) -> bool:
        """Whether a code for the same person was made a moment ago in this conversation and still waits. `alone`: one case
        of a conversation looks after the other, so that of two that want the same proof at one moment the second sees it."""
        live = sorted(one.id for one in tx.cases.live_of_conversation(case.conversation or "") if one.id != case.id)
        if alone:
            tx.cases.need(min([case.id, *live]), lock=True)
        if tx.access.one_time(code) is not None:
            return False
        since = self._rooms.clock.now() - CODE_LIFE / 2
        codes = [one for other in live for one in tx.access.one_time_of(other, kind="code")]
        fresh = [one for one in codes if one.used_at is None and one.tries == 0 and one.created_at > since]
        return any(one.person == person.id and _waits(tx, one.id) for one in fresh)

    def release(self, tx: Tx, case: Case, *, code: str, now: dt.datetime) -> None:
        """This code could not be sent: whoever waits for it asks for one of their own."""
        tx.access.use_one_time(code, at=now)
        for one in tx.questions.by(conversation=case.conversation, state="open"):
            if one.about == "step_up" and tx.access.one_time(f"code_{one.id}") is None:
                message = {"type": "no_code", "question": one.id}
                tx.coordination.post(f"no_{code}:{one.id}", workflow=one.waiting, message=message)

    def _too_many(self, case: Case, person: Person | None, *, code: str) -> bool:
        """Limits that stand in the journal: they hold over restarts and for all processes."""
        now = self._rooms.clock.now()
        with self._rooms.journal.read() as tx:
            if tx.access.one_time(code) is not None:  # this very code was made before: the step runs again
                return False
            made, wrong = tx.access.codes_since(now - A_DAY, conversations=account_of(case.conversation or case.id))
            _, against = tx.access.codes_since(now - A_DAY, person=person.id) if person else (0, 0)
        if made >= MAX_CODES_OF_ACCOUNT or wrong >= MAX_WRONG_OF_ACCOUNT:
            return True
        if person is None:
            return False
        return against >= MAX_WRONG_OF_PERSON or self._rooms.vault.codes_lately(person.id) >= MAX_CODES

    def take_code(self, case: str, asked: OpenQuestion, heard: dict[str, Any]) -> None:
        """Check the answer, once a question; a right code raises the assurance of this case only."""
        now = self._rooms.clock.now()
        with self._rooms.journal.read() as tx:
            if any(row.detail.get("question") == asked.id for row in tx.audit.rows(case=case, limit=10_000)):
                return
        said = str(heard["slots"].get("code") or heard["text"]).strip().replace(" ", "").replace("-", "")
        with self._rooms.journal.write() as tx:
            right = self._rooms.vault.check_code(tx, f"code_{asked.id}", said)
            record = tx.cases.need(case, lock=True)
            code = tx.access.one_time(f"code_{asked.id}")
            right = right and code is not None and code.person != NOBODY
            tx.audit.append(
                at=now,
                actor=record.speaker or "somebody",
                action="identity.proved" if right else "identity.refused",
                subject=f"person:{code.person if code else '?'}",
                case=case,
                detail={"question": asked.id, "account": account_of(record.conversation or "")},
            )
            if not right or code is None:
                text = words.WRONG_CODE
                say(tx, conversation=record.conversation, case=record, text=text, key=f"{asked.id}:wrong", at=now)
                return
            first_word = record.speaker is None
            tx.cases.put(_proved(record, code.person, now))
            self._others_too(tx, record, code.person, but=asked.id, now=now)
            if first_word:
                self._bind(tx, record, code.person, now=now)

    def _others_too(self, tx: Tx, case: Case, person: str, *, but: str, now: dt.datetime) -> None:
        """Whoever has just proved who they are need not do it again for what else waits for the same proof here."""
        for question in tx.questions.by(conversation=case.conversation, state="open"):
            other = tx.cases.get(question.case, lock=True)
            if question.id == but or question.about != "step_up" or other is None or other.id == case.id:
                continue
            if tx.access.one_time(f"code_{question.id}") is not None or not _waits_for(other, person):
                continue
            tx.cases.put(_proved(other, person, now))
            tx.questions.put(question.over("answered", now))
            tx.audit.append(at=now, actor=other.speaker or "somebody", action="identity.proved", subject=f"person:{person}",
                            case=other.id, detail={"question": question.id, "by": but})  # fmt: skip
            message = {"type": "answer", "question": question.id, "text": "", "slots": {}}
            tx.coordination.post(f"answer:{question.id}", workflow=question.waiting, message=message)

    def _bind(self, tx: Tx, case: Case, person: str, *, now: dt.datetime) -> None:
        """The account of an outside channel counts as theirs from now on, if they said themselves who they are."""
        thread = tx.threads.get(case.conversation or "")
        known = self._rooms.world().people.get(person)
        if thread is None or thread.person is not None or known is None or case.inputs.get(CLAIMED) != person:
            return
        if may_bind(self._rooms, known, way="code"):
            bind(tx, thread.channel, thread.account, person=known, way="code", by=person, now=now)


def _waits(tx: Tx, code: str) -> bool:
    """Whether the code's question is open, or about to be put."""
    question = tx.questions.get(code.removeprefix("code_"))
    return question is None or question.state == "open"


def _waits_for(case: Case, person: str) -> bool:
    whom = case.speaker or case.inputs.get(CLAIMED) or case.inputs.get("person")
    return case.live and whom == person


def _proved(case: Case, person: str, now: dt.datetime) -> Case:
    """The case after this person answered a code for it."""
    inputs = {**case.inputs, "confirmed_by": person, PROVED_AT: now.isoformat()}
    change: dict[str, Any] = {"updated_at": now}
    if case.speaker in {None, person}:
        if case.assurance != "step_up":
            inputs[ASSURED_BEFORE] = case.assurance
        change |= {"assurance": "step_up", "speaker": person, "requester": case.requester or person}
    return case.model_copy(update={**change, "inputs": inputs})
