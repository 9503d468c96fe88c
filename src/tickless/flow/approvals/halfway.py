"""An approval inside a procedure: asked by the same rules as one before it, and looked at again before it counts."""

from __future__ import annotations

import datetime as dt
from typing import Any

from tickless.domain.case import Case
from tickless.domain.decision import ApprovalRequest
from tickless.domain.plan import Run
from tickless.flow import names
from tickless.flow.approvals.asking import escalates_at, put_request
from tickless.flow.rooms import Rooms
from tickless.journal import Tx
from tickless.stages.decide.approvers import ask_for, beneficiary_of, still_counts
from tickless.stages.decide.given import holders_of, parties_of


def ask_halfway(
    tx: Tx, rooms: Rooms, run: Run, case: Case, *, approval: str, told: dict[str, Any], now: dt.datetime
) -> ApprovalRequest | None:
    """Put the request once; None: nobody may give that yes. `told`: `by`, `text`, `within` in seconds."""
    known = tx.approvals.get(approval)
    if known is not None:
        return known
    world = rooms.world()
    barred = parties_of(tx, rooms.journal.signals, case, run.plan, world)
    ask = ask_for(told["by"], run.plan, case, world, barred=barred, holders=holders_of(tx))
    if ask is None:
        return None
    asked = ApprovalRequest(
        id=approval,
        case=run.case,
        decision="",
        plan_hash=run.plan_hash,
        requester=case.requester,
        role=f"step:{ask.role}",
        approvers=ask.approvers,
        needed=ask.needed,
        beneficiary=beneficiary_of(run.plan) or None,
        title=run.plan.title,
        summary=told["text"],
        waiting=names.run_workflow(run.id),
        asked_at=now,
        expires_at=now + dt.timedelta(seconds=told["within"]),
        escalate_at=escalates_at(rooms, told["within"], now),
    )
    return put_request(tx, rooms, asked, case, now)


def yes_counts(tx: Tx, rooms: Rooms, run: Run, approval: str) -> bool:
    """Whether the yes is one to this run's plan now, by enough people of whom nobody gains by it."""
    case, world = tx.cases.need(run.case), rooms.world()
    closed = parties_of(tx, rooms.journal.signals, case, run.plan, world)
    return still_counts(tx.approvals.need(approval), run.plan_hash, closed=closed, people=world.people)
