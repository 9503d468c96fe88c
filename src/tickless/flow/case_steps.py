"""The steps of a case's workflow: synchronous, small, safe to run again. Each is one transaction."""

from __future__ import annotations

import datetime as dt
from typing import Any

from tickless.domain.case import Case, Outcome
from tickless.domain.decision import Decision
from tickless.domain.plan import Run
from tickless.domain.sighting import Sighting
from tickless.flow import names
from tickless.flow.ending import ends
from tickless.flow.ending.handing_off import FAILED
from tickless.flow.ending.preventing import argument_of, noted
from tickless.flow.identity.for_your_eyes import say_secret
from tickless.flow.rooms import Rooms
from tickless.flow.saying import words
from tickless.flow.saying.conversation import fill, say
from tickless.flow.saying.labels import label_of
from tickless.flow.saying.pauses import tell_paused
from tickless.flow.talking.joining import Joining
from tickless.flow.talking.knowing import unanswered
from tickless.flow.timing import Timing
from tickless.journal import Tx

STATE_OF = {
    "act": "acting",
    "ask_person": "awaiting_person",
    "answer": "awaiting_person",
    "ask_approval": "awaiting_approval",
    "suggest": "awaiting_approval",
}


class CaseSteps:
    """One method per step name; every argument and result is small JSON."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms
        self._joining = Joining(rooms)
        self._timing = Timing(rooms)

    def decide(self, case: str, generation: int, turn: int) -> dict[str, Any]:
        """Decide: {"id", "kind", "seconds"}. A case that people closed meanwhile is over."""
        now = self._rooms.clock.now()
        with self._rooms.journal.read() as tx:
            record = tx.cases.need(case)
        if not record.live or record.generation != generation:
            return {"id": "", "kind": "over", "seconds": 0.0}
        identity = f"dec_{case.removeprefix('case_')}_{generation}_{turn}"
        decision = self._rooms.decide.decide(case, decision=identity, attempt=turn, now=now)
        foreseen = self._rooms.foresight.of(record, now=now)
        with self._rooms.journal.write() as tx:
            record = tx.cases.need(case, lock=True)
            if names.belongs(identity, record):
                state = STATE_OF.get(decision.kind, "open")
                tx.cases.put(record.model_copy(update={"state": state, "attempt": turn, "updated_at": now}))
                tell_paused(tx, record, decision, now=now)
                self._timing.note(tx, record.id, decision, foreseen, now=now)
        return {"id": identity, "kind": decision.kind, "seconds": decision.wait_seconds}

    def start_run(self, case: str, decision: str) -> str:
        """Record the run before anything happens; returns its id."""
        now = self._rooms.clock.now()
        run = f"run_{decision.removeprefix('dec_')}"
        foreseen = self._foreseen(case, now=now)
        with self._rooms.journal.write() as tx:
            made = tx.decisions.need(decision)
            if tx.runs.get(run) is None and made.plan is not None:
                if foreseen is not None:
                    tx.sightings.put(foreseen.model_copy(update={"id": f"sgt_{run}"}))
                tx.runs.put(
                    Run(id=run, case=case, plan=made.plan, plan_hash=made.plan.hash, state="running", started_at=now)
                )
        return run

    def _foreseen(self, case: str, *, now: dt.datetime) -> Sighting | None:
        """What would happen if nothing were done."""
        with self._rooms.journal.read() as tx:
            record = tx.cases.need(case)
        return self._rooms.foresight.of(record, now=now)

    def _speak(self, tx: Tx, case: Case, decision: Decision, moment: Any, *, key: str, now: dt.datetime) -> bool:
        """Let the runbook say what it has to say at this moment; False if it has nothing."""
        plan = decision.plan
        runbook = self._rooms.runbooks.get(plan.runbook) if plan else None
        text = runbook.say.get(moment) if runbook else None
        if plan is None or text is None:
            return False
        told = fill(text, {"inputs": dict(plan.inputs), "case": {"id": case.id, "number": case.number}})
        say(tx, conversation=case.conversation, case=case, text=told, key=key, at=now)
        return True

    def resolved(self, case: str, run: str, how: str) -> str:
        """It holds. Count it, watch that it goes on holding, and tell everybody who was affected."""
        now = self._rooms.clock.now()
        with self._rooms.journal.write() as tx:
            record = tx.cases.need(case, lock=True)
            ran = tx.runs.need(run)
            tx.runs.put(ran.model_copy(update={"state": "done", "reason": how, "ended_at": now}))
            if names.belongs(run, record):
                self._count_resolved(tx, record, ran, how, now=now)
        self._rooms.act.release(run)
        return "resolved"

    def _count_resolved(self, tx: Tx, case: Case, run: Run, how: str, *, now: dt.datetime) -> None:
        runbook = self._rooms.runbooks.get(run.plan.runbook)
        changed = any(receipt.changed for receipt in tx.receipts_of(run.id))
        outcome: Outcome = "verified"
        if case.kind == "risk" and changed:
            argument = argument_of(tx, self._rooms.foresight, case, run)
            case, outcome = noted(case, argument), "prevented" if argument.holds else "verified"
        verdict = tx.verdicts.need(f"ver_{run.id}")
        done = ends.end_case(
            tx,
            case,
            state="resolved",
            outcome=outcome,
            now=now,
            runbook=run.plan.runbook,
            minutes=runbook.value.minutes_saved if runbook and changed else 0.0,
            basis=runbook.value.basis if runbook else "",
            hold_until=verdict.hold_until,
            why=f"{len(verdict.readings)} checks held, read back from the system of record",
        )
        ends.watch(tx, done, run, first_look=self._rooms.pace.first_look, now=now)
        self._tell_resolved(tx, done, run, how, now=now)

    def _tell_resolved(self, tx: Tx, case: Case, run: Run, how: str, *, now: dt.datetime) -> None:
        runbook = self._rooms.runbooks.get(run.plan.runbook)
        moment: Any = "nothing_to_do" if how == "nothing_to_do" else "done"
        values = {"inputs": dict(run.plan.inputs), "case": {"id": case.id, "number": case.number},
                  "steps": {r.step: r.output for r in tx.receipts_of(run.id) if r.state == "done"}}  # fmt: skip
        text = (
            fill(runbook.say[moment], values) if runbook and moment in runbook.say else words.over(case, self._world())
        )
        card: dict[str, object] = {"kind": "case", "number": case.number, "state": case.state, "outcome": case.outcome}
        link = next((v["link"] for v in values["steps"].values() if isinstance(v, dict) and "link" in v), None)
        key = f"{run.id}:{moment}"
        if link:
            person = (run.plan.inputs.get("person") or run.plan.inputs.get("manager") or {}).get("id")
            say_secret(tx, self._rooms.vault, case, link=link, person=person, text=text, key=key, at=now)
        else:
            say(tx, conversation=case.conversation, case=case, text=text, key=key, at=now, card=card)
        ends.tell_affected(tx, case, self._world(), now=now)

    def _world(self) -> Any:
        return self._rooms.world()

    def undo(self, run: str) -> dict[str, Any]:
        """Take back what the run changed, as far as that is possible."""
        return self._rooms.act.undo(run)

    def end_run(self, case: str, run: str, end: str, reason: str, service: str | None) -> str:
        """A run that did not resolve the case: note why; hand off if it says so, else decide again."""
        now = self._rooms.clock.now()
        states = {"failed": "failed", "unverified": "unverified", "handed_off": "done", "stopped": "stopped"}
        with self._rooms.journal.write() as tx:
            record = tx.cases.need(case, lock=True)
            ran = tx.runs.need(run)
            tx.runs.put(ran.model_copy(update={"state": states.get(end, "failed"), "reason": reason, "ended_at": now}))
            if end in {"failed", "unverified"}:
                self._rooms.learn.after_failure(tx, ran.plan.runbook, now=now)
            over = not names.belongs(run, record)
            if not over and end == "handed_off":
                self._hand_over(tx, record, ran, reason, service, now=now)
                over = True
        self._rooms.act.release(run)
        return "handed_off" if over else "again"

    def _hand_over(self, tx: Tx, case: Case, run: Run, reason: str, service: str | None, *, now: dt.datetime) -> None:
        """To the running incident of a service if there is one, else to people."""
        incident = self._incident_of(tx, case, service) if service else None
        ends.end_case(tx, case, state="handed_off", outcome="handed_off", now=now, runbook=run.plan.runbook, why=reason)
        if incident is not None and case.requester:
            ends.join_incident(tx, case, incident, now=now)
        text = words.why_handed_off(case, reason)
        say(tx, conversation=case.conversation, case=case, text=text, key=f"{run.id}:handed_off", at=now)

    def _incident_of(self, tx: Tx, case: Case, service: str) -> Case | None:
        known = self._rooms.world().service_named(service)
        live = tx.cases.live_of_service(known.id) if known else []
        return next((one for one in live if one.door == "machine" and one.id != case.id), None)

    def hand_off(self, case: str, decision: str) -> str:
        """Give the case to people, with what was found, and say so."""
        now = self._rooms.clock.now()
        with self._rooms.journal.write() as tx:
            record = tx.cases.need(case, lock=True)
            if not names.belongs(decision, record):
                return "handed_off"
            made = tx.decisions.get(decision)
            why = made.summary if made else "people take over"
            done = ends.end_case(tx, record, state="handed_off", outcome="handed_off", now=now, why=why)
            told = self._left_to_incident(tx, done, key=f"{decision}:off", now=now)
            told = told or (
                made is not None and self._speak(tx, done, made, "handed_off", key=f"{decision}:off", now=now)
            )
            unanswered(tx, done, now=now)
            if not told:
                text = self._words_of_hand_off(tx, done)
                say(tx, conversation=done.conversation, case=done, text=text, key=f"{decision}:off", at=now)
        return "handed_off"

    def _left_to_incident(self, tx: Tx, case: Case, *, key: str, now: dt.datetime) -> bool:
        """One person's trouble while the whole service is in trouble: they hear of that, and when it is over."""
        incident = self._incident_of(tx, case, case.service) if case.kind == "incident" and case.service else None
        if incident is None or not case.requester:
            return False
        ends.join_incident(tx, case, incident, now=now)
        say(tx, conversation=case.conversation, case=case, text=self._joining.joined(tx, incident), key=key, at=now)
        return True

    def _words_of_hand_off(self, tx: Tx, case: Case) -> str:
        if case.kind != "question":
            world = self._rooms.world()
            service = world.services.get(case.service or "")
            served = any(case.need in runbook.serves.intents for runbook in self._rooms.runbooks.values())
            what = service.name if service else label_of(case, self._rooms.runbooks, world) if served else ""
            others = [one for one in tx.cases.live_of_service(service.id) if one.id != case.id] if service else []
            alone = service.name if service and case.kind == "incident" and not others else ""
            tried = any(run.state in FAILED for run in tx.runs.by(case=case.id))
            return words.handed_off(case, what=what, alone=alone, tried=tried)
        tried = any(one.about == "answered" for one in tx.questions.by(case=case.id))
        return words.no_answer(case, tried=tried)

    def broke(self, case: str, reason: str) -> str:
        """The house itself failed: people take over."""
        now = self._rooms.clock.now()
        with self._rooms.journal.write() as tx:
            record = tx.cases.need(case, lock=True)
            for run in tx.runs.by(case=case, state="running"):
                tx.runs.put(run.model_copy(update={"state": "failed", "reason": reason, "ended_at": now}))
            if record.live:
                why = f"Tickless itself failed: {reason}"
                done = ends.end_case(tx, record, state="handed_off", outcome="handed_off", now=now, why=why)
                text = words.handed_off(done)
                say(tx, conversation=done.conversation, case=done, text=text, key=f"{case}:broke", at=now)
        return "handed_off"

    def close(self, case: str, decision: str, kind: str) -> str:
        """Refused or muted, with the reasons of the policies that said so."""
        now = self._rooms.clock.now()
        with self._rooms.journal.write() as tx:
            record = tx.cases.need(case, lock=True)
            if kind == "over" or not names.belongs(decision, record):
                return "closed"
            made = tx.decisions.need(decision)
            if kind == "mute":
                ends.end_case(tx, record, state="muted", outcome="muted", now=now, why=made.summary)
            else:
                done = ends.end_case(tx, record, state="resolved", outcome="refused", now=now, why=made.summary)
                text = f"{words.REFUSED} {made.summary}"
                say(tx, conversation=done.conversation, case=done, text=text, key=f"{decision}:no", at=now)
        return "closed"

    def withdraw(self, case: str, heard: dict[str, Any]) -> str:
        """The person changed their mind."""
        now = self._rooms.clock.now()
        with self._rooms.journal.write() as tx:
            record = tx.cases.need(case, lock=True)
            if record.live:
                ends.withdraw(tx, record, by=str(heard.get("by", "")), now=now)
        return "closed"
