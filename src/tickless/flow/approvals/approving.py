"""Answering an approval: one way for the console, the API and every channel. In the caller's transaction."""

from __future__ import annotations

import datetime as dt
from typing import Any

from tickless.domain.case import Case
from tickless.domain.decision import ApprovalAnswer, ApprovalRequest
from tickless.domain.errors import Conflict
from tickless.domain.person import Delegation, Person
from tickless.domain.plan import Plan
from tickless.domain.signal import Assurance
from tickless.flow.approvals.keys import borrowed_key
from tickless.flow.approvals.standing_in import delegations_to
from tickless.flow.rooms import Rooms
from tickless.journal import Tx
from tickless.stages.decide.approvers import different_humans, stands_in_for
from tickless.stages.decide.given import parties_of, typed_in
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

        A request that takes several stays pending until the last yes; one no ends it. Raises `NotFound` and `Conflict`
        (answered, withdrawn, expired, or the case is over).
        """
        asked = tx.approvals.need(approval, lock=True)
        case = tx.cases.need(asked.case)
        if asked.state != "pending":
            raise Conflict(f"this approval is {asked.state} already")
        if asked.expires_at <= now:
            raise Conflict("this approval has expired", mend="the requester has to ask again")
        if not case.live:
            raise Conflict(f"case {case.number} is {case.state}, so there is nothing to approve any more")
        plan = plan_of(tx, asked)
        if plan is not None and plan.hash != asked.plan_hash:
            raise Conflict("the plan is not the one that was asked about", mend="the requester has to ask again")
        parties = parties_of(tx, self._rooms.journal.signals, case, plan, self._rooms.world())
        behalf = self.stands_in_for(tx, asked, by, parties=parties, now=now)
        answer = ApprovalAnswer(by=by.id, approve=approve, at=now, reason=reason[:1_000], assurance=assurance,
                                on_behalf_of=behalf, policy=self._rooms.policy.version)  # fmt: skip
        ruling = self._ruling(tx, asked, case, plan, by=by, answer=answer, parties=parties)
        if not ruling.allowed:
            tx.audit.append(at=now, actor=by.id, action="approval.refused", subject=asked.id, case=asked.case,
                            detail={"policies": [r.policy for r in ruling.reasons], "assurance": assurance,
                                    "policy_version": answer.policy, "on_behalf_of": behalf})  # fmt: skip
            return asked, ruling
        return self._answered(tx, asked, answer), ruling

    def stands_in_for(
        self, tx: Tx, asked: ApprovalRequest, by: Person, *, parties: frozenset[str], now: dt.datetime
    ) -> str | None:
        """For whom of those asked this person may answer; None for those who were asked themselves."""
        if by.id in asked.approvers:
            return None
        theirs = [one for one in delegations_to(tx, by.id, now=now) if not self._by_a_party(tx, one, asked, parties)]
        return stands_in_for(by.id, asked, theirs, closed=parties, now=now)

    def _by_a_party(self, tx: Tx, one: Delegation, asked: ApprovalRequest, parties: frozenset[str]) -> bool:
        """Whether a party may have written it down, with a key to somebody else's account."""
        maker = self._rooms.world().people.get(one.by)
        return maker is not None and borrowed_key(tx, maker, parties=parties, asked_at=asked.asked_at)

    def _ruling(
        self,
        tx: Tx,
        asked: ApprovalRequest,
        case: Case,
        plan: Plan | None,
        *,
        by: Person,
        answer: ApprovalAnswer,
        parties: frozenset[str],
    ) -> Ruling:
        typed = typed_in(tx, self._rooms.journal.signals, case)
        context: dict[str, Any] = {
            "assurance": answer.assurance,
            "on_behalf_of": answer.on_behalf_of or "",
            "borrowed_key": borrowed_key(tx, by, parties=parties, asked_at=asked.asked_at),
        }
        if plan is not None:
            context |= {"effect": plan.effect, "reversible": plan.reversible}
        return self._rooms.policy.may(
            principal=Principal.person(by, roles=tx.access.roles_of(by.id)),
            action="approve",
            resource=Resource.approval(
                asked, beneficiary=asked.beneficiary, typed_by=by.id if by.id in typed else None, parties=parties
            ),
            context=context,
        )

    def _answered(self, tx: Tx, asked: ApprovalRequest, answer: ApprovalAnswer) -> ApprovalRequest:
        answers = (*asked.answers, answer)
        people = self._rooms.world().people
        agreed = different_humans((one.by for one in answers if one.approve), people)
        over = not answer.approve or agreed >= asked.needed
        state = "pending" if not over else "approved" if answer.approve else "denied"
        done = asked.model_copy(update={"answers": answers, "state": state})
        if over:
            done = done.model_copy(update={"answered_by": answer.by, "answered_at": answer.at, "reason": answer.reason})
        tx.approvals.put(done)
        said = state if over else "agreed"
        tx.audit.append(at=answer.at, actor=answer.by, action=f"approval.{said}", subject=asked.id, case=asked.case,
                        detail={"plan_hash": asked.plan_hash, "reason": answer.reason, "assurance": answer.assurance,
                                "on_behalf_of": answer.on_behalf_of, "agreed": agreed, "needed": asked.needed,
                                "policy_version": answer.policy})  # fmt: skip
        if over:
            message = {"type": "approval", "approval": asked.id, "approve": answer.approve, "by": answer.by}
            tx.coordination.post(f"approval:{asked.id}", workflow=asked.waiting, message=message)
        return done


def plan_of(tx: Tx, asked: ApprovalRequest) -> Plan | None:
    """The plan that is approved: of the decision that asked, or of the run that asks on its way."""
    if asked.decision:
        decision = tx.decisions.get(asked.decision)
        return decision.plan if decision else None
    run = tx.runs.get(asked.waiting.removeprefix("run:"))
    return run.plan if run else None
