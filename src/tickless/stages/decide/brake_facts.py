"""What policy asks about brakes: switches, freezes and windows, targets that are left alone, and who would feel it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from tickless.domain.brake import holding_rule, reach, services_of, switches_of
from tickless.domain.case import Case
from tickless.domain.plan import Plan, runbooks_of
from tickless.domain.runbook import Runbook
from tickless.domain.world import World
from tickless.journal import Tx


def brake_facts(tx: Tx, case: Case, plan: Plan, runbook: Runbook, *, world: World, now: dt.datetime) -> dict[str, Any]:
    """`freeze` `kill_switch` `circuit_open` `blast_radius` `affected_services` `affected_people`."""
    runbooks = runbooks_of(plan) | {runbook.runbook}
    services = services_of(plan, case_service=case.service)
    affected_services, affected_people = reach(plan, world, case_service=case.service)
    return {
        **held_back(tx, runbooks, services, now=now),
        "circuit_open": _left_alone(tx, plan, now),
        "blast_radius": plan.blast_radius,
        "affected_services": affected_services,
        "affected_people": affected_people,
    }


def held_back(tx: Tx, runbooks: Iterable[str], services: Iterable[str], *, now: dt.datetime) -> dict[str, bool]:
    """`freeze` `kill_switch`: whether a switch, a freeze or a window's hours hold these runbooks back from these services."""
    about, where = frozenset(runbooks), frozenset(services)
    on = {switch.name for switch in tx.coordination.switches() if switch.on} & switches_of(about, where)
    rule = holding_rule(tx.rules_now(now), runbooks=about, services=where, now=now, begun=False)
    return {"freeze": "freeze" in on or rule is not None, "kill_switch": bool(on - {"freeze"})}


def _left_alone(tx: Tx, plan: Plan, now: dt.datetime) -> bool:
    return any(one.is_open(now) for one in tx.open_targets() if one.id in plan.targets)
