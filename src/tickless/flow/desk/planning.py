"""What doors may ask about planned work: single windows, series of them, and the calendar. Ruled by policy and audited."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tickless.domain.errors import Forbidden
from tickless.domain.known import Maintenance
from tickless.domain.work_series import WorkSeries
from tickless.flow.keeping import Keeper
from tickless.flow.rooms import Rooms
from tickless.kit.ids import new_id
from tickless.practices.known import call_off, plan_work
from tickless.practices.known.calendar import as_calendar
from tickless.practices.known.recurring import in_words, next_of
from tickless.practices.known.series import end_series, plan_series, tend_series
from tickless.stages.decide.policy_requests import Principal, Resource

MOST = 2_000
TEND_EVERY = dt.timedelta(hours=1)


@dataclass(frozen=True)
class SeriesDraft:
    """A series as somebody wants it."""

    service: str
    title: str
    rule: str
    zone: str
    at: dt.time
    minutes: int
    first_day: dt.date
    last_day: dt.date | None = None
    note: str = ""
    owner: str | None = None
    change: str = ""


@dataclass(frozen=True)
class SeriesShown:
    """A series as it stands: when, in words, and its next window (None: it is over)."""

    series: WorkSeries
    words: str
    coming: Maintenance | None


class PlanningDesk:
    """Methods block. What changes something raises `Forbidden` with the policies' reasons."""

    def __init__(self, rooms: Rooms, *, wake: Callable[[], None]) -> None:
        self._rooms = rooms
        self._wake = wake
        self._tended_at: dt.datetime | None = None

    def plan(self, window: Maintenance, *, by: Keeper) -> Maintenance:
        """Plan one window. Raises `BadInput`, `Forbidden`."""
        now = self._rooms.clock.now()
        self._allow(window.service, by, length=window.ends_at - window.starts_at)
        with self._rooms.journal.write() as tx:
            return plan_work(tx, window, world=self._rooms.world(), by=by.by, now=now)

    def call_off(self, identity: str, *, by: Keeper) -> Maintenance:
        """Call one window off, or end it now. Raises `NotFound`, `Conflict`, `Forbidden`."""
        with self._rooms.journal.read() as tx:
            window = tx.maintenance.need(identity)
        self._allow(window.service, by)
        with self._rooms.journal.write() as tx:
            done = call_off(tx, identity, by=by.by, now=self._rooms.clock.now())
        self._wake()
        return done

    def repeat(self, draft: SeriesDraft, *, by: Keeper) -> SeriesShown:
        """Plan work that comes again. Raises `BadInput`, `Forbidden`."""
        now = self._rooms.clock.now()
        self._allow(draft.service, by, length=dt.timedelta(minutes=draft.minutes), recurring=True)
        series = WorkSeries(id=new_id("wrk"), made_by=by.by, made_at=now, **vars(draft))
        with self._rooms.journal.write() as tx:
            return _shown(plan_series(tx, series, world=self._rooms.world(), by=by.by, now=now), now)

    def end(self, identity: str, *, by: Keeper) -> SeriesShown:
        """No more of a series. Raises `NotFound`, `Conflict`, `Forbidden`."""
        now = self._rooms.clock.now()
        with self._rooms.journal.read() as tx:
            series = tx.work_series.need(identity)
        self._allow(series.service, by)
        with self._rooms.journal.write() as tx:
            return _shown(end_series(tx, identity, by=by.by, now=now), now)

    def series(self, *, over: bool = False) -> list[SeriesShown]:
        """Those that go on, the one that comes next in front; `over`: those that have ended, too, behind them."""
        now = self._rooms.clock.now()
        with self._rooms.journal.read() as tx:
            table = tx.work_series.table.c
            found = [
                _shown(one, now)
                for one in tx.work_series.where(*([] if over else [table.ended.is_(False)]), limit=MOST)
            ]
        kept = [one for one in found if over or one.coming is not None]
        last = dt.datetime.max.replace(tzinfo=dt.UTC)
        return sorted(kept, key=lambda one: (one.coming.starts_at if one.coming else last, one.series.id))

    def calendar(self, *, services: Sequence[str] = ()) -> str:
        """Planned work of the last month and of what is planned ahead, as iCalendar. `services`: of these only."""
        now, world = self._rooms.clock.now(), self._rooms.world()
        wanted = {known.id for name in services if (known := world.service_named(name)) is not None}
        with self._rooms.journal.read() as tx:
            table = tx.maintenance.table.c
            windows = tx.maintenance.where(
                table.ends_at > now - dt.timedelta(days=31), order=table.starts_at, limit=MOST
            )  # fmt: skip
        chosen = [one for one in windows if not services or one.service in wanted]
        return as_calendar(chosen, named={one.id: one.name for one in world.services.values()}, at=now)

    def tend(self, now: dt.datetime) -> None:
        """By the clock: the windows of series that have come near are made."""
        if self._tended_at is None or now - self._tended_at >= TEND_EVERY:
            self._tended_at = now
            with self._rooms.journal.write() as tx:
                tend_series(tx, now=now)

    def _allow(
        self, service: str, by: Keeper, *, length: dt.timedelta = dt.timedelta(0), recurring: bool = False
    ) -> None:
        """A service that nobody knows counts as the most critical one: it is refused later with how to mend it."""
        world = self._rooms.world()
        known = world.service_named(service)
        owns = frozenset(one.id for one in world.services.values() if by.person and one.owner == by.person.id)
        ruling = self._rooms.policy.may(
            principal=Principal.person(by.person, roles=by.roles, owns=owns)
            if by.person is not None
            else Principal.account(by.by, roles=by.roles),
            action="plan_work",
            resource=Resource.house(),
            context={
                "assurance": by.assurance,
                "hours": math.ceil(max(length, dt.timedelta(0)) / dt.timedelta(hours=1)),
                "criticality": (known.criticality or 1) if known is not None else 1,
                "owned": known is not None and known.id in owns,
                "recurring": recurring,
            },
        )
        if not ruling.allowed:
            raise Forbidden(" ".join(reason.text for reason in ruling.reasons), detail=f"{by.by}: plan_work")


def _shown(series: WorkSeries, now: dt.datetime) -> SeriesShown:
    return SeriesShown(series, in_words(series), next_of(series, now=now))
