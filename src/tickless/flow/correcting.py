"""Corrections: “no, the other laptop”, “I meant Anna”. What has begun already is done for the right one, too."""

from __future__ import annotations

import datetime as dt

from tickless.domain.case import Case, Participant
from tickless.domain.finding import Evidence, Finding
from tickless.domain.signal import Sender, Signal
from tickless.flow import names, phrases, words
from tickless.flow.conversation import say
from tickless.flow.moving import goes_with
from tickless.flow.person_words import STOPPABLE
from tickless.flow.rooms import Rooms
from tickless.journal import Tx
from tickless.kit.ids import new_id

RECENT = dt.timedelta(hours=12)
"""How long after its end a case can be corrected."""
CORRECTED = frozenset({"person", "app", "device", "service"})


class Correcting:
    """In the caller's transaction. Returns the cases that begin because of it."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms

    def correct(
        self, tx: Tx, signal: Signal, finding: Finding, sender: Sender, *, live: list[Case], now: dt.datetime
    ) -> list[Case]:
        """Take the new values into the case that they are about."""
        values = {name: value for name, value in finding.slots.items() if name not in {"for", "code", "answer", "case"}}
        case = self._about(tx, finding, values, sender, live, now=now)
        key = f"{signal.id}:{finding.id}"
        if case is None or not values:
            text = words.NOT_UNDERSTOOD if case is None and not values else phrases.NOT_THERE_ANY_MORE
            say(tx, conversation=sender.conversation, case=None, text=text, key=key, at=now)
            return []
        what = self._told(values)
        if case.live and case.state in STOPPABLE:
            changed = self._change(tx, goes_with(tx, case, sender, now=now), values, finding, sender, now=now)
            say(tx, conversation=changed.conversation, case=changed, text=phrases.corrected(what), key=key, at=now)
            return []
        anew = self._anew(tx, case, values, signal, sender, now=now)
        text = phrases.corrected_anew(case.number, what)
        say(tx, conversation=sender.conversation, case=anew, text=text, key=key, at=now)
        return [anew]

    def _about(
        self, tx: Tx, finding: Finding, values: dict[str, str], sender: Sender, live: list[Case], *, now: dt.datetime
    ) -> Case | None:
        """By the case's number, else the newest one that has such an input, live or just over."""
        numbered = finding.slots.get("case")
        if numbered:
            return next((one for one in live if str(one.number) == numbered), None)
        table = tx.cases.table.c
        over = tx.cases.where(
            table.conversation == sender.conversation,
            table.updated_at > now - RECENT,
            order=table.number.desc(),
            limit=5,
        )
        candidates = [*live, *(one for one in over if not one.live and one.outcome not in {"withdrawn", "refused"})]
        wanted = set(values) & CORRECTED or set(values)
        fitting = [one for one in candidates if wanted & self._inputs_of(one)]
        return next(iter(fitting or candidates), None)

    def _inputs_of(self, case: Case) -> set[str]:
        """The inputs of the runbook that serves it."""
        serving = (one for one in self._rooms.runbooks.values() if case.need and case.need in one.serves.intents)
        return {name for runbook in serving for name in runbook.inputs} | set(case.inputs)

    def _change(
        self, tx: Tx, case: Case, values: dict[str, str], finding: Finding, sender: Sender, *, now: dt.datetime
    ) -> Case:
        """Nothing irreversible has begun: the inputs change, what was approved for the old plan is void, it is decided anew."""
        inputs = {name: text for name, text in case.inputs.items() if name.removesuffix("?") not in values} | values
        changed = case.model_copy(
            update={"inputs": inputs, "subject": _subject(case, inputs), "updated_at": now,
                    "service": values.get("service", case.service)}
        )  # fmt: skip
        tx.cases.put(changed)
        tx.cases.attach_finding(finding, case.id)
        for approval in tx.approvals.by(case=case.id, state="pending"):
            tx.approvals.put(approval.model_copy(update={"state": "withdrawn", "answered_at": now}))
        for question in tx.questions.by(case=case.id, state="open"):
            tx.questions.put(question.model_copy(update={"state": "withdrawn"}))
        tx.audit.append(at=now, actor=sender.person or sender.account, action="case.corrected",
                        subject=changed.subject or case.id, case=case.id, detail={"values": values})  # fmt: skip
        workflow = names.case_workflow(case.id, case.generation)
        tx.coordination.post(f"corrected:{finding.id}", workflow=workflow, message={"type": "corrected"})
        return changed

    def _anew(
        self, tx: Tx, case: Case, values: dict[str, str], signal: Signal, sender: Sender, *, now: dt.datetime
    ) -> Case:
        """The first one is under way or done: the same need once more, for what was meant."""
        kept = {name: text for name, text in case.inputs.items() if name.removesuffix("?") not in {*values, "after"}}
        inputs = {name: text for name, text in kept.items() if name not in {"confirmed_by", "proved_at"}} | values
        same_writer = sender.person == case.speaker
        anew = case.model_copy(
            update={
                "id": new_id("case"), "number": tx.coordination.next_number("case"), "state": "open", "outcome": None,
                "inputs": inputs, "subject": _subject(case, inputs), "service": values.get("service", case.service),
                "conversation": sender.conversation, "generation": 0, "attempt": 0, "regressions": 0, "opened_at": now,
                "updated_at": now, "reopened_at": None, "resolved_at": None, "hold_until": None, "parent": None,
                "assurance": sender.assurance, "speaker": sender.person, "typed_by": sender.via,
                "requester": sender.person if not same_writer else case.requester,
                "evidence": (Evidence(text=f"A correction of case {case.number}.", source="conversation", ref=signal.id),),
            }
        )  # fmt: skip
        tx.cases.put(anew)
        tx.alerts.join(anew.id, signal, why=f"A correction of case {case.number}.")
        if sender.person:
            tx.alerts.add_participant(
                Participant(
                    case=anew.id, role="requester", ref=sender.person, conversation=sender.conversation, since=now
                )
            )
        tx.audit.append(at=now, actor=sender.person or sender.account, action="case.open", subject=anew.subject or anew.id,
                        case=anew.id, detail={"signal": signal.id, "corrects": case.id, "need": case.need})  # fmt: skip
        return anew

    def _told(self, values: dict[str, str]) -> str:
        """The new values as one reads them out."""
        world = self._rooms.world()
        told = [
            *(world.people[ref].name for ref in (values.get("person", ""),) if ref in world.people),
            *(world.apps[ref].name for ref in (values.get("app", ""),) if ref in world.apps),
            *(world.devices[ref].tag for ref in (values.get("device", ""),) if ref in world.devices),
            *(world.services[ref].name for ref in (values.get("service", ""),) if ref in world.services),
            *(value[:80] for name, value in values.items() if name not in CORRECTED),
        ]
        return " and ".join(told) or "that"


def _subject(case: Case, inputs: dict[str, str]) -> str | None:
    """What the case is about after the correction, in the form in which cases are found again."""
    if not (case.subject or "").startswith("person:"):
        return case.subject
    thing = inputs.get("app") or inputs.get("device")
    who = inputs.get("person") or case.requester
    if who is None:
        return case.subject
    return f"person:{who}/{thing}" if thing else f"person:{who}"
