"""Approvals: what waits for the visitor, what waits for others, and what was answered lately."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.routing import BaseRoute

from tickless.domain.case import Case
from tickless.domain.decision import ApprovalRequest, Decision
from tickless.domain.errors import BadInput
from tickless.domain.plan import Plan
from tickless.doors.console.book import names_of
from tickless.doors.console.frame import Form, Frame, Screen, Visit, local_path
from tickless.flow.approvals.approving import plan_of
from tickless.flow.approvals.standing_in import waiting_for
from tickless.journal import Tx


@dataclass(frozen=True)
class Asked:
    """An approval with what it is about. `plan` is that of the decision, or of the run that asks on its way; it binds: its
    hash must be the one asked for. None: it is about no plan, such as a change."""

    approval: ApprovalRequest
    case: Case | None
    decision: Decision | None
    plan: Plan | None

    @property
    def same_plan(self) -> bool:
        """Is the plan shown the plan that the approval is bound to?"""
        return self.plan is not None and self.plan.hash == self.approval.plan_hash


def routes(frame: Frame) -> list[BaseRoute]:
    return [
        frame.show("/approvals", "own_cases", page),
        frame.deed("/approvals/{id}", "own_cases", answer),
    ]


def page(visit: Visit) -> Screen:
    me = visit.visitor.person.id if visit.visitor.person else None
    with visit.desk.journal.read() as tx:
        pending = [_asked(tx, found) for found in tx.approvals.by(state="pending")]
        table = tx.approvals.table.c
        answered = tx.approvals.where(table.state != "pending", order=table.asked_at.desc(), limit=20)
        sees_all = visit.visitor.may("read") or visit.visitor.may("approve")
        lately = [_asked(tx, found) for found in answered if sees_all or me in found.approvers]
        people = [
            person
            for asked in (*pending, *lately)
            for person in (
                *asked.approval.approvers,
                *asked.approval.agreed,
                asked.approval.requester,
                asked.approval.answered_by,
            )
        ]
        names = names_of(tx, people=people)
        to_me = {one.id for one in waiting_for(tx, me, now=visit.now)}
    mine = [asked for asked in pending if asked.approval.id in to_me]
    others = [asked for asked in pending if asked not in mine] if sees_all else []
    return Screen("approvals.html", {"mine": mine, "others": others, "lately": lately, "names": names, "me": me})


def _asked(tx: Tx, approval: ApprovalRequest) -> Asked:
    decision = tx.decisions.get(approval.decision)
    return Asked(approval, tx.cases.get(approval.case), decision, plan_of(tx, approval))


async def answer(visit: Visit, form: Form) -> str:
    """Approve or deny. Whether this person may is decided by the house, not by this page."""
    if form.get("answer") not in {"approve", "deny"}:
        raise BadInput("choose approve or deny")
    approve = form["answer"] == "approve"
    reason = form.get("reason", "").strip()[:500]
    if not approve and not reason:
        raise BadInput("say why you deny it", mend="one sentence helps the person who asked")
    assert visit.visitor.user is not None
    await visit.desk.answer_approval(
        visit.path("id"), by=visit.visitor.person, user=visit.visitor.user.login, approve=approve, reason=reason
    )
    back = local_path(form.get("back"), "/approvals").split("?", maxsplit=1)[0]
    return f"{back}?told={'approved' if approve else 'denied'}"
