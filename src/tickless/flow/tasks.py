"""Tasks of a case: each is a case of its own, decided, done and verified like any other; this one waits for all of them.

The steps are synchronous, small, safe to run again.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from tickless.domain.case import TASK_RUN, Case, CaseState
from tickless.domain.finding import Evidence
from tickless.domain.plan import Run
from tickless.domain.record import Untrusted
from tickless.flow import names
from tickless.flow.ending import ends
from tickless.flow.engine import Engine
from tickless.flow.rooms import Rooms
from tickless.flow.saying import words
from tickless.flow.saying.conversation import say
from tickless.journal import Tx
from tickless.journal.changes import parts_of
from tickless.kit.canonical import digest
from tickless.stages.decide.identity_facts import ASSURED_BEFORE, PROVED_AT

TASK = "task"
"""Case input: which of the step's tasks it is."""
DONE = frozenset({"verified", "confirmed"})


def _proof(whole: Case) -> dict[str, str]:
    """When it was proved who speaks, and how sure that was before: a part is no surer than its whole."""
    return {name: whole.inputs[name] for name in (PROVED_AT, ASSURED_BEFORE) if name in whole.inputs}


class TaskSteps:
    """One method per step name; every argument and result is small JSON."""

    def __init__(self, rooms: Rooms, engine: Engine) -> None:
        self._rooms = rooms
        self._engine = engine

    def open(self, run: str, step: str, tasks: list[dict[str, Any]]) -> list[str]:
        """Open a case for each task and start its durable run, in one commit; returns the cases' ids."""
        now = self._rooms.clock.now()
        self._rooms.act.release(run)  # the parts work on what the whole has locked
        opened: list[str] = []
        with self._rooms.journal.write() as tx:
            record = tx.runs.need(run)
            parent = tx.cases.need(record.case, lock=True)
            if parent.live:  # it waits for its parts now, and may be withdrawn with them
                tx.cases.put(parent.model_copy(update={"state": "open", "updated_at": now}))
            for task in tasks:
                identity = f"case_{digest([run, step, task['id']])[:26]}"
                opened.append(identity)
                if tx.cases.get(identity) is None:
                    case = self._case(tx, identity, record, parent, task, now=now)
                    workflow = names.case_workflow(case.id, case.generation)
                    self._engine.enqueue(tx, names.RESOLVE_CASE, workflow=workflow, args=(case.id, case.generation))
        return opened

    def _case(self, tx: Tx, identity: str, run: Run, parent: Case, task: dict[str, Any], *, now: dt.datetime) -> Case:
        runbook = self._rooms.runbooks.get(task["runbook"] or "")
        why = Evidence(text=f"A part of case {parent.number}: {task['title']}.", source="runbook", ref=run.plan.runbook)
        person = task["inputs"].get("person")
        case = Case(
            id=identity,
            number=tx.coordination.next_number("case"),
            tenant=parent.tenant,
            kind=runbook.kind if runbook else "request",
            need=task["runbook"] or "manual_task",
            title=Untrusted(str(task["title"])[:200]),
            subject=f"person:{person}/{task['id']}" if person else f"{parent.subject}/{task['id']}",
            requester=parent.requester,
            speaker=parent.speaker,
            typed_by=parent.typed_by,
            assurance=parent.assurance,
            door=parent.door,
            inputs={**_proof(parent), **task["inputs"], TASK: task["id"], TASK_RUN: run.id},
            impact=parent.impact,
            opened_at=now,
            updated_at=now,
            parent=parent.id,
            evidence=(why,),
        )
        tx.audit.append(at=now, actor="tickless", action="case.open", subject=case.subject or case.id, case=case.id,
                        detail={"task_of": parent.id, "run": run.id, "need": case.need})  # fmt: skip
        return tx.cases.put(case)

    def rest(self, run: str, waiting: bool) -> None:
        """While the whole waits for a day it holds nothing and may be withdrawn; then it is being worked on again."""
        if waiting:
            self._rooms.act.release(run)
        with self._rooms.journal.write() as tx:
            case = tx.cases.need(tx.runs.need(run).case, lock=True)
            if case.live:
                state: CaseState = "open" if waiting else "acting"
                tx.cases.put(case.model_copy(update={"state": state, "updated_at": self._rooms.clock.now()}))

    def seconds_to(self, at: str) -> float:
        return max(0.0, (dt.datetime.fromisoformat(at) - self._rooms.clock.now()).total_seconds())

    def parts(self, run: str) -> list[str]:
        """The cases that this run has opened so far."""
        with self._rooms.journal.read() as tx:
            whole = tx.cases.need(tx.runs.need(run).case)
            return [one.id for one in parts_of(tx, whole) if one.inputs.get(TASK_RUN) == run]

    def look(self, cases: list[str]) -> dict[str, Any]:
        """How the tasks stand: {"live", "total", "verified", "left", "open"}."""
        with self._rooms.journal.read() as tx:
            found = [tx.cases.need(case) for case in cases]
        if found and not any(case.live for case in found):
            self.rest(found[0].inputs[TASK_RUN], False)
        open_ones = [case for case in found if case.outcome not in DONE]
        return {
            "live": sum(case.live for case in found),
            "total": len(found),
            "verified": len(found) - len(open_ones),
            "left": len(open_ones),
            "open": ", ".join(f"{case.title.tame(80)} (case {case.number})" for case in open_ones) or "nothing",
        }

    def stop(self, cases: list[str], by: str) -> list[str]:
        """The whole is withdrawn: end what is live, and return the runs whose effects have to be taken back, latest first."""
        now = self._rooms.clock.now()
        runs: list[Run] = []
        with self._rooms.journal.write() as tx:
            for identity in cases:
                case = tx.cases.need(identity, lock=True)
                if case.live or case.outcome == "handed_off":
                    ends.end_case(
                        tx, case, state="resolved", outcome="withdrawn", now=now, why="the whole was withdrawn", by=by
                    )
                    ends.tell_runs(tx, case, by=by)
                elif case.outcome in DONE:
                    back = case.model_copy(update={"outcome": "withdrawn", "hold_until": None, "updated_at": now})
                    tx.cases.put(back)
                    ends.recount(tx, back, outcome="withdrawn")
                for watch in tx.watches.by(case=identity):
                    tx.watches.delete(watch.id)
                runs += tx.runs.by(case=identity)
        return [run.id for run in sorted(runs, key=lambda run: (run.started_at, run.id), reverse=True)]

    def undo(self, run: str) -> dict[str, Any]:
        """Take back what the run of a part changed, once it has stopped: an effect under way has no receipt yet."""
        with self._rooms.journal.read() as tx:
            running = tx.runs.need(run).state == "running"
        return {"braked": "it is still stopping", "after": 0.5} if running else self._rooms.act.undo(run)

    def taken_back(self, run: str, told: list[dict[str, Any]]) -> None:
        """Say what was taken back, and what could not be."""
        now = self._rooms.clock.now()
        left = [step for one in told for step in one.get("left", [])]
        undone = sum(len(one.get("undone", [])) for one in told)
        with self._rooms.journal.write() as tx:
            case = tx.cases.need(tx.runs.need(run).case)
            text = words.taken_back(undone, left)
            say(tx, conversation=case.conversation, case=case, text=text, key=f"{run}:taken_back", at=now)
