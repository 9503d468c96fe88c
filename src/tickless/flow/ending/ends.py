"""The ends of a case: counted, audited, watched. All in the caller's transaction."""

from __future__ import annotations

import datetime as dt

from tickless.domain.case import TASK_RUN, Case, CaseState, Outcome, Participant, is_part
from tickless.domain.measure import Resolution
from tickless.domain.plan import Run
from tickless.domain.verdict import Watch
from tickless.domain.world import World
from tickless.flow import names
from tickless.flow.ending.handing_off import want_ticket
from tickless.flow.ending.order_of_needs import wake_followers
from tickless.flow.saying import words
from tickless.flow.saying.conversation import say
from tickless.journal import Tx
from tickless.stages.correlate.placing import SOLVED, reopened
from tickless.stages.learn.service import LearnRoom


def end_case(
    tx: Tx,
    case: Case,
    *,
    state: CaseState,
    outcome: Outcome,
    now: dt.datetime,
    why: str,
    runbook: str | None = None,
    minutes: float = 0.0,
    basis: str = "",
    hold_until: dt.datetime | None = None,
    by: str = "tickless",
) -> Case:
    """Close a case and count how it ended. One resolution per generation."""
    done = case.model_copy(
        update={"state": state, "outcome": outcome, "updated_at": now, "resolved_at": now, "hold_until": hold_until}
    )
    tx.cases.put(done)
    nothing_waits(tx, case, now=now)
    wake_followers(tx, done)
    if outcome == "handed_off":
        want_ticket(tx, done, now=now)
    tx.resolutions.put(
        Resolution(
            id=_resolution_id(case),
            case=case.id,
            outcome=outcome,
            door=case.door,
            need=case.need,
            runbook=runbook,
            service=case.service,
            seconds=max(0.0, (now - (case.reopened_at or case.opened_at)).total_seconds()),
            minutes_saved=0.0 if is_part(case) else minutes,  # counted with the whole
            basis=basis,
            at=now,
        )
    )
    tx.audit.append(at=now, actor=by, action=f"case.{outcome}", subject=case.subject or case.id, case=case.id,
                    detail={"why": why, "runbook": runbook, "generation": case.generation})  # fmt: skip
    if is_part(case):  # the whole waits for its parts
        tx.coordination.post(f"task:{case.id}:{case.generation}", workflow=names.run_workflow(case.inputs[TASK_RUN]),
                             message={"type": "task", "case": case.id})  # fmt: skip
    return done


def _resolution_id(case: Case) -> str:
    return f"res_{case.id.removeprefix('case_')}_{case.generation}"


def tell_affected(tx: Tx, case: Case, world: World, *, now: dt.datetime) -> None:
    """Tell everybody who was affected that it is over, and ask whether it works for them."""
    card: dict[str, object] = {"kind": "solved", "case": case.id, "number": case.number}
    told = {case.conversation}
    for other in tx.alerts.participants(case.id):
        if other.role == "affected" and other.conversation and other.conversation not in told:
            told.add(other.conversation)
            say(tx, conversation=other.conversation, case=case, text=words.over(case, world),
                key=f"{case.id}:{case.generation}:over", at=now, card=card, proactive=True)  # fmt: skip


def nothing_waits(tx: Tx, case: Case, *, now: dt.datetime) -> None:
    """A case that is over asks nobody for anything: an answer would go where nobody listens."""
    for question in tx.questions.by(case=case.id):
        if question.state == "open":
            tx.questions.put(question.over("withdrawn", now))
    for approval in tx.approvals.by(case=case.id, state="pending"):
        tx.approvals.put(approval.model_copy(update={"state": "withdrawn", "answered_at": now}))


