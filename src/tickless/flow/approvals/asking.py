"""Puts the requests of a decision, all at once, and tells everybody who may answer. In the caller's transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from tickless.domain.case import Case
from tickless.domain.decision import ApprovalAsk, ApprovalRequest, Decision
from tickless.flow import names
from tickless.flow.approvals.approving import plan_of
from tickless.flow.rooms import Rooms
from tickless.flow.saying import words
from tickless.flow.saying.conversation import personal, say
from tickless.journal import Tx
from tickless.stages.decide.approvers import beneficiary_of
from tickless.stages.decide.given import parties_of


def request_id(decision: str, index: int) -> str:
    """Id of a decision's request: the first has the decision's own name."""
    own = f"apr_{decision.removeprefix('dec_')}"
    return own if index == 0 else f"{own}_{index}"


def put_requests(
    tx: Tx, rooms: Rooms, case: Case, made: Decision, *, summary: str, now: dt.datetime
) -> ApprovalRequest | None:
    """Ask everybody whose yes is missing, withdraw what is no longer asked; returns the request to wait for first.

    What was asked for this very plan already goes on waiting. None: there is no plan to ask about.
    """
    plan = made.plan
    if plan is None:
        return None
    waiting = names.case_workflow(case.id, case.generation)
    pending = tx.approvals.by(case=case.id, state="pending")
    kept: list[ApprovalRequest] = []
    for index, ask in enumerate(_asks_of(made)):
        same = next((one for one in pending if one.plan_hash == plan.hash and one.role == ask.role
                     and one.waiting == waiting), None)  # fmt: skip
        identity = request_id(made.id, index)
        if same is not None:
            kept.append(same)
        elif (known := tx.approvals.get(identity)) is not None:
            kept.append(known)
        else:
            kept.append(
                put_request(
                    tx, rooms, _request(identity, case, made, ask, rooms=rooms, summary=summary, now=now), case, now
                )
            )
    for other in pending:  # asked for a plan that is not the plan any more, or by somebody whose yes is not missing
        if other.id not in {one.id for one in kept} and other.decision:
            tx.approvals.put(other.model_copy(update={"state": "withdrawn", "answered_at": now}))
    return kept[0] if kept else None


def _asks_of(made: Decision) -> Sequence[ApprovalAsk]:
    return made.asks or (ApprovalAsk(role=made.role, approvers=made.approvers),)


def _request(
    identity: str, case: Case, made: Decision, ask: ApprovalAsk, *, rooms: Rooms, summary: str, now: dt.datetime
) -> ApprovalRequest:
    plan = made.plan
    assert plan is not None
    seconds = rooms.pace.approval
    return ApprovalRequest(
        id=identity,
        case=case.id,
        decision=made.id,
        plan_hash=plan.hash,
        requester=case.requester,
        role=ask.role,
        approvers=ask.approvers,
        needed=ask.needed,
        beneficiary=beneficiary_of(plan) or None,
        title=plan.title,
        summary=summary,
        waiting=names.case_workflow(case.id, case.generation),
        asked_at=now,
        expires_at=now + dt.timedelta(seconds=seconds),
        escalate_at=escalates_at(rooms, seconds, now),
    )


def escalates_at(rooms: Rooms, seconds: float, now: dt.datetime) -> dt.datetime | None:
    """When the next one above is asked, of a request that ends in `seconds`; None: this house asks nobody else."""
    return now + dt.timedelta(seconds=seconds * rooms.pace.escalate) if rooms.pace.escalate < 1 else None


def put_request(tx: Tx, rooms: Rooms, asked: ApprovalRequest, case: Case, now: dt.datetime) -> ApprovalRequest:
    """Write it down with its row in the record, and tell everybody who may answer."""
    tx.approvals.put(asked)
    tx.audit.append(at=now, actor="tickless", action="approval.asked", subject=case.subject or case.id, case=case.id,
                    detail={"approval": asked.id, "plan_hash": asked.plan_hash, "approvers": list(asked.approvers),
                            "role": asked.role, "needed": asked.needed})  # fmt: skip
    text = words.approval_asked(words.names(asked.approvers, rooms.world()))
    if asked.needed > 1:
        text = words.approval_asked_of_several(asked.needed, words.names(asked.approvers, rooms.world()))
    say(tx, conversation=case.conversation, case=case, text=text, key=asked.id, at=now)
    tell(tx, rooms, asked, case, asked.approvers, now=now)
    return asked


def tell(tx: Tx, rooms: Rooms, asked: ApprovalRequest, case: Case, people: Sequence[str], *, now: dt.datetime) -> None:
    """Put the request before these people, and before who stands in for them these days."""
    closed = parties_of(tx, rooms.journal.signals, case, plan_of(tx, asked), rooms.world())
    card: dict[str, object] = {
        "kind": "approval", "approval": asked.id, "title": asked.title, "summary": asked.summary,
    }  # fmt: skip
    told, table = [*people], tx.delegations.table.c
    for person in people:
        told += [one.delegate for one in tx.delegations.where(table.person == person, table.until > now)
                 if one.approves and one.holds(now) and one.by not in closed and one.delegate not in closed]  # fmt: skip
    for person in dict.fromkeys(told):
        say(tx, conversation=personal(person), case=case, text=asked.summary, key=f"{asked.id}:{person}", at=now,
            card=card, private=True)  # fmt: skip
