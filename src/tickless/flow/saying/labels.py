"""A person's live cases, and each in a few words of ours."""

from __future__ import annotations

from collections.abc import Mapping

from tickless.domain.case import Case, is_part
from tickless.domain.runbook import Runbook
from tickless.domain.world import World
from tickless.journal import Tx

LOOKED_BACK = 20


def cases_of(tx: Tx, person: str) -> list[Case]:
    """The live cases that this person asked for, newest first; parts of a request go with the whole."""
    table = tx.cases.table.c
    live = ("open", "awaiting_person", "awaiting_approval", "acting", "verifying")
    found = tx.cases.where(
        table.requester == person,
        table.door == "human",
        table.state.in_(live),
        order=table.number.desc(),
        limit=LOOKED_BACK,
    )
    return [case for case in found if not is_part(case)]


def label_of(case: Case, runbooks: Mapping[str, Runbook], world: World) -> str:
    """A case in a few words of ours: what is done, and for what or whom."""
    serving = [one for one in runbooks.values() if case.need and case.need in one.serves.intents]
    what = serving[0].title if serving else case.title.tame(80)
    things = [
        *(world.apps[ref].name for ref in (case.inputs.get("app", ""),) if ref in world.apps),
        *(world.devices[ref].tag for ref in (case.inputs.get("device", ""),) if ref in world.devices),
        *(world.services[ref].name for ref in (case.service or "",) if ref in world.services),
        *(
            world.people[ref].name
            for ref in (case.inputs.get("person", ""),)
            if ref in world.people and ref != case.requester
        ),
        *(name for name in (case.inputs.get("new_person", ""),) if name),
    ]
    return f"{what} ({', '.join(things)})" if things else what
