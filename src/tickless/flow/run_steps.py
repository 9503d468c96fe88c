"""The steps of the interpreter workflow: synchronous, small, safe to run again."""

from __future__ import annotations

import datetime as dt
from typing import Any

from tickless.domain.case import Case
from tickless.domain.decision import OpenQuestion
from tickless.flow import names
from tickless.flow.approvals.halfway import ask_halfway, yes_counts
from tickless.flow.rooms import Rooms
from tickless.flow.saying.conversation import fill, personal, say
from tickless.flow.saying.pauses import tell_paused_halfway
from tickless.journal import Tx
from tickless.stages.act.places import step_at

STOPPED = "stopped"
"""Instead of the id of what was asked: the case was closed meanwhile, or is open anew."""


class RunSteps:
    """One method per step name; every argument and result is small JSON."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms

    def begin(self, run: str) -> dict[str, Any]:
        """What there is to do: {"end": None, "prechecks": n, "steps": [ids]}."""
        with self._rooms.journal.read() as tx:
            record = tx.runs.need(run)
        return {"end": None, "prechecks": len(record.plan.precheck), "steps": [step.id for step in record.plan.steps]}

    def announce(self, run: str) -> None:
        """Say what begins now: the preconditions hold."""
        now = self._rooms.clock.now()
        with self._rooms.journal.write() as tx:
            record = tx.runs.need(run)
            case = tx.cases.need(record.case)
            runbook = self._rooms.runbooks.get(record.plan.runbook)
            text = runbook.say.get("started") if runbook else None
            if text:
                values = {"inputs": dict(record.plan.inputs), "case": {"id": case.id, "number": case.number}}
                say(tx, conversation=case.conversation, case=case, text=fill(text, values), key=f"{run}:started", at=now,
                    passing=True)  # fmt: skip

    def precheck(self, run: str, index: int) -> dict[str, Any]:
        """Look at one precondition: {"held", "otherwise", "because"}."""
        reading = self._rooms.verify.read(run, "precheck", index)
        with self._rooms.journal.read() as tx:
            check = tx.runs.need(run).plan.precheck[index]
        ends = {"stop": "handed_off", "nothing_to_do": "nothing_to_do"}
        if reading["held"] is None:
            return {"held": None, "otherwise": "handed_off", "because": f"A precondition {reading['evidence']}."}
        return {"held": reading["held"], "otherwise": ends[check.otherwise], "because": check.because or ""}

    def step(self, run: str, step: str, attempt: int) -> dict[str, Any]:
        """Run one step, or say what the flow has to do for it. Nothing begins in a case that people took over meanwhile."""
        with self._rooms.journal.read() as tx:
            record = tx.runs.need(run)
            case = tx.cases.need(record.case)
        if not names.belongs(run, case):
            whole = any(one.tasks or one.until is not None or one.wait_for for one in record.plan.steps)
            return {"state": "stopped"} | ({"back": True} if whole and case.outcome == "withdrawn" else {})
        told = self._rooms.act.step(run, step, attempt)
        if told["state"] == "failed":
            with self._rooms.journal.read() as tx:
                told["continue"] = step_at(tx.runs.need(run).plan, step).on_failure == "continue"
        if told["state"] == "say":
            self._say(run, step, told["text"])
        if told["state"] == "braked":
            with self._rooms.journal.write() as tx:
                tell_paused_halfway(tx, tx.cases.need(tx.runs.need(run).case), now=self._rooms.clock.now())
        return told

    def settle(self, run: str, step: str, output: dict[str, Any], summary: str) -> dict[str, Any]:
        return self._rooms.act.settle(run, step, output, summary)

    def undo(self, run: str) -> dict[str, Any]:
        """Take back what a run changed."""
        return self._rooms.act.undo(run)

    def checks(self, run: str) -> list[dict[str, Any]]:
        """The post-conditions, as data for the workflow's loop."""
        with self._rooms.journal.write() as tx:
            record = tx.runs.need(run)
            case = tx.cases.need(record.case, lock=True)
            if names.belongs(run, case):
                tx.cases.put(case.model_copy(update={"state": "verifying", "updated_at": self._rooms.clock.now()}))
        return [check.model_dump(mode="json", by_alias=True) for check in record.plan.verify]

    def read(self, run: str, index: int) -> dict[str, Any]:
        return self._rooms.verify.read(run, "verify", index)

    def conclude(self, run: str, readings: list[dict[str, Any]]) -> dict[str, Any]:
        found = self._rooms.verify.conclude(run, readings)
        self._rooms.act.note_verdict(run, held=found["result"] == "held", now=self._rooms.clock.now())
        return found

    def _say(self, run: str, step: str, text: str) -> None:
        now = self._rooms.clock.now()
        with self._rooms.journal.write() as tx:
            case = tx.cases.need(tx.runs.need(run).case)
            say(tx, conversation=case.conversation, case=case, text=text, key=f"{run}:{step}", at=now)

    def ask(self, run: str, step: str, told: dict[str, Any]) -> str | None:
        """Put the question to the person; returns its id, None if there is nobody to ask, `STOPPED` if the case is over."""
        now = self._rooms.clock.now()
        question = f"que_{run}_{step}" + (f"_{told['turn']}" if told.get("turn") else "")
        with self._rooms.journal.write() as tx:
            record = tx.runs.need(run)
            case = tx.cases.need(record.case, lock=True)
            if not names.belongs(run, case):
                return STOPPED
            conversation = self._conversation(case, told["who"])
            if conversation is None:
                return None
            if tx.questions.get(question) is None:
                self._put_question(tx, question, case, step, told, run=run, conversation=conversation, now=now)
                tx.cases.put(case.model_copy(update={"state": "awaiting_person", "updated_at": now}))
            card: dict[str, object] = {"kind": "choices", "question": question, "options": told["choices"]}
            say(tx, conversation=conversation, case=case, text=told["text"], key=question, at=now,
                card=card if told["choices"] else None)  # fmt: skip
        return question

    def _conversation(self, case: Case, who: str) -> str | None:
        if who == "requester":
            return case.conversation or (personal(case.requester) if case.requester else None)
        service = self._rooms.world().services.get(case.service or "")
        return personal(service.owner) if service and service.owner else None

    @staticmethod
    def _put_question(
        tx: Tx,
        question: str,
        case: Case,
        step: str,
        told: dict[str, Any],
        *,
        run: str,
        conversation: str,
        now: dt.datetime,
    ) -> None:
        tx.questions.put(
            OpenQuestion(
                id=question,
                case=case.id,
                conversation=conversation,
                about=f"step:{step}",
                text=told["text"],
                choices=tuple(told["choices"]),
                waiting=names.run_workflow(run),
                asked_at=now,
            )
        )

    def approve(self, run: str, step: str, told: dict[str, Any]) -> str | None:
        """Ask for an approval inside the procedure; its id, None if nobody may give it, `STOPPED` if the case is over."""
        now = self._rooms.clock.now()
        approval = f"apr_{run}_{step}"
        with self._rooms.journal.write() as tx:
            record = tx.runs.need(run)
            case = tx.cases.need(record.case, lock=True)
            if not names.belongs(run, case):
                return STOPPED
            if ask_halfway(tx, self._rooms, record, case, approval=approval, told=told, now=now) is None:
                return None
            tx.cases.put(case.model_copy(update={"state": "awaiting_approval", "updated_at": now}))
        return approval

    def heard(self, run: str, step: str, asked: str, heard: dict[str, Any]) -> dict[str, Any]:
        """Write the answer down as the step's output: `answer`, or `approved` and `by`."""
        now = self._rooms.clock.now()
        with self._rooms.journal.write() as tx:
            case = tx.cases.need(tx.runs.need(run).case, lock=True)
            if names.belongs(run, case):
                tx.cases.put(case.model_copy(update={"state": "acting", "updated_at": now}))
        if heard["type"] != "approval":
            return self._rooms.act.settle(run, step, {"answer": heard["text"]}, "answered")
        summary = "approved" if heard["approve"] else "denied"
        if heard["approve"] and not self._counts(run, asked):
            summary = "denied: whoever said yes may not any more, or it came too late"
        output = {"approved": summary == "approved", "by": heard["by"]}
        return self._rooms.act.settle(run, step, output, summary)

    def _counts(self, run: str, approval: str) -> bool:
        """Whether that yes is one now: who gave it may have come to gain by it."""
        with self._rooms.journal.read() as tx:
            record = tx.runs.need(run)
            return names.belongs(run, tx.cases.need(record.case)) and yes_counts(tx, self._rooms, record, approval)
