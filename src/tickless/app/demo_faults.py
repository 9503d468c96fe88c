"""Breaking things in the sample company while a day is played, and breaking them again after a restart."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from typing import cast

from tickless.app.demo_progress import case_for, read_progress
from tickless.app.demo_state import DayState
from tickless.app.sample_house import SampleHouse
from tickless.domain.case import Case
from tickless.domain.errors import Unreachable
from tickless.sample.day_events import Day, Event, Expect, Fault
from tickless.sample.estate.control import Effect, Estate, FaultKind

TRIES = 5
PAUSE = 2.0
"""Between two tries to break what is too busy to answer, in seconds."""
MUTE = frozenset({"kill", "hang"})
"""Faults after which a process answers nobody."""


def break_it(estate: Estate, fault: Fault) -> None:
    """Break it now, or as soon as it answers: a busy machine ends no day. Blocks. Raises `Rejected` for what can't be broken
    so, `Unreachable` when it goes on not answering."""
    for left in reversed(range(TRIES)):
        try:
            estate.fault(cast(FaultKind, fault.kind), fault.target, **dict(fault.amount))
        except Unreachable:
            if not left:
                raise
            time.sleep(PAUSE)
        else:
            return


def mend_it(estate: Estate, fault: Fault) -> None:
    """Mend it by hand."""
    estate.heal(cast(FaultKind, fault.kind), fault.target)


async def break_for_a_while(estate: Estate, fault: Fault) -> None:
    """Break it; what is only passing is over after a moment."""
    await asyncio.to_thread(break_it, estate, fault)
    if fault.lasts is not None:
        await asyncio.sleep(fault.lasts)
        await asyncio.to_thread(mend_it, estate, fault)


def break_again(day: Day, sample: SampleHouse, state: DayState) -> None:
    """A restart of the company mends everything: what was broken and not repaired yet is broken again."""
    progress = read_progress(sample.house.journal, day.events)
    effects = sample.estate.effects()
    broken = [
        fault
        for event in day.events
        if event.id in state.started and not _well(day, event, state, progress[event.id].cases, effects)
        for fault in event.faults
        if fault.lasts is None
    ]
    for fault in breakable(broken):
        break_it(sample.estate, fault)


def breakable(faults: Sequence[Fault]) -> list[Fault]:
    """In an order in which all of them can be set: what is dead or hangs takes no other fault."""
    return sorted(faults, key=lambda fault: fault.kind in MUTE)


def _well(day: Day, event: Event, state: DayState, cases: Sequence[Case], effects: Sequence[Effect]) -> bool:
    """Whether nothing has to be broken again: it was repaired, and nothing waits to happen while it is being repaired."""
    awaited = any(one.after == event.id and one.id not in state.done for one in day.events)
    if event.id in state.done and not awaited:
        return True
    found = [(case_for(expect, cases), expect) for expect in event.expects]
    return all(_repaired(case, expect, effects, awaited=awaited) for case, expect in found)


def _repaired(case: Case | None, expect: Expect, effects: Sequence[Effect], *, awaited: bool) -> bool:
    """The case is over as scripted; or it is at work and has had its effects in its present generation."""
    if case is None:
        return False
    if not case.live:
        return not awaited and case.outcome in expect.outcomes and case.regressions >= expect.regressions
    mark = f"run_{case.id.removeprefix('case_')}_{case.generation}_"
    there = {(effect.operation, effect.target) for effect in effects if mark in effect.key}
    return all((e.operation, e.target) in there for e in expect.effects if e.operation != "phone.send")
