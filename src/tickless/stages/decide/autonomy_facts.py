"""Which rung of the ladder counts for a plan, and what a runbook that only watches would have done."""

from __future__ import annotations

import datetime as dt

from tickless.domain.autonomy import Rung, Shadow, Where, rung_for
from tickless.domain.case import Case
from tickless.domain.decision import Decision
from tickless.domain.plan import Plan
from tickless.domain.world import World
from tickless.journal import Tx

RUNG_NAMES: dict[str, Rung] = {"observe": "observe", "suggest": "suggest", "approve": "approve", "auto": "auto"}


def where_of(plan: Plan, case: Case, world: World) -> Where:
    """Where a plan acts: its service with criticality and environment, and the department of the person whom it is for."""
    service = world.services.get(str((plan.inputs.get("service") or {}).get("id") or case.service or ""))
    person = world.people.get(str((plan.inputs.get("person") or {}).get("id") or ""))
    return Where(service=service.id if service else None, department=person.department if person else None,
                 criticality=service.criticality if service else None,
                 environment=service.environment if service else None)  # fmt: skip


def rung_of(tx: Tx, runbook: str, where: Where, *, default: str) -> Rung:
    """The rung that counts for this runbook there."""
    everywhere = RUNG_NAMES[tx.coordination.rungs().get(runbook, default)]
    return rung_for(where, everywhere=everywhere, scoped=tx.scoped_rungs(runbook))


def shadow_of(made: Decision, case: Case, world: World, *, now: dt.datetime) -> Shadow | None:
    """What would have been done, where the runbook only watches and people take over; None everywhere else."""
    watches = made.asked is not None and made.asked.context.get("autonomy") == "observe"
    if made.plan is None or made.kind != "hand_off" or not watches:
        return None
    where = where_of(made.plan, case, world)
    return Shadow(
        id=made.id,
        case=case.id,
        runbook=made.plan.runbook,
        plan_hash=made.plan.hash,
        subject=made.plan.subject,
        service=where.service,
        department=where.department,
        would=tuple(step.title or step.id for step in made.plan.steps),
        inputs=made.plan.inputs,
        at=now,
    )
