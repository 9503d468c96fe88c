"""What happens to major incidents by the clock: overdue news are asked for, incidents that the criteria speak for proposed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from tickless.domain.case import Case
from tickless.domain.major import MajorIncident
from tickless.flow.desk.practices.major import MajorDesk
from tickless.flow.keeping import Keeping
from tickless.flow.saying.conversation import personal, say


class MajorClock:
    """Called every half minute, by one process."""

    def __init__(self, keeping: Keeping, desk: MajorDesk) -> None:
        self._keeping = keeping
        self._desk = desk
        self._journal = keeping.rooms.journal

    def look(self, now: dt.datetime) -> None:
        """News that are overdue are asked for; incidents that the criteria speak for are proposed to who owns the service."""
        for major in self._desk.listed(state="declared"):
            told = major.overdue_told_at
            if major.overdue(now) and (told is None or now - told >= dt.timedelta(minutes=major.cadence)):
                self._remind(major, now)
        for case, why in self._desk.candidates():
            self._propose(case, why, now)

    def _remind(self, major: MajorIncident, now: dt.datetime) -> None:
        with self._journal.write() as tx:
            major = tx.major_incidents.need(major.id, lock=True)
            assert major.next_update_at is not None
            text = (
                f"{major.id}: news were promised for {major.next_update_at:%H:%M} UTC and have not come. {major.title}"
            )
            for person in dict.fromkeys(one for one in (major.communications, major.owner) if one):
                say(tx, conversation=personal(person), case=None, text=text, key=f"{major.id}:{now.isoformat()}:{person}",
                    at=now, private=True)  # fmt: skip
            self._keeping.record(tx, "tickless", "major_incident.overdue", major.id, {}, case=major.case)
            late = self._desk.parts.told(major, "tickless", "overdue", "News are overdue.")
            tx.major_incidents.put(late.model_copy(update={"overdue_told_at": now}))

    def _propose(self, case: Case, why: Sequence[str], now: dt.datetime) -> None:
        world = self._keeping.world
        known = world.services.get(case.service or "")
        owner = known.owner if known else None
        if owner is None:
            return
        text = f"Case {case.number} looks like a major incident: {' '.join(why)} Declare it: /major?case={case.number}"
        with self._journal.write() as tx:
            say(tx, conversation=personal(owner), case=case, text=text, key=f"{case.id}:major", at=now, private=True)
