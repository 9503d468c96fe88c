"""When things happen in a year: working hours, Mondays, month ends, winters, holidays. Pure, the same by seed."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator, Sequence

Months = Sequence[float]
"""Twelve weights, January first."""
EVEN: Months = (1.0,) * 12
OFFICE = (1.35, 1.05, 1.0, 1.0, 0.9, 0.03, 0.02)
"""Weights of the days of a week, Monday first, for what people ask."""
MACHINES = (1.15, 1.05, 1.05, 1.05, 1.0, 0.7, 0.7)
HOLIDAYS = frozenset({(1, 1), (5, 1), (12, 24), (12, 25), (12, 26), (12, 31)})
MORNING, EVENING = 7, 18
HOURS = (0.6, 1.6, 2.0, 1.5, 1.1, 0.7, 1.1, 1.3, 1.1, 0.8, 0.5)
"""Weights of the hours from `MORNING` on."""
NIGHT = 0.45
"""Of an hour outside of them, for machines."""
MONTH_END = 1.25
AFTER_HOLIDAYS = 1.7


def day_of(begins: dt.date, number: int) -> dt.date:
    return begins + dt.timedelta(days=number)


def is_holiday(day: dt.date) -> bool:
    return (day.month, day.day) in HOLIDAYS


def works(day: dt.date) -> bool:
    """Whether the office works on that day."""
    return day.weekday() < 5 and not is_holiday(day)


def next_working(day: dt.date) -> dt.date:
    """That day, or the first after it on which the office works."""
    while not works(day):
        day += dt.timedelta(days=1)
    return day


def at(day: dt.date, hour: int, minute: int = 0) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(hour, minute), tzinfo=dt.UTC)


def weight_of(day: dt.date, months: Months, *, office: bool) -> float:
    """How much happens on a day, beside a usual one."""
    if office and is_holiday(day):
        return 0.02
    weight = (OFFICE if office else MACHINES)[day.weekday()] * months[day.month - 1]
    if (day + dt.timedelta(days=3)).month != day.month:
        weight *= MONTH_END
    after = day - dt.timedelta(days=1)
    if office and (day.weekday() == 0 or is_holiday(after)) and (day.month, day.day) <= (1, 8):
        weight *= AFTER_HOLIDAYS
    return weight


def moments(
    chance: random.Random, days: Sequence[dt.date], count: int, *, months: Months = EVEN, office: bool = True
) -> Iterator[dt.datetime]:
    """So many moments of these days, in no order."""
    weights = [weight_of(day, months, office=office) for day in days]
    for day in chance.choices(days, weights, k=count):
        yield moment(chance, day, office=office)


def moment(chance: random.Random, day: dt.date, *, office: bool = True) -> dt.datetime:
    """Some moment of that day; `office`: in working hours."""
    hours = range(24)
    weights = [HOURS[hour - MORNING] if MORNING <= hour < EVENING else 0.0 if office else NIGHT for hour in hours]
    hour = chance.choices(hours, weights)[0]
    return at(day, hour, chance.randrange(60)) + dt.timedelta(seconds=chance.randrange(60))


def long_tailed(chance: random.Random, middle: float, spread: float = 0.7) -> float:
    """A duration around `middle` (its median), as people's work has them: log-normal."""
    return chance.lognormvariate(0.0, spread) * middle
