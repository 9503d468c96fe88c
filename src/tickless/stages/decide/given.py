"""What was approved in a case, and what of it counts now: read from the journal for the rules in `approvers.py`."""

from __future__ import annotations

from tickless.domain.case import TASK_RUN, Case
from tickless.domain.decision import ApprovalRequest
from tickless.domain.plan import Plan
from tickless.domain.world import World
from tickless.journal import Tx
from tickless.journal.signal_log import SignalLog
from tickless.stages.decide.approvers import Holders, parties, satisfied, still_counts


def typed_in(tx: Tx, log: SignalLog, case: Case) -> set[str]:
    """Who wrote the request for somebody else: everybody who typed at the service desk, and whoever spoke."""
    if case.door == "machine":
        return {case.typed_by or "", case.speaker or ""}
    signals = [log.get(joined.signal) for joined in tx.alerts.joined(case.id)]
    return {case.typed_by or "", case.speaker or ""} | {
        one.sender.via for one in signals if one.sender is not None and one.sender.via
    }


def parties_of(tx: Tx, log: SignalLog, case: Case, plan: Plan | None, world: World) -> frozenset[str]:
    """Who may not say yes in this case, as every account that they have. What is taken back, or done as a part, is its
    whole's, too."""
    return parties(case, plan, typed_in(tx, log, case), world.people)


def counting(tx: Tx, case: Case) -> list[ApprovalRequest]:
    """The approvals that count: a yes is for one time, so that a case which came back asks again; a no stays."""
    since = case.reopened_at or case.opened_at
    return [a for a in tx.approvals.by(case=case.id) if a.asked_at >= since or a.state == "denied"]


def given_to(tx: Tx, log: SignalLog, case: Case, plan: Plan, world: World) -> set[str]:
    """In which roles this very plan was agreed to, by people who may."""
    asked = [one for one in (*counting(tx, case), *_of_the_whole(tx, case)) if one.state == "approved"]
    if not asked:
        return set()
    closed = parties_of(tx, log, case, plan, world)
    hashes = {plan.hash, *(one.plan_hash for one in _of_the_whole(tx, case))}
    good = [one for one in asked if one.plan_hash in hashes
            and still_counts(one, one.plan_hash, closed=closed, people=world.people)]  # fmt: skip
    return {role for one in good for role in satisfied(one.role)}


def holders_of(tx: Tx) -> Holders:
    """Who holds which role here: active accounts that belong to a person."""
    found: dict[str, tuple[str, ...]] = {}
    for user in tx.access.users.where(limit=100_000):
        if user.active and user.person:
            for role in user.roles:
                found[role] = (*found.get(role, ()), user.person)
    return found


def _of_the_whole(tx: Tx, case: Case) -> list[ApprovalRequest]:
    """A task is part of the plan that its whole was approved for: a yes to that plan is a yes to it."""
    run = tx.runs.get(case.inputs.get(TASK_RUN, ""))
    if run is None:
        return []
    return [a for a in tx.approvals.by(case=run.case) if a.plan_hash == run.plan_hash]
