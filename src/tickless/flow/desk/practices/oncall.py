"""What doors may ask about on-call: schedules, overrides, who it is, calendars in and out. Ruled and audited."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from tickless.domain.calendar_file import read_calendar
from tickless.domain.errors import BadInput, Conflict
from tickless.domain.oncall import Layer, Load, Override, OverrideDraft, Schedule, ScheduleDraft, Shift
from tickless.domain.world import World
from tickless.flow.desk.practices.oncall_calendar import as_calendar
from tickless.flow.desk.practices.oncall_pages import OnCallPages
from tickless.flow.desk.practices.oncall_rules import OnCallRules
from tickless.flow.keeping import Keeper, Keeping, names_person
from tickless.journal import Tx
from tickless.kit.ids import new_id
from tickless.practices.oncall.core import gaps, load, on_call, shifts

LONGEST = dt.timedelta(days=31)
AHEAD = dt.timedelta(days=28)
READ_AHEAD = dt.timedelta(days=92)
"""So far ahead a calendar's entries that repeat become overrides."""
KEPT = 500
"""Overrides of one schedule."""


@dataclass(frozen=True)
class ScheduleShown:
    """A schedule as it stands: who it is now, the shifts and gaps of the next four weeks, the load of eight."""

    schedule: Schedule
    now: str | None
    shifts: tuple[Shift, ...]
    gaps: tuple[Shift, ...]
    load: tuple[Load, ...]


@dataclass(frozen=True)
class Imported:
    """What came of a calendar: overrides made, and entries that name nobody who is known."""

    made: int
    unknown: tuple[str, ...]


