"""Step-up verification: a one-time code to the registered phone of the person whom it is about."""

from __future__ import annotations

from typing import Any

from tickless.domain.case import Case
from tickless.domain.decision import Decision, OpenQuestion
from tickless.domain.errors import TicklessError
from tickless.domain.person import Person
from tickless.flow import words
from tickless.flow.conversation import say
from tickless.flow.rooms import Rooms
from tickless.kit.log import get_logger
from tickless.sdk.connector import Call
from tickless.sdk.invoke import invoke

PHONE = "phone.send"
"""The capability that carries codes to registered phones."""

MAX_CODES = 6
"""Codes to one person's phone within ten minutes, whoever asks for them."""

log = get_logger("flow")


class StepUp:
    """Sends codes and checks them. A right code proves the person whose phone it went to, and nobody else."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms

    def _proves(self, case: Case, about: str, beneficiary: str | None) -> Person | None:
        """Whose phone gets the code: the target's if they have to confirm, else the speaker's own."""
        who = beneficiary if about == "step_up:target" or case.speaker is None else case.speaker
        return self._rooms.world().people.get(who or "")

    def send_code(self, case: Case, decision: Decision, *, code: str) -> bool:
        """Send the code of a question (the same one when the step runs again). False: there is no phone to send it to."""
        question, plan = decision.question, decision.plan
        beneficiary = (plan.inputs.get("person") or {}).get("id") if plan else None
        person = self._proves(case, question.about if question else "", beneficiary)
        if person is None or not person.phone or not person.active:
            return False
        if self._rooms.vault.codes_lately(person.id) >= MAX_CODES:
            log.warning("too many codes were asked for", person=person.id, case=case.id)
            return False
        secret = self._rooms.vault.make_code(identity=code, person=person.id, case=case.id)
        text = f"Your Tickless code is {secret}. It is valid for ten minutes. Nobody will ever call and ask you for it."
        try:
            bound = self._rooms.registry.find(PHONE)
            call = Call(bound.instance, key=code, now=self._rooms.clock.now(), timeout=15.0)
            invoke(bound, {"phone": person.phone, "text": text}, call)
        except TicklessError as error:
            log.warning("a code could not be sent", case=case.id, error=error.public)
            return False
        return True

    def take_code(self, case: str, asked: OpenQuestion, heard: dict[str, Any]) -> None:
        """Check the answer, once a question; a right code raises the assurance of this case only."""
        now = self._rooms.clock.now()
        with self._rooms.journal.read() as tx:
            if any(row.detail.get("question") == asked.id for row in tx.audit.rows(case=case, limit=10_000)):
                return
        said = str(heard["slots"].get("code") or heard["text"]).strip().replace(" ", "")
        with self._rooms.journal.write() as tx:
            right = self._rooms.vault.check_code(tx, f"code_{asked.id}", said)
            record = tx.cases.need(case, lock=True)
            code = tx.access.one_time(f"code_{asked.id}")
            tx.audit.append(
                at=now,
                actor=record.speaker or "somebody",
                action="identity.proved" if right else "identity.refused",
                subject=f"person:{code.person if code else '?'}",
                case=case,
                detail={"question": asked.id},
            )
            if not right or code is None:
                text = words.WRONG_CODE
                say(tx, conversation=record.conversation, case=record, text=text, key=f"{asked.id}:wrong", at=now)
                return
            change: dict[str, Any] = {"inputs": {**record.inputs, "confirmed_by": code.person}, "updated_at": now}
            if record.speaker in {None, code.person}:
                change |= {"assurance": "step_up", "speaker": code.person}
                change |= {"requester": record.requester or code.person}
            tx.cases.put(record.model_copy(update=change))
