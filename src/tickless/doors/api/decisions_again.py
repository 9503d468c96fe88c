"""Every decision made again: a page of cases at a time."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Query

from tickless.doors.api.guards import Auditor, DeskHere, new_router
from tickless.doors.api.paging import Cursor, number_in
from tickless.doors.api.schemas import Shown
from tickless.flow.desk.accounting import account

router = new_router("record")
State = Literal["same", "differs", "erased", "not_kept", "cannot"]


class UnaccountedShown(Shown):
    """A decision that could not be accounted for whole."""

    case: int
    decision: str
    kind: str
    why: str


class AccountedShown(Shown):
    """What came of making decisions again. `whole`: on record, vouched for, and the same in both ways."""

    cases: int
    decisions: int
    whole: int
    share: float
    """Of the decisions that are whole, 0 to 1."""
    made_again: dict[State, int]
    """Made again from their inputs by today's rules."""
    policy_again: dict[State, int]
    """Their questions put once more to the policies that were in force then."""
    vouched: int
    unaccounted: list[UnaccountedShown]
    """At most a hundred."""
    chain_ok: bool
    next: str | None
    """Cursor of the next cases; null at the end."""


@router.get("/audit/decisions", summary="Make every decision again, and compare")
def account_decisions(
    desk: DeskHere, visitor: Auditor, cursor: Cursor = None, cases: Annotated[int, Query(ge=1, le=500)] = 100
) -> AccountedShown:
    """In order of the cases' numbers, so many cases at a time. The head of the record is signed first."""
    done = account(desk.journal, desk.record, after=number_in(cursor) or 0, cases=cases)
    return AccountedShown.model_validate(
        {
            **{
                name: getattr(done, name) for name in AccountedShown.model_fields if name not in {"next", "unaccounted"}
            },
            "unaccounted": [UnaccountedShown(**one.__dict__) for one in done.unaccounted],
            "next": str(done.next) if done.next is not None else None,
        }
    )
