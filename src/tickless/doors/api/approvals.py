"""Approvals: what waits, and yes or no."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from fastapi import Query
from starlette.concurrency import run_in_threadpool

from tickless.domain.decision import ApprovalRequest
from tickless.domain.errors import Forbidden, NotFound
from tickless.doors.api.case_schemas import AnswerApproval, ApprovalShown
from tickless.doors.api.guards import CaseReader, DeskHere, new_router
from tickless.doors.api.paging import Cursor, Limit, page_of
from tickless.doors.api.schemas import Page
from tickless.doors.api.views import show_approval
from tickless.doors.entrance import Visitor
from tickless.flow.approvals.approving import plan_of
from tickless.flow.approvals.standing_in import is_asked
from tickless.flow.desk.promise import Desk
from tickless.journal import Tx

router = new_router("approvals")
State = Literal["pending", "approved", "denied", "expired", "withdrawn"]
_MOST = 1_000


@router.get("/approvals", summary="List approvals")
def list_approvals(
    desk: DeskHere,
    visitor: CaseReader,
    state: Annotated[State, Query()] = "pending",
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[ApprovalShown]:
    """Newest first, each with the plan it binds to. Without the right `approve` or `read`: those that name the caller."""
    with desk.journal.read() as tx:
        table = tx.approvals.table
        conditions: list[Any] = [table.c.state == state]
        if cursor is not None:
            conditions.append(table.c.id < cursor)
        everything = visitor.may("approve") or visitor.may("read")
        found = tx.approvals.where(*conditions, order=table.c.id.desc(), limit=limit + 1 if everything else _MOST)
        seen = found if everything else [one for one in found if _names(tx, one, visitor, desk.clock.now())]
        return page_of(
            seen, limit=limit, key=lambda approval: approval.id, show=lambda approval: _with_plan(tx, approval)
        )


@router.get("/approvals/{approval}", summary="One approval")
def get_approval(desk: DeskHere, visitor: CaseReader, approval: str) -> ApprovalShown:
    with desk.journal.read() as tx:
        return _with_plan(tx, _find(tx, approval, visitor, desk.clock.now()))


@router.post("/approvals/{approval}/answer", summary="Approve or deny")
async def answer(desk: DeskHere, visitor: CaseReader, approval: str, given: AnswerApproval) -> ApprovalShown:
    """Binds to the plan's hash. Nobody approves what they asked for or gain from, by any path."""
    await run_in_threadpool(_may_answer, desk, approval, visitor)
    assert visitor.user is not None, "a reader of cases has an account"
    answered = await desk.answer_approval(
        approval, by=visitor.person, user=visitor.user.id, approve=given.approve, reason=given.reason
    )
    return show_approval(answered)


def _names(tx: Tx, approval: ApprovalRequest, visitor: Visitor, now: dt.datetime) -> bool:
    """Whether it is put to them, or to somebody for whom they stand in, or they have said yes to it."""
    me = visitor.person.id if visitor.person else None
    return is_asked(tx, approval, me, now=now) or (me is not None and me in {*approval.approvers, *approval.agreed})


def _find(tx: Tx, identity: str, visitor: Visitor, now: dt.datetime) -> ApprovalRequest:
    found = tx.approvals.get(identity)
    if found is None or not (visitor.may("approve") or visitor.may("read") or _names(tx, found, visitor, now)):
        raise NotFound(f"there is no approval {identity[:80]!r}", mend="look at the list: tickless approve list")
    return found


def _may_answer(desk: Desk, identity: str, visitor: Visitor) -> None:
    """A first look; who may approve what is decided by the house. A token that only reads never answers."""
    now = desk.clock.now()
    with desk.journal.read() as tx:
        found = _find(tx, identity, visitor, now)
        named = _names(tx, found, visitor, now)
    for_others = visitor.kind == "token" and "ask_as" in visitor.scopes  # who may speak as anybody approves for nobody
    if not (visitor.may("approve") or (visitor.may("chat") and not for_others and named)):
        raise Forbidden("you are not among those who may approve this")


def _with_plan(tx: Tx, approval: ApprovalRequest) -> ApprovalShown:
    return show_approval(approval, plan_of(tx, approval))
