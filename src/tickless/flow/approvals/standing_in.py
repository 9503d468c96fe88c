"""What waits for a person: what they were asked, and what those were asked for whom they stand in. Reads only."""

from __future__ import annotations

import datetime as dt

from tickless.domain.decision import ApprovalRequest
from tickless.domain.person import Delegation
from tickless.journal import Tx
from tickless.stages.decide.approvers import stands_in_for


def is_asked(tx: Tx, asked: ApprovalRequest, person: str | None, *, now: dt.datetime) -> bool:
    """Whether this request is put to that person, or to somebody for whom they stand in. Whether their word counts is for
    policy to say."""
    return person is not None and _is_asked(asked, person, delegations_to(tx, person, now=now), now=now)


def waiting_for(tx: Tx, person: str | None, *, now: dt.datetime) -> list[ApprovalRequest]:
    """What is pending and put to that person, in order of asking."""
    if person is None:
        return []
    delegations = delegations_to(tx, person, now=now)
    return [one for one in tx.approvals.by(state="pending") if _is_asked(one, person, delegations, now=now)]


def delegations_to(tx: Tx, person: str, *, now: dt.datetime) -> list[Delegation]:
    """For whom this person stands in these days; what is over is not read."""
    table = tx.delegations.table.c
    return tx.delegations.where(table.delegate == person, table.until > now)


def _is_asked(asked: ApprovalRequest, person: str, delegations: list[Delegation], *, now: dt.datetime) -> bool:
    if person in asked.approvers or f"person:{person}" in asked.approvers:
        return person not in asked.agreed
    return stands_in_for(person, asked, delegations, closed=frozenset(), now=now) is not None
