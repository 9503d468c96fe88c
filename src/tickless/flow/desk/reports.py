"""Reports: a week as an operator wants to read it. Read-only."""

from __future__ import annotations

import datetime as dt

from tickless.domain.errors import BadInput
from tickless.flow.rooms import Rooms
from tickless.stages.measure.week import Week, week_of
from tickless.stages.measure.week.reading import read_facts

MOST_DAYS = 31
EARLIEST = 1990
"""Years before it are no time of a report."""


class Reports:
    """Over whatever the journal holds: of a house that lives, and of one that only played the past."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms

    def week(self, *, days: int = 7, until: dt.datetime | None = None) -> Week:
        """The `days` before `until` (else now). Raises `BadInput` for a span that is too long, `Unreachable`."""
        if not 1 <= days <= MOST_DAYS:
            raise BadInput(f"a report is about 1 to {MOST_DAYS} days", mend="ask for fewer days")
        if until is not None and until.year < EARLIEST:
            raise BadInput("nothing was heard that long ago", mend="give a later time")
        now = self._rooms.clock.now()
        end = min(until, now) if until is not None else now
        facts = read_facts(self._rooms.journal, self._rooms.world(), since=end - dt.timedelta(days=days), until=end)
        return week_of(facts)
