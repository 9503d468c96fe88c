"""What the people of the company decide and do in a year, apart from cases. Pure: the calendar is all it knows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from tickless.sample.year_beginning import beginning
from tickless.sample.year_calendar import at, next_working
from tickless.sample.year_changes import change_events
from tickless.sample.year_continuity import continuity_events
from tickless.sample.year_events import Deed, YearEvent
from tickless.sample.year_frame import Frame
from tickless.sample.year_learning import learning
from tickless.sample.year_outage import outage_events
from tickless.sample.year_telling import Told


def story_events(frame: Frame) -> Iterator[YearEvent]:
    """Every deed, deployment and breakage of the story, in no order."""
    yield from beginning(frame)
    yield from learning(frame)
    yield from change_events(frame)
    yield from outage_events(frame)
    yield from continuity_events(frame)
    yield from _months(frame)


def _months(frame: Frame) -> Iterator[Deed]:
    """On the first working day of each month the last one is looked at; on the last day, the year."""
    tell = Told(frame, "month")
    firsts = sorted({next_working(day) for day in frame.days if day.day == 1 and day != frame.days[0]})
    for day in firsts:
        yield tell("month", at(day, 8, 30), frame.staff.head)
    yield tell("month", frame.ends - dt.timedelta(minutes=20), frame.staff.head)
