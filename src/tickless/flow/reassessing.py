"""Finds the impact of open cases anew when the map or the hour has changed. Where nothing changed, nothing is read."""

from __future__ import annotations

import datetime as dt

from tickless.domain.case import Case
from tickless.domain.world import World
from tickless.flow.rooms import Rooms
from tickless.stages.correlate.impact import reassessed

QUARTER = 900
"""Seconds after which the hour may matter again: hours begin and end at such moments."""
MOST = 1_000


class Reassessing:
    """Looks every half minute, in one process."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms
        self._seen: tuple[World, int] | None = None

    def look(self, now: dt.datetime) -> None:
        """Write the new impact of each live case for which it is different, with one audit row each."""
        world, quarter = self._rooms.world(), int(now.timestamp()) // QUARTER
        if self._seen is not None and self._seen[0] is world and self._seen[1] == quarter:
            return
        self._seen = (world, quarter)
        with self._rooms.journal.read() as tx:
            table = tx.cases.table.c
            live = table.state.in_(
                ("open", "acting", "verifying", "awaiting_approval", "awaiting_person", "handed_off")
            )
            cases = tx.cases.where(live, table.service.is_not(None), order=table.number.desc(), limit=MOST)
        for case in cases:
            if reassessed(case, world, now) is not None:
                self._write(case.id, world, now)

    def _write(self, identity: str, world: World, now: dt.datetime) -> None:
        with self._rooms.journal.write() as tx:
            case: Case = tx.cases.need(identity, lock=True)
            found = reassessed(case, world, now)
            if found is None:
                return
            tx.cases.put(case.model_copy(update={"impact": found}))
            before = case.impact
            detail = {
                "priority": [before.priority, found.priority],
                "people": [before.people, found.people],
                "services": [len(before.services), len(found.services)],
                "why": found.reason,
            }
            tx.audit.append(at=now, actor="system:map", action="case.impact", subject=case.subject or case.id,
                            case=case.id, detail=detail)  # fmt: skip
