"""A working day in the sample company, compressed to about a minute: data, the same by seed. `app/demo.py` plays it."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace

from tickless.sample.company import Company
from tickless.sample.day_accounts import account_events, mailbox_events, tunnel_events
from tickless.sample.day_cast import Cast
from tickless.sample.day_events import Day, Event
from tickless.sample.day_machines import machine_events
from tickless.sample.day_oddities import odd_events
from tickless.sample.day_requests import access_events, removal_events, software_events

SECONDS = 60.0
FIRST, LAST = 1.0, 56.0
"""Between these two seconds people write."""
OPENING: tuple[str, ...] = ("impostor", "unlock-1", "vpn-7")
"""Whoever waits longest for an answer comes first."""
AFTER = 0.5
"""Seconds between something and what comes of it."""
SPARE = 3


def make_day(company: Company, seed: int = 7) -> Day:
    """The day of this seed: the same people say and suffer the same at the same second."""
    cast = Cast(company, seed)
    machines = list(machine_events(company, cast))
    people = _timed(list(_people(company, cast)), seed)
    spare = tuple(cast.draw().id for _ in range(SPARE))
    times = {event.id: event.at for event in (*machines, *people)}
    events = [replace(event, at=times[event.after] + AFTER) if event.after else event for event in (*machines, *people)]
    return Day(seed, SECONDS, tuple(sorted(events, key=lambda event: (event.at, event.id))), spare)


def _people(company: Company, cast: Cast) -> Iterator[Event]:
    """Every event of the human door; the parts for which few people fit are cast first."""
    yield from access_events(company, cast)
    yield from removal_events(company, cast)
    yield from software_events(company, cast)
    yield from odd_events(company, cast)
    yield from account_events(cast)
    yield from tunnel_events(cast)
    yield from mailbox_events(cast)


def _timed(events: Sequence[Event], seed: int) -> list[Event]:
    """Spread people's events evenly over the day, in an order that repeats by seed."""
    order = [event for event in events if event.id not in OPENING]
    random.Random(f"order:{seed}").shuffle(order)  # noqa: S311 - a story that repeats by seed, nothing secret
    order = [event for event in events if event.id in OPENING] + order
    step = (LAST - FIRST) / max(len(order) - 1, 1)
    return [replace(event, at=round(FIRST + step * number, 2)) for number, event in enumerate(order)]