class OnCallDesk:
    """Methods block. What changes something raises `Forbidden` with the policies' reasons."""

    def __init__(self, keeping: Keeping, pages: OnCallPages, rules: OnCallRules) -> None:
        self._keeping = keeping
        self._journal = keeping.rooms.journal
        self.pages = pages
        self.rules = rules

    def listed(self) -> list[Schedule]:
        """Schedules that hold, by id."""
        with self._journal.read() as tx:
            return tx.oncall_schedules.by(state="active")

    def show(self, identity: str) -> ScheduleShown:
        """Raises `NotFound`."""
        now = self._keeping.now
        with self._journal.read() as tx:
            found = tx.oncall_schedules.need(identity)
            table = tx.oncall_pages.table.c
            pages = tx.oncall_pages.where(table.due >= now - AHEAD, limit=2_000)
        mine = [one for one in pages if one.schedule == identity]
        coming = shifts(found, now, now + AHEAD)
        return ScheduleShown(
            found, on_call(found, now), tuple(coming), tuple(gaps(found, now, now + AHEAD)),
            tuple(load(found, now - AHEAD, now + AHEAD, mine)),
        )  # fmt: skip

    def who(self, service: str | None = None) -> list[tuple[Schedule, str | None]]:
        """Who is on call now, for a service or for each schedule."""
        now, known = self._keeping.now, self._keeping.service(service)
        if known is not None:
            found = self.pages.schedule_for(known)
            return [(found, on_call(found, now))] if found else []
        return [(one, on_call(one, now)) for one in self.listed()]

    def _turns(self, name: str) -> str:
        found = self._keeping.person(name)
        if not found:
            raise BadInput("a turn without anybody", mend="name a person for each turn")
        return found

    def keep(self, draft: ScheduleDraft, *, by: Keeper, identity: str | None = None) -> Schedule:
        """Write a schedule down, new or changed; overrides stay, and the owner where none is named. It takes the right for the
        services that it was for, and for those that it is for now. Raises `BadInput`, `Conflict`, `Forbidden`, `NotFound`."""
        keeping = self._keeping
        with self._journal.write() as tx:
            before = tx.oncall_schedules.need(identity, lock=True) if identity else None
            made = self._made(draft, before, by=by)
            made = made.model_copy(update={"id": identity or keeping.new_id(tx, "rota")})
            keeping.record(tx, by.by, "schedule.kept", made.id, {"title": made.title, "services": list(made.services)})
            return tx.oncall_schedules.put(made)

    def preview(self, draft: ScheduleDraft, *, by: Keeper, identity: str | None = None) -> ScheduleShown:
        """What `keep` would make of it, with its shifts and gaps; nothing is written. Raises what `keep` raises."""
        with self._journal.read() as tx:
            before = tx.oncall_schedules.need(identity) if identity else None
        made, now = self._made(draft, before, by=by), self._keeping.now
        coming = shifts(made, now, now + AHEAD)
        return ScheduleShown(made, on_call(made, now), tuple(coming), tuple(gaps(made, now, now + AHEAD)),
                             tuple(load(made, now, now + AHEAD)))  # fmt: skip

    def _made(self, draft: ScheduleDraft, before: Schedule | None, *, by: Keeper) -> Schedule:
        """The schedule that a draft makes, without an id where it is new."""
        keeping = self._keeping
        services = keeping.services(draft.services)
        if before is not None:
            keeping.allow(by, "on_call", "keep", services=before.services)
            if before.state == "retired":
                raise Conflict("this schedule holds no more", mend="write a new one")
        keeping.allow(by, "on_call", "keep", services=services)
        layers = tuple(
            Layer(**{**layer.model_dump(), "people": tuple(self._turns(one) for one in layer.people)})
            for layer in draft.layers
        )
        owner = keeping.person(draft.owner) or (before.owner if before else names_person(by))
        return Schedule(
            id=before.id if before else "", title=draft.title, services=services, zone=draft.zone, layers=layers,
            steps=draft.steps, page_at=draft.page_at, owner=owner, service=services[0] if services else None,
            overrides=before.overrides if before else (), made_by=by.by, made_at=before.made_at if before else keeping.now,
        )  # fmt: skip

    def retire(self, identity: str, *, by: Keeper) -> Schedule:
        """It holds no more. Raises `NotFound`, `Forbidden`."""
        with self._journal.write() as tx:
            found = tx.oncall_schedules.need(identity, lock=True)
            self._keeping.allow(by, "on_call", "keep", services=found.services)
            self._keeping.record(tx, by.by, "schedule.retired", identity, {})
            return tx.oncall_schedules.put(found.model_copy(update={"state": "retired"}))

    def override(self, identity: str, draft: OverrideDraft, *, by: Keeper) -> Schedule:
        """Somebody else for a time; whoever is on a schedule may swap on it. Raises `BadInput`, `Forbidden`."""
        keeping = self._keeping
        if not draft.starts_at < draft.ends_at <= draft.starts_at + LONGEST:
            raise BadInput("an override lasts up to a month, and ends after it begins")
        person = keeping.person(draft.person)
        assert person is not None, "a draft names somebody"
        with self._journal.write() as tx:
            found = tx.oncall_schedules.need(identity, lock=True)
            on_it = names_person(by) in {one for layer in found.layers for one in layer.people}
            keeping.allow(by, "on_call", "override", services=found.services, mine=on_it)
            made = Override(id=new_id("ovr"), person=person, starts_at=draft.starts_at, ends_at=draft.ends_at, why=draft.why,
                            by=by.by)  # fmt: skip
            return self._with(
                tx,
                found,
                [*found.overrides, made],
                by=by,
                action="schedule.overridden",
                detail={"person": person, "from": draft.starts_at.isoformat(), "until": draft.ends_at.isoformat()},
            )

    def end_override(self, identity: str, override: str, *, by: Keeper) -> Schedule:
        """It counts no more. Raises `NotFound`, `Forbidden`."""
        with self._journal.write() as tx:
            found = tx.oncall_schedules.need(identity, lock=True)
            on_it = names_person(by) in {one for layer in found.layers for one in layer.people}
            self._keeping.allow(by, "on_call", "override", services=found.services, mine=on_it)
            kept = [one for one in found.overrides if one.id != override]
            return self._with(tx, found, kept, by=by, action="schedule.override_ended", detail={"override": override})

    def calendar(self, identity: str, *, person: str | None = None) -> str:
        """The shifts of the last week and the next eight as iCalendar; of one person only, if one is named."""
        now, world = self._keeping.now, self._keeping.world
        with self._journal.read() as tx:
            found = tx.oncall_schedules.need(identity)
        wanted = self._keeping.person(person)
        ahead = shifts(found, now - dt.timedelta(days=7), now + 2 * AHEAD)
        chosen = [one for one in ahead if one.person and (wanted is None or one.person == wanted)]
        return as_calendar(found, chosen, names={key: one.name for key, one in world.people.items()}, at=now)

    def read_in(self, identity: str, text: str, *, by: Keeper, dry_run: bool = False) -> Imported:
        """Shifts out of another calendar become overrides: an entry's title names the person; of what repeats, the next
        thirteen weeks. The same calendar again changes nothing. Raises `BadInput`, `Forbidden`, `NotFound`."""
        keeping, now = self._keeping, self._keeping.now
        entries = read_calendar(text, since=now, until=now + READ_AHEAD)
        who = {title: _named(title, keeping.world) for title in {one.title.strip() for one in entries}}
        made = [
            Override(id=new_id("ovr"), person=known, starts_at=one.starts_at, ends_at=one.ends_at, source=one.series, by=by.by)
            for one in entries if (known := who[one.title.strip()]) is not None
        ]  # fmt: skip
        unknown = tuple(dict.fromkeys(title[:100] for one in entries if who[title := one.title.strip()] is None))
        with self._journal.write() as tx:
            found = tx.oncall_schedules.need(identity, lock=True)
            keeping.allow(by, "on_call", "keep", services=found.services)
            series = {one.source for one in made}
            kept = [one for one in found.overrides if not one.source or one.source not in series]
            if len(made) + len(kept) > KEPT:
                raise BadInput(f"more than {KEPT} shifts on one schedule", mend="export a shorter time")
            if not dry_run:
                self._with(tx, found, [*made, *kept], by=by, action="schedule.imported", detail={"entries": len(made)})
        return Imported(len(made), unknown)

    def _with(
        self, tx: Tx, found: Schedule, overrides: list[Override], *, by: Keeper, action: str, detail: dict[str, object]
    ) -> Schedule:
        old = self._keeping.now - 4 * AHEAD
        kept = tuple(one for one in overrides if one.ends_at > old)[-KEPT:]
        self._keeping.record(tx, by.by, action, found.id, detail)
        return tx.oncall_schedules.put(found.model_copy(update={"overrides": kept}))


def _named(title: str, world: World) -> str | None:
    """Whom an entry of a calendar means: by user name, by name, or by a name within its title."""
    folded = title.casefold()
    people = {one.name.casefold(): one for one in world.people.values() if one.active}
    known = world.person_called(title) or people.get(folded)
    known = known or next((one for name, one in people.items() if re.search(rf"\b{re.escape(name)}\b", folded)), None)
    return known.id if known is not None and known.active else None
