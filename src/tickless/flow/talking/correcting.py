"""Corrections: “no, the other laptop”, “I meant Anna”. What has begun already is done for the right one, too."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from tickless.domain.case import Case, Participant
from tickless.domain.finding import Evidence, Finding
from tickless.domain.signal import Sender, Signal
from tickless.flow import names
from tickless.flow.rooms import Rooms
from tickless.flow.saying import phrases, words
from tickless.flow.saying.conversation import say
from tickless.flow.talking.moving import goes_with
from tickless.flow.talking.person_words import STOPPABLE
from tickless.journal import Tx
from tickless.kit.ids import new_id

RECENT = dt.timedelta(hours=12)
"""How long after its end a case can be corrected."""
CORRECTED = frozenset({"person", "app", "device", "service"})
_NO_VALUES = frozenset({"for", "code", "answer", "case", "instead_of", "keep", "drop"})
MANAGER = "role:manager"


@dataclass(frozen=True)
class Right:
    """What is right: `values` by name of the input; `unclear`: input → records that fit, separated by `|`."""

    values: dict[str, str]
    unclear: dict[str, str]

    @property
    def names(self) -> set[str]:
        return {*self.values, *self.unclear}

    def into(self, inputs: dict[str, str]) -> dict[str, str]:
        """A case's inputs with it: what is unclear is asked for by the next decision."""
        kept = {name: text for name, text in inputs.items() if name.removesuffix("?") not in self.names}
        return {**kept, **self.values, **{f"{name}?": choices for name, choices in self.unclear.items()}}


class Correcting:
    """In the caller's transaction. Returns the cases that begin because of it."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms

    def correct(
        self, tx: Tx, signal: Signal, finding: Finding, sender: Sender, *, live: list[Case], now: dt.datetime
    ) -> list[Case]:
        """Take the new values into the case that they are about."""
        right = self._right(finding, sender)
        case = self._about(tx, finding, right.names, sender, live, now=now)
        key = f"{signal.id}:{finding.id}"
        if case is None or not right.names:
            text = words.NOT_UNDERSTOOD if not right.names else phrases.NOT_THERE_ANY_MORE
            say(tx, conversation=sender.conversation, case=None, text=text, key=key, at=now)
            return []
        what = self._told(right.values)
        if case.live and case.state in STOPPABLE:
            moved = goes_with(tx, case, sender, now=now)
            changed = self._change(tx, moved, right, finding, sender, now=now)
            if right.values:
                say(tx, conversation=changed.conversation, case=changed, text=phrases.corrected(what), key=key, at=now)
            return []
        anew = self._anew(tx, case, right, signal, sender, now=now)
        text = phrases.corrected_anew(case.number, what)
        say(tx, conversation=sender.conversation, case=anew, text=text, key=key, at=now)
        return [anew]

    def another_need(self, finding: Finding, live: list[Case], sender: Sender) -> Case | None:
        """“I meant the VPN, not the mailbox”: the case that is given up for the need that the correction states. Without a
        word on what was wrong, only what is alone in this conversation."""
        instead = finding.slots.get("instead_of")
        stoppable = [one for one in live if one.state in STOPPABLE]
        if instead is not None:
            return next((one for one in stoppable if instead in {one.need, *one.inputs.values()}), None)
        here = [one for one in stoppable if one.conversation == sender.conversation]
        return here[0] if len(here) == 1 else None

    def _right(self, finding: Finding, sender: Sender) -> Right:
        """What is right now, by name of the input; “my boss” is the manager on record."""
        values = {name: value for name, value in finding.slots.items() if name not in _NO_VALUES}
        writer = self._rooms.world().people.get(sender.person or "")
        if finding.slots.get("for") == MANAGER and writer is not None and writer.manager:
            values["person"] = writer.manager
        return Right(values, _unclear(finding, values))

    def _about(
        self, tx: Tx, finding: Finding, named: set[str], sender: Sender, live: list[Case], *, now: dt.datetime
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
        wanted = named & CORRECTED or named
        fitting = [one for one in candidates if wanted & self._inputs_of(one)]
        return next(iter(fitting or candidates), None)

    def _inputs_of(self, case: Case) -> set[str]:
        """The inputs of the runbook that serves it."""
        serving = (one for one in self._rooms.runbooks.values() if case.need and case.need in one.serves.intents)
        return {name for runbook in serving for name in runbook.inputs} | set(case.inputs)

    def _change(
        self,
        tx: Tx,
        case: Case,
        right: Right,
        finding: Finding,
        sender: Sender,
        *,
        now: dt.datetime,
    ) -> Case:
        """Nothing irreversible has begun: the inputs change, what was approved for the old plan is void, it is decided anew."""
        inputs = right.into(case.inputs)
        changed = case.model_copy(
            update={"inputs": inputs, "subject": _subject(case, inputs), "updated_at": now,
                    "service": right.values.get("service", case.service)}
        )  # fmt: skip
        tx.cases.put(changed)
        tx.cases.attach_finding(finding, case.id)
        for approval in tx.approvals.by(case=case.id, state="pending"):
            tx.approvals.put(approval.model_copy(update={"state": "withdrawn", "answered_at": now}))
        for question in tx.questions.by(case=case.id, state="open"):
            tx.questions.put(question.over("withdrawn", now))
        tx.audit.append(at=now, actor=sender.person or sender.account, action="case.corrected",
                        subject=changed.subject or case.id, case=case.id,
                        detail={"values": right.values, "unclear": right.unclear})  # fmt: skip
        workflow = names.case_workflow(case.id, case.generation)
        tx.coordination.post(f"corrected:{finding.id}", workflow=workflow, message={"type": "corrected"})
        return changed

    def _anew(
        self,
        tx: Tx,
        case: Case,
        right: Right,
        signal: Signal,
        sender: Sender,
        *,
        now: dt.datetime,
    ) -> Case:
        """The first one is under way or done: the same need once more, for what was meant."""
        kept = {name: text for name, text in case.inputs.items() if name not in {"after", "confirmed_by", "proved_at"}}
        inputs = right.into(kept)
        same_writer = sender.person == case.speaker
        anew = case.model_copy(
            update={
                "id": new_id("case"), "number": tx.coordination.next_number("case"), "state": "open", "outcome": None,
                "inputs": inputs, "subject": _subject(case, inputs), "service": right.values.get("service", case.service),
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
                        case=anew.id, detail={"signal": signal.id, "corrects": case.id, "need": case.need,
                                "kind": case.kind})  # fmt: skip
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


def _unclear(finding: Finding, values: dict[str, str]) -> dict[str, str]:
    """What is corrected without being clear: input → the records that fit, separated by `|`; the decision asks which."""
    found = {
        one.kind: "|".join(one.alternatives)
        for one in finding.entities
        if one.kind in CORRECTED and one.ref is None and one.kind not in values and one.alternatives
    }
    if finding.slots.get("for") == "?" and "person" not in values:
        found.setdefault("person", "")
    return found


def _subject(case: Case, inputs: dict[str, str]) -> str | None:
    """What the case is about after the correction, in the form in which cases are found again."""
    if not (case.subject or "").startswith("person:"):
        return case.subject
    thing = inputs.get("app") or inputs.get("device")
    who = inputs.get("person") or case.requester
    if who is None:
        return case.subject
    return f"person:{who}/{thing}" if thing else f"person:{who}"
