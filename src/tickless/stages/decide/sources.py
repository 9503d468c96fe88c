"""How many independent sources say the same: what destroys never runs on the word of one."""

from __future__ import annotations

import datetime as dt
from typing import Final

from tickless.domain.case import Case
from tickless.domain.plan import Plan
from tickless.domain.world import World
from tickless.journal import Tx
from tickless.stages.decide.approvers import beneficiary_of, one_human

TOGETHER: Final = dt.timedelta(days=1)
"""So near to each other two people speak of the same."""
MOST: Final = 200
SURE: Final = frozenset({"signed_in", "step_up"})
"""How surely somebody has to be who they say, to be a source."""


def sources_of(tx: Tx, case: Case, plan: Plan, world: World, *, now: dt.datetime) -> int:
    """Machines: the monitoring systems that its alerts come from. People: who asks here, each signed-in person who asked for
    the same about the same person within a day, and the record of people where it says that they have left. Accounts of one
    human are one source, and whom it is about is none."""
    if case.door == "machine":
        return len({alert.source for alert in tx.alerts.of_case(case.id)})
    about = beneficiary_of(plan)
    if plan.effect != "destroy" or not about or case.need is None:
        return 1
    people = world.people
    counted, found = one_human({case.requester or "", case.speaker or "", case.typed_by or "", about}, people), 1
    for other in _others(tx, case, about, now=now):
        speaker = other.speaker or other.requester or ""
        if speaker and speaker not in counted and other.assurance in SURE:
            counted |= one_human({speaker, other.typed_by or ""}, people)
            found += 1
    left = about in people and not people[about].active
    return found + left


def _others(tx: Tx, case: Case, about: str, *, now: dt.datetime) -> list[Case]:
    table = tx.cases.table.c
    lately = tx.cases.where(
        table.need == case.need, table.opened_at >= now - TOGETHER, order=table.number.desc(), limit=MOST
    )
    return [one for one in lately if one.id != case.id and one.door == "human" and one.outcome != "withdrawn"
            and one.inputs.get("person") == about]  # fmt: skip
