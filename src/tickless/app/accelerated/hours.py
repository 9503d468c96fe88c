"""When people do things: in the hours in which the office works. Pure."""

from __future__ import annotations

import datetime as dt

from tickless.sample.year_calendar import EVENING, MORNING, at, next_working, works


def in_hours(moment: dt.datetime, *, round_the_clock: bool = False) -> dt.datetime:
    """That moment, or the next morning on which the office works."""
    if round_the_clock or (works(moment.date()) and MORNING <= moment.hour < EVENING):
        return moment
    day = moment.date() if moment.hour < MORNING else moment.date() + dt.timedelta(days=1)
    return at(next_working(day), MORNING, 30) + dt.timedelta(minutes=moment.minute, seconds=moment.second)