def tell_runs(tx: Tx, case: Case, *, by: str) -> None:
    """Tell whatever waits in the case's durable runs that it is over, once its end is written down.

    Only what was withdrawn is taken back; where people took over, or it works, the runs stop, and what was done stays.
    """
    taken_back = tx.cases.need(case.id).outcome == "withdrawn"
    message = {"type": "withdraw" if taken_back else "over", "by": by}
    waiting = {names.case_workflow(case.id, case.generation)}
    waiting |= {names.run_workflow(run.id) for run in tx.runs.by(case=case.id, state="running")}
    for workflow in sorted(waiting):
        tx.coordination.post(f"over:{case.generation}:{workflow}", workflow=workflow, message=message)


def watch(tx: Tx, case: Case, run: Run, *, first_look: float, now: dt.datetime) -> None:
    """Look again later whether it still holds. What was watched about the same thing before is over: this is newer."""
    for older in tx.watches.by(subject=run.plan.subject):
        tx.watches.delete(older.id)
    if case.hold_until is None:
        return
    tx.watches.put(
        Watch(
            id=f"watch_{run.id}",
            case=case.id,
            run=run.id,
            subject=run.plan.subject,
            due_at=now + dt.timedelta(seconds=first_look),
            until=case.hold_until,
        )
    )


def withdraw(tx: Tx, case: Case, *, by: str, now: dt.datetime) -> Case:
    """Stop a live case at its requester's or an operator's word."""
    done = end_case(tx, case, state="resolved", outcome="withdrawn", now=now, why="withdrawn", by=by or "tickless")
    say(tx, conversation=case.conversation, case=done, text=words.WITHDRAWN, key=f"{case.id}:{case.generation}:withdrawn",
        at=now)  # fmt: skip
    return done


def reopen(tx: Tx, case: Case, *, by: str, why: str, learn: LearnRoom, now: dt.datetime) -> Case:
    """It came back, or was never solved: the last end becomes `regressed`, a new generation begins, and the runbook whose
    solution it was may fall."""
    back = tx.cases.put(case.model_copy(update={**reopened(case, now=now), "updated_at": now}))
    ran = mark_regressed(tx, back, by=by, why=why, now=now)
    if ran is not None:
        learn.after_failure(tx, ran, now=now)
    return back


def mark_regressed(tx: Tx, back: Case, *, by: str, why: str, now: dt.datetime) -> str | None:
    """Count the end before this generation as one that did not hold, if it was a solution at all. Returns the runbook whose
    solution it was, if any."""
    before = _last(tx, back, back.generation - 1)
    if before is not None and before.outcome in SOLVED:
        recount(tx, back.model_copy(update={"generation": back.generation - 1}), outcome="regressed")
    for one in tx.watches.by(case=back.id):
        tx.watches.delete(one.id)
    tx.audit.append(at=now, actor=by, action="case.reopened", subject=back.subject or back.id, case=back.id,
                    detail={"why": why, "generation": back.generation})  # fmt: skip
    return before.runbook if before is not None and before.outcome in SOLVED else None


def recount(tx: Tx, case: Case, *, outcome: Outcome, minutes: float | None = None) -> None:
    """Change how the end of this generation is counted, and what it saved."""
    last = _last(tx, case, case.generation)
    if last is not None:
        saved = last.minutes_saved if minutes is None else minutes
        tx.resolutions.put(last.model_copy(update={"outcome": outcome, "minutes_saved": saved}))


def _last(tx: Tx, case: Case, generation: int) -> Resolution | None:
    return tx.resolutions.get(f"res_{case.id.removeprefix('case_')}_{generation}")


JOINED = "incident.joined"
"""Case input: the incident that this case's own trouble was found to be."""


def join_incident(tx: Tx, case: Case, incident: Case, *, now: dt.datetime) -> None:
    """The person is told when the incident is over. Their own case counts with it: one trouble is counted once."""
    tx.resolutions.delete(_resolution_id(case))
    tx.alerts.add_participant(
        Participant(
            case=incident.id, role="affected", ref=case.requester or "", conversation=case.conversation, since=now
        )
    )
    fresh = tx.cases.need(case.id)
    tx.cases.put(fresh.model_copy(update={"parent": incident.id, "inputs": {**fresh.inputs, JOINED: incident.id}}))
