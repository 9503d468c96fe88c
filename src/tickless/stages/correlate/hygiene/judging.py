"""Whether an alert that fires is held back now, and why: one order of reasons for all of them. Pure.

What people decided comes first (silences, planned work), then what the map explains, then how the alert behaves.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from tickless.domain.habit import Habit
from tickless.domain.known import Maintenance
from tickless.domain.silence import Silence
from tickless.domain.world import World
from tickless.stages.correlate.hygiene.covering import Broken, covered
from tickless.stages.correlate.hygiene.damping import CALM, Damping, Flaps, free_at
from tickless.stages.correlate.hygiene.news import NOTHING, Held, News, Skip
from tickless.stages.correlate.hygiene.pausing import PauseRule, pause_for
from tickless.stages.correlate.hygiene.silencing import Limits, silenced
from tickless.stages.correlate.hygiene.windows import worked_on


@dataclass(frozen=True)
class Rules:
    """What a house has set."""

    damping: Damping | None = field(default_factory=Damping)
    """None: nothing is damped."""
    pauses: tuple[PauseRule, ...] = ()
    learns: bool = True
    """Pauses are learnt from how alerts went."""
    inhibits: bool = True
    limits: Limits = field(default_factory=Limits)
    grace: dt.timedelta = dt.timedelta(seconds=90)
    """After what inhibits is mended: so long what needs it has to come back."""


@dataclass(frozen=True)
class Circumstances:
    """What stands around an alert: active silences, planned work, what is down; how it flapped, how its like usually go."""

    silences: Sequence[Silence] = ()
    windows: Sequence[Maintenance] = ()
    broken: Sequence[Broken] = ()
    world: World = field(default_factory=World)
    flaps: Flaps = CALM
    habit: Habit | None = None


def judge(news: News, around: Circumstances, rules: Rules, *, now: dt.datetime, skip: Skip = NOTHING) -> Held | None:
    """Why it is held back; None: it goes on. `skip`: reasons that have had their time for this alert."""
    by_people = silenced(news, around.silences, now=now) or worked_on(news, around.windows, around.world, now=now)
    if by_people is not None:
        return by_people
    if rules.inhibits and "inhibited" not in skip:
        explained = covered(news, around.broken, around.world, now=now)
        if explained is not None:
            return explained
    if rules.damping is not None and "flapping" not in skip:
        damped = _flapping(around.flaps, rules.damping, now)
        if damped is not None:
            return damped
    return _pausing(news, around.habit, rules, now) if "transient" not in skip else None


def _flapping(flaps: Flaps, rules: Damping, now: dt.datetime) -> Held | None:
    until = free_at(flaps, rules)
    if until is None or until <= now or flaps.since is None:
        return None
    why = f"It comes and goes: held back since {flaps.since:%H:%M} UTC until it has been quiet for a while."
    return Held("flapping", until, why)


def _pausing(news: News, habit: Habit | None, rules: Rules, now: dt.datetime) -> Held | None:
    pause = pause_for(
        rules.pauses, habit, source=news.source, need=news.need, severity=news.severity, learns=rules.learns
    )
    if pause is None:
        return None
    until = now + dt.timedelta(seconds=pause.seconds)
    return Held("transient", until, f"{pause.why} If it still fires at {until:%H:%M:%S} UTC, it becomes a case.")
