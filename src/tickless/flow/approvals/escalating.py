"""Asks the next one above when nobody answers. By the clock, in one process at a time."""

from __future__ import annotations

import datetime as dt

from tickless.domain.decision import ApprovalRequest, Escalation
from tickless.flow.approvals.approving import plan_of
from tickless.flow.approvals.asking import tell
from tickless.flow.rooms import Rooms
from tickless.journal import Tx
from tickless.stages.decide.approvers import next_above
from tickless.stages.decide.given import parties_of


class Escalating:
    """Whoever was asked first may still answer; the request keeps its end, and its plan."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms

    def look(self, now: dt.datetime) -> None:
        """Ask for every request that has waited long enough."""
        with self._rooms.journal.read() as tx:
            due = [one.id for one in tx.approvals.by(state="pending") if _is_due(one, now)]
        for identity in due:
            with self._rooms.journal.write() as tx:
                asked = tx.approvals.need(identity, lock=True)
                if asked.state == "pending" and _is_due(asked, now):
                    self._escalate(tx, asked, now)

    def _escalate(self, tx: Tx, asked: ApprovalRequest, now: dt.datetime) -> None:
        case, world = tx.cases.need(asked.case), self._rooms.world()
        closed = parties_of(tx, self._rooms.journal.signals, case, plan_of(tx, asked), world)
        to = next_above(asked.approvers, closed, world)
        half = asked.expires_at - (asked.expires_at - now) / 2
        done = asked.model_copy(update={"escalate_at": half if to else None})
        if to:
            done = done.model_copy(
                update={
                    "approvers": (*asked.approvers, *to),
                    "escalations": (*asked.escalations, Escalation(at=now, to=to)),
                }
            )
        tx.approvals.put(done)
        if to:
            tell(tx, self._rooms, done, case, to, now=now)
            tx.audit.append(at=now, actor="tickless", action="approval.escalated", subject=asked.id, case=asked.case,
                            detail={"to": list(to), "plan_hash": asked.plan_hash, "role": asked.role})  # fmt: skip


def _is_due(asked: ApprovalRequest, now: dt.datetime) -> bool:
    return asked.escalate_at is not None and asked.escalate_at <= now < asked.expires_at
