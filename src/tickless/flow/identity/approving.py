"""Answering an approval: one way for the console, the API and every channel. In the caller's transaction."""

from __future__ import annotations

import datetime as dt
from typing import Any

from tickless.domain.case import Case
from tickless.domain.decision import ApprovalRequest
from tickless.domain.errors import Conflict
from tickless.domain.person import Person
from tickless.domain.plan import Plan
from tickless.domain.signal import Assurance
from tickless.flow.rooms import Rooms
from tickless.journal import Tx
from tickless.stages.decide.policy import Ruling
from tickless.stages.decide.policy_requests import Principal, Resource


class Approving:
    """Policy decides whose word counts, how surely it has to be theirs, and what they may not approve."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms

    def answer(
        self,
        tx: Tx,
        approval: str,
        *,
        by: Person,
        assurance: Assurance,
        approve: bool,
        reason: str,
        now: dt.datetime,
    ) -> tuple[ApprovalRequest, Ruling]:
        """Approve or deny; a ruling that does not allow it leaves the request as it was, with an audit row.

        Raises `NotFound` and `Conflict` (answered, withdrawn, expired).
        """
        asked = tx.approvals.need(approval, lock=True)
        if asked.state != "pending":
            raise Conflict(f"this approval is {asked.state} already")
        if asked.expires_at <= now:
            raise Conflict("this approval has expired", mend="the requester has to ask again")
        ruling = self._ruling(tx, asked, by, assurance)
        if not ruling.allowed:
            tx.audit.append(at=now, actor=by.id, action="approval.refused", subject=asked.id, case=asked.case,
                            detail={"policies": [r.policy for r in ruling.reasons], "assurance": assurance})  # fmt: skip
            return asked, ruling
        return self._answered(tx, asked, by, approve=approve, reason=reason, assurance=assurance, now=now), ruling

    def _ruling(self, tx: Tx, asked: ApprovalRequest, by: Person, assurance: Assurance) -> Ruling:
        typed = self._typed(tx, tx.cases.need(asked.case))
        plan = _plan_of(tx, asked)
        context: dict[str, Any] = {"assurance": assurance}
        if plan is not None:
            context |= {"effect": plan.effect, "reversible": plan.reversible}
        return self._rooms.policy.may(
            principal=Principal.person(by),
            action="approve",
            resource=Resource.approval(
                asked, beneficiary=asked.beneficiary, typed_by=by.id if by.id in typed else None
            ),
            context=context,
        )

    def _typed(self, tx: Tx, case: Case) -> set[str]:
        """Who wrote the request: whoever spoke, and whoever typed it for them at the service desk."""
        if case.door == "machine":
            return {case.speaker or ""}
        log = self._rooms.journal.signals
        signals = [log.get(joined.signal) for joined in tx.alerts.joined(case.id)]
        return {case.speaker or "", *(s.sender.via for s in signals if s.sender is not None and s.sender.via)}

    @staticmethod
    def _answered(
        tx: Tx,
        asked: ApprovalRequest,
        by: Person,
        *,
        approve: bool,
        reason: str,
        assurance: Assurance,
        now: dt.datetime,
    ) -> ApprovalRequest:
        state = "approved" if approve else "denied"
        done = asked.model_copy(
            update={"state": state, "answered_by": by.id, "answered_at": now, "reason": reason[:1_000]}
        )
        tx.approvals.put(done)
        tx.audit.append(at=now, actor=by.id, action=f"approval.{state}", subject=asked.id, case=asked.case,
                        detail={"plan_hash": asked.plan_hash, "reason": done.reason, "assurance": assurance})  # fmt: skip
        message = {"type": "approval", "approval": asked.id, "approve": approve, "by": by.id}
        tx.coordination.post(f"approval:{asked.id}", workflow=asked.waiting, message=message)
        return done


def _plan_of(tx: Tx, asked: ApprovalRequest) -> Plan | None:
    """The plan that is approved: of the decision that asked, or of the run that asks on its way."""
    if asked.decision:
        decision = tx.decisions.get(asked.decision)
        return decision.plan if decision else None
    run = tx.runs.get(asked.waiting.removeprefix("run:"))
    return run.plan if run else None
