"""Every decision accounted for: explained, made again, and vouched for; case by case, so that any record can be walked."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from tickless.flow.desk.explaining import Explained, explain_many
from tickless.flow.desk.record_keeping import RecordKeeping
from tickless.journal import Journal

MOST_TOLD = 100


@dataclass(frozen=True)
class Unaccounted:
    """A decision that is not whole, and why."""

    case: int
    decision: str
    kind: str
    why: str


@dataclass(frozen=True)
class Accounted:
    """So many decisions of these cases. `whole`: on record, vouched for by a signature, made again to the same, and answered
    the same by the policies of then. `next`: number of the last case that was looked at, where there are more."""

    cases: int
    decisions: int
    whole: int
    made_again: dict[str, int]
    """By outcome: same, differs, erased, not_kept, cannot."""
    policy_again: dict[str, int]
    vouched: int
    unaccounted: tuple[Unaccounted, ...]
    chain_ok: bool
    next: int | None

    @property
    def share(self) -> float:
        """Of the decisions that are whole; 1 where there are none."""
        return self.whole / self.decisions if self.decisions else 1.0


def account(journal: Journal, record: RecordKeeping, *, after: int = 0, cases: int = 200) -> Accounted:
    """Signs the head first, so that what was decided a moment ago is vouched for, too. In order of the cases' numbers."""
    record.checkpoint()
    chain = record.verify()
    made, policy, told = Counter[str](), Counter[str](), list[Unaccounted]()
    whole = vouched = total = 0
    with journal.read() as tx:
        number = tx.cases.table.c.number
        found = tx.cases.where(number > after, order=number, limit=cases + 1)
        for case, one in explain_many(tx, found[:cases], chain=chain):
            total += 1
            made[one.again.state] += 1
            policy[one.policy_again.state] += 1
            vouched += one.vouched
            whole += one.whole
            if not one.whole and len(told) < MOST_TOLD:
                told.append(Unaccounted(case.number, one.decision.id, one.decision.kind, why_not(one)))
    return Accounted(
        cases=len(found[:cases]), decisions=total, whole=whole, made_again=dict(made), policy_again=dict(policy),
        vouched=vouched, unaccounted=tuple(told), chain_ok=chain.broken_at is None,
        next=found[cases - 1].number if len(found) > cases else None,
    )  # fmt: skip


def why_not(one: Explained) -> str:
    """What is missing, in words."""
    found = []
    if one.row is None:
        found.append("no row is on record")
    elif not one.vouched:
        found.append("no signature vouches for its row")
    if one.again.state != "same":
        found.append(f"made again: {one.again.detail or one.again.state}")
    if one.policy_again.state != "same":
        found.append(f"policy: {one.policy_again.detail or one.policy_again.state}")
    return "; ".join(found)
