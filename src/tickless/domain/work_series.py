"""Planned work that comes again: a rule, a local time of the day, and a place on the earth whose clocks count."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import AwareDatetime

from tickless.domain.record import Record


class WorkSeries(Record):
    """Its windows are ordinary ones, made some weeks ahead; each carries this id."""

    version: Literal[1] = 1
    id: str
    service: str
    title: str
    rule: str
    """When, as a recurrence rule of RFC 5545 (the part that `practices/known/recurring.py` reads): `FREQ=WEEKLY;BYDAY=SU`."""
    zone: str
    """IANA name, such as `Europe/Berlin`."""
    at: dt.time
    """When it begins, by the clocks there."""
    minutes: int
    """How long it takes."""
    first_day: dt.date
    """By the calendar there: nothing lies before it, and every second week or month is counted from it."""
    last_day: dt.date | None = None
    owner: str | None = None
    change: str = ""
    note: str = ""
    made_by: str
    made_at: AwareDatetime
    ended_at: AwareDatetime | None = None
    planned_until: AwareDatetime | None = None
    """Windows that begin before this are made already."""
