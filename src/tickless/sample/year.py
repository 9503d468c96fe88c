"""A year at the sample company, as data, the same by seed. `app/` plays it on a clock that jumps from event to event."""

from __future__ import annotations

import datetime as dt

from tickless.sample.company import Company
from tickless.sample.year_events import Quarter, Year, YearEvent
from tickless.sample.year_frame import Frame, frame_of
from tickless.sample.year_history import old_tickets
from tickless.sample.year_machines import machine_events
from tickless.sample.year_people import people_events
from tickless.sample.year_story import story_events

BEGINS = dt.date(2025, 1, 1)
DAYS = 365
EARLY_AUTO = frozenset({"directory.unlock-account", "service.restart"})
DETERMINISTIC = EARLY_AUTO | {
    "mailbox.raise-quota",
    "software.install",
    "vpn.restore-access",
    "disk.clean-up",
    "pool.recycle",
    "certificate.renew",
}
"""What may act by itself at the end: the needs that a check can prove."""


def make_year(company: Company, seed: int = 7, *, begins: dt.date = BEGINS, days: int = DAYS) -> Year:
    """The year of this seed. A shorter one ends earlier and leaves out what comes later; seasons go by the calendar."""
    frame = frame_of(company, begins, days, seed)
    events: list[YearEvent] = [*people_events(frame), *machine_events(frame), *story_events(frame)]
    within = [one for one in events if frame.begins <= one.at < frame.ends]
    within.sort(key=lambda one: (one.at, one.id))
    return Year(seed, frame.begins, frame.ends, tuple(within), old_tickets(frame), _quarters(frame), frame.gaming)


def _quarters(frame: Frame) -> tuple[Quarter, ...]:
    """Four parts of the same length."""
    length = (frame.ends - frame.begins) / 4
    bounds = [frame.begins + length * number for number in range(5)]
    first = Quarter(1, bounds[0], bounds[1], "suggest")
    second = Quarter(2, bounds[1], bounds[2], "approve")
    third = Quarter(3, bounds[2], bounds[3], "approve", EARLY_AUTO)
    return (first, second, third, Quarter(4, bounds[3], bounds[4], "approve", DETERMINISTIC))
