"""Plays a day as real people and real trouble would, many at once: begins what is due, watches, ends what is over."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any

from tickless.app.demo_faults import break_for_a_while
from tickless.app.demo_progress import Progress, case_for, read_progress
from tickless.app.demo_replies import Replies, write
from tickless.app.demo_state import DayClock, DayState, wall
from tickless.app.demo_storm import storm
from tickless.app.demo_table import Row, Screen
from tickless.app.sample_house import SampleHouse
from tickless.sample.day_events import Day, Event, Expect

LOOK_EVERY = 0.12
PATIENCE = 50.0
"""Seconds after which an event that has not come to its end is given up."""
SETTLE_LOOKS = 100


@dataclass
class Flight:
    """An event in flight."""

    event: Event
    replies: Replies
    began: float


class Player:
    """`post`: sends a webhook to the machine door."""

    def __init__(
        self,
        day: Day,
        sample: SampleHouse,
        state: DayState,
        screen: Screen,
        *,
        post: Callable[[dict[str, object]], None],
    ) -> None:
        self._day = day
        self._sample = sample
        self._state = state
        self._screen = screen
        self._post = post
        self._clock = DayClock(state.offset)
        self._broken_before = frozenset(state.started)
        self._flights: dict[str, Flight] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def play(self) -> None:
        """Play every event that isn't done yet, until the last has come to its end and nothing lives any more."""
        waiting = [event for event in self._day.events if event.id not in self._state.done]
        while waiting or self._flights:
            now = self._clock.now()
            for event in [event for event in waiting if event.at <= now]:
                if await self._may_begin(event) or now - event.at > PATIENCE:
                    waiting.remove(event)
                    self._begin(event, now)
            await self._look(now)
            self._raise_what_went_wrong()
            await asyncio.sleep(LOOK_EVERY)
        for _ in range(SETTLE_LOOKS):
            numbers = await asyncio.to_thread(self._sample.house.desk.numbers)
            if not numbers.live and not self._tasks:
                break
            await asyncio.sleep(LOOK_EVERY)

    async def _may_begin(self, event: Event) -> bool:
        """What comes after something waits until that is being repaired."""
        if not event.after:
            return True
        found = await self._read([self._day.event(event.after)])
        return any(case.state in {"acting", "verifying"} for case in found[event.after].cases)

    async def _read(self, events: list[Event]) -> dict[str, Progress]:
        return await asyncio.to_thread(read_progress, self._sample.house.journal, events)

    def _begin(self, event: Event, now: float) -> None:
        self._state.start(event.id, offset=now)
        self._flights[event.id] = Flight(event, Replies(self._sample, self._state, event), now)
        self._screen.begin(event.id, Row(wall(event.at, self._day.seconds), event.door, event.title, "begins"))
        self._run(self._open(event))

    async def _open(self, event: Event) -> None:
        """Let it happen: what breaks, breaks; who writes, writes."""
        for fault in event.faults:
            if fault.lasts is not None or event.id not in self._broken_before:
                await break_for_a_while(self._sample.estate, fault)
        if event.storm:
            await asyncio.to_thread(self._post, storm(self._sample.company, event.who, event.storm))
        if event.says:
            await write(self._sample, event, event.says, key=event.id)

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        self._tasks.add(asyncio.ensure_future(work))

    def _raise_what_went_wrong(self) -> None:
        """Forget what is done. Raises what a task raised."""
        for task in [task for task in self._tasks if task.done()]:
            self._tasks.discard(task)
            task.result()

    async def _look(self, now: float) -> None:
        """See how far everything in flight has come; let people reply; take out what is over."""
        flights = list(self._flights.values())
        if not flights:
            return
        wanted = {flight.event.id: flight.event for flight in flights}
        joined = {expect.joins for flight in flights for expect in flight.event.expects if expect.joins}
        wanted |= {identity: self._day.event(identity) for identity in joined}
        found = await self._read(list(wanted.values()))
        for flight in flights:
            own = found[flight.event.id]
            for work in flight.replies.due(own):
                self._run(work)
            if own.live:
                self._screen.change(flight.event.id, own.live[-1].state)
            given_up = now - flight.began > PATIENCE
            if given_up or self._over(flight.event, found):
                await self._end(flight, found, now, given_up=given_up)

    def _over(self, event: Event, found: Mapping[str, Progress]) -> bool:
        own = found[event.id]
        kinds = {reply.kind for reply in event.replies}
        if "open_link" in kinds and event.id not in self._state.opened_links:
            return False
        if "words_solved" in kinds and not any(case.regressions for case in own.cases):
            return False
        return all(_expect_over(event, expect, found) for expect in event.expects)

    async def _end(self, flight: Flight, found: Mapping[str, Progress], now: float, *, given_up: bool) -> None:
        event = flight.event
        del self._flights[event.id]
        if event.storm:
            over = storm(self._sample.company, event.who, event.storm, over=True)
            await asyncio.to_thread(self._post, over)
        self._state.end(event.id)
        outcome = "given up" if given_up else _outcome(event, found[event.id])
        self._screen.end(event.id, outcome=outcome, seconds=now - flight.began)


def _expect_over(event: Event, expect: Expect, found: Mapping[str, Progress]) -> bool:
    own = found[event.id]
    if expect.need is None:
        return own.heard > 0
    if expect.joins:
        theirs = found[expect.joins]
        return bool(theirs.cases) and not theirs.live and (event.door == "machine" or own.heard >= 2)
    case = case_for(expect, own.cases)
    return case is not None and not case.live and case.regressions >= expect.regressions


def _outcome(event: Event, own: Progress) -> str:
    if any(expect.joins for expect in event.expects):
        return "joined"
    cases = [case for expect in event.expects if (case := case_for(expect, own.cases)) is not None]
    return "/".join(dict.fromkeys(str(case.outcome) for case in cases)) or "answered"
