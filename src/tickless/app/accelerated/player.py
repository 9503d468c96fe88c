"""Plays a year: the clock jumps from one thing that happens to the next, and everything that a house does by itself is done."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from functools import partial

from tickless.app.accelerated.agenda import Agenda
from tickless.app.accelerated.hands import Hands
from tickless.app.accelerated.ladder import Ladder
from tickless.app.accelerated.machines import Machines
from tickless.app.accelerated.people import People
from tickless.app.accelerated.scene import Scene
from tickless.domain.autonomy import Rung
from tickless.domain.case import Case
from tickless.sample.year_calendar import works
from tickless.sample.year_events import Breaks, Deed, Deploys, Says, Year, YearEvent
from tickless.sample.year_frame import staff_of

TICK, NIGHT_TICK, WEEKEND_TICK = dt.timedelta(hours=2), dt.timedelta(hours=5), dt.timedelta(hours=6)
TICKETS_EVERY = dt.timedelta(hours=6)
LOOK_AT_LADDER = dt.time(9, 0)
AFTERWARDS = dt.timedelta(days=6)
"""How long the house goes on when nothing new happens any more, so that what is open comes to its end."""
MANY = 10_000

Deeds = Callable[[Deed], None]
DayOver = Callable[[dt.date], None]


class Player:
    """`deeds`: does what people do in the console. `day_over`: told of every day that is over."""

    def __init__(self, scene: Scene, year: Year, *, deeds: Deeds, day_over: DayOver = lambda _: None) -> None:
        self._scene = scene
        self._year = year
        self._deeds = deeds
        self._day_over = day_over
        self._agenda = Agenda()
        chance = random.Random(f"year-player:{year.seed}")  # noqa: S311 - a story that repeats by seed, nothing secret
        self.machines = Machines(scene, self._agenda)
        self.people = People(scene, self._agenda, chance)
        self._hands = Hands(scene, self._agenda, self.people, self.machines, chance)
        self.ladder = Ladder(scene, staff_of(scene.company).head, self._may_reach)
        self._seen = 0
        self._told: set[tuple[str, int, str]] = set()
        self._tickets_at = year.begins
        self._today = year.begins.date()

    def _may_reach(self, runbook: str) -> Rung:
        return self._year.quarter(self._scene.clock.now()).may_reach(runbook)

    def play(self) -> None:
        """Every event of the year, and what comes of it, to its end."""
        for event in self._year.events:
            self._agenda.at(event.at, partial(self._happens, event))
        self._agenda.at(self._year.begins, self._tick)
        self._agenda.at(_monday(self._year.begins), self._weekly)
        self._agenda.at(_monday(self._year.begins) + dt.timedelta(hours=1), self._daily)
        end = self._year.ends + AFTERWARDS
        while (moment := self._next()) is not None and moment < end:
            self._jump(moment)
            self._agenda.do_due(self._scene.clock.now())
            self._scene.settle()
            self._react()
        self._jump(end)

    def _next(self) -> dt.datetime | None:
        return min((one for one in (self._agenda.next(), self._scene.engine.next_wake()) if one), default=None)

    def _jump(self, moment: dt.datetime) -> None:
        clock = self._scene.clock
        clock.advance(max(moment - clock.now(), dt.timedelta(0)))
        while self._today < clock.now().date():
            self._day_over(self._today)
            self._today += dt.timedelta(days=1)

    def _happens(self, event: YearEvent) -> None:
        match event:
            case Says():
                self.people.says(event)
            case Breaks():
                self.machines.breaks(event)
            case Deploys():
                self.machines.deploys(event)
            case Deed():
                self._deeds(event)

    # What a house does by itself

    def _tick(self) -> None:
        """Watches, chores, messages and tickets: what the threads of a served house do every second or so."""
        now, house = self._scene.clock.now(), self._scene.house
        house.schedules.tick()
        if now - self._tickets_at >= TICKETS_EVERY:
            self._tickets_at = now
            self._scene.look_after_tickets()
        rest = TICK if 6 <= now.hour < 20 else NIGHT_TICK
        self._agenda.at(now + (rest if works(now.date()) else WEEKEND_TICK), self._tick)

    def _daily(self) -> None:
        if works(self._scene.clock.now().date()):
            self.ladder.look_at_brakes()
        self._agenda.at(self._scene.clock.now() + dt.timedelta(days=1), self._daily)

    def _weekly(self) -> None:
        self.ladder.look_at_falls()
        self.ladder.look()
        self._agenda.at(self._scene.clock.now() + dt.timedelta(days=7), self._weekly)

    # What the world does about it

    def _react(self) -> None:
        """Tell people and hands what has come up since the last look."""
        changed, acted = self._changed()
        if not changed and not acted:
            return
        with self._scene.house.journal.read() as tx:
            questions = tx.questions.by(state="open", limit=MANY)
            approvals = tx.approvals.by(state="pending", limit=MANY)
            cases = [case for one in sorted(changed) if (case := tx.cases.get(one)) is not None]
        for question in questions:
            self.people.answers(question)
        for approval in approvals:
            self.people.approves(approval)
        for case in cases:
            self._case(case)
        if acted or cases:
            self.machines.look()

    def _changed(self) -> tuple[set[str], bool]:
        """Cases of which the record says something new, and whether anything was done in the world."""
        cases, acted = set[str](), False
        with self._scene.house.journal.read() as tx:
            while rows := tx.audit.rows(after=self._seen, limit=1_000):
                self._seen = rows[-1].seq
                cases |= {row.case for row in rows if row.case}
                acted = acted or any(row.action.startswith("act.") for row in rows)
        return cases, acted

    def _case(self, case: Case) -> None:
        if case.state not in {"handed_off", "resolved", "closed"}:
            return
        mark = (case.id, case.generation, case.state)
        if mark in self._told:
            return
        self._told.add(mark)
        if case.state == "handed_off":
            self._scene.look_after_tickets()
            self._scene.compare()
            self._hands.takes(case)
        else:
            self._scene.compare()
            self.people.is_over(case)


def _monday(after: dt.datetime) -> dt.datetime:
    day = after.date() + dt.timedelta(days=-after.weekday() % 7)
    found = dt.datetime.combine(day, LOOK_AT_LADDER, tzinfo=dt.UTC)
    return found if found > after else found + dt.timedelta(days=7)
