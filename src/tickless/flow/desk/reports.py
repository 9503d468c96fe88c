"""Reports: a week as an operator wants to read it. Read-only."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from tickless.domain.errors import BadInput, NotFound
from tickless.flow.rooms import Rooms
from tickless.stages.measure.guard import Watch
from tickless.stages.measure.week import Week, week_of
from tickless.stages.measure.week.parts import about, services_of
from tickless.stages.measure.week.reading import read_counts, read_facts

MOST_DAYS = 31
MOST_SPAN = dt.timedelta(days=MOST_DAYS, hours=1)
"""A month whose clocks were put back is an hour longer."""
LATEST = dt.timedelta(days=2)
"""How long a span may be over for what the guard says today to be told in its report."""
EARLIEST = 1990
"""Years before it are no time of a report."""


class Reports:
    """Over whatever the journal holds: of a house that lives, and of one that only played the past."""

    def __init__(self, rooms: Rooms, *, watch: Callable[[], Watch]) -> None:
        self._rooms = rooms
        self._watch = watch
        self.home = ""
        """The address of this house, for links in what is sent on; empty: none is known. Set by the composition root."""

    def week(self, *, days: int = 7, until: dt.datetime | None = None, owner: str = "") -> Week:
        """The `days` before `until` (else now). Raises as `span` does."""
        if not 1 <= days <= MOST_DAYS:
            raise BadInput(f"a report is about 1 to {MOST_DAYS} days", mend="ask for fewer days")
        if until is not None and until.year < EARLIEST:
            raise BadInput("nothing was heard that long ago", mend="give a later time")
        now = self._rooms.clock.now()
        end = min(until, now) if until is not None else now
        return self.span(end - dt.timedelta(days=days), end, owner=owner)

    def span(self, since: dt.datetime, until: dt.datetime, *, owner: str = "") -> Week:
        """A span beside one of the same length before it. `owner`: id of a person, of whose services it is a review. Raises
        `BadInput` for a span that is none or too long, `NotFound` for an owner of nothing, `Unreachable`."""
        if not dt.timedelta(0) < until - since <= MOST_SPAN:
            raise BadInput(f"a report is about 1 to {MOST_DAYS} days", mend="ask for fewer days, in the order of time")
        world = self._rooms.world()
        theirs = services_of(world, owner) if owner else None
        if theirs is not None and not theirs:
            raise NotFound("no service is theirs", mend="name the owner of a service: the service map shows them")
        journal = self._rooms.journal
        facts = read_facts(journal, world, since=since, until=until)
        before = read_counts(journal, since=since - (until - since), until=since, services=theirs)
        if theirs is None:
            now = self._rooms.clock.now()
            return week_of(facts, before=before, watch=self._watch() if now - until < LATEST else None)
        name = world.people[owner].name if owner in world.people else owner
        return week_of(about(facts, theirs), before=before, owner=name)

    def owners(self) -> list[tuple[str, str]]:
        """(id, name) of everybody who answers for a service, by name."""
        world = self._rooms.world()
        known = {one.owner for one in world.services.values() if one.owner}
        return sorted(((one, world.people[one].name) for one in known if one in world.people), key=lambda pair: pair[1])
