"""Events of a calendar that come again (RFC 5545, 3.8.5): when each of them begins. Pure.

Times are local: a shift at 18:00 stays at 18:00 when the clocks change. Of rules, `recurrence.py` reads `DAILY`, `WEEKLY` and
`MONTHLY`; here come `YEARLY` on the day of the first, `COUNT`, `UNTIL` and `WKST`. Anything else is refused, never left out.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from tickless.domain.errors import BadInput
from tickless.domain.recurrence import DAYS, Rule, days_of, read_rule

EARLIEST = 1990
"""An event that began in an earlier year is refused: counting its days would take long."""
MOST_COUNT = 10_000
MEND = "export its single dates, or write its rule with FREQ, INTERVAL, BYDAY, BYMONTHDAY, COUNT, UNTIL and WKST"


@dataclass(frozen=True)
class Repeats:
    """A rule from its first day on. `until`: the last moment at which one may begin, or the last day by local clocks."""

    rule: Rule
    count: int | None = None
    until: dt.datetime | dt.date | None = None


def read_repeats(text: str, first: dt.date) -> Repeats:
    """Raises `BadInput`."""
    parts = dict(part.partition("=")[::2] for part in text.strip().upper().split(";") if part)
    count, until, week = parts.pop("COUNT", None), parts.pop("UNTIL", None), parts.pop("WKST", "MO")
    if count is not None and not (count.isdecimal() and 1 <= int(count[:9]) <= MOST_COUNT):
        raise BadInput(f"COUNT={count[:20]} is no number from 1 to {MOST_COUNT:,}", mend=MEND)
    if week not in DAYS:
        raise BadInput(f"WKST={week[:20]} is no day of the week", mend=MEND)
    if first.year < EARLIEST:
        raise BadInput(f"it began before {EARLIEST}", mend="give it a later first day")
    rule = _rule(parts, first)
    made = Rule(rule.freq, rule.interval, rule.days, rule.dates, DAYS.index(week))
    return Repeats(made, int(count) if count else None, _until(until) if until else None)


def _rule(parts: dict[str, str], first: dt.date) -> Rule:
    plain = set(parts) <= {"FREQ", "INTERVAL"}
    if parts.get("FREQ") == "YEARLY" and plain:
        return Rule("YEARLY", read_rule(f"FREQ=DAILY;INTERVAL={parts.get('INTERVAL', '1')}").interval)
    if parts.get("FREQ") == "MONTHLY" and plain:
        parts = {**parts, "BYMONTHDAY": str(first.day)}
    try:
        return read_rule(";".join(f"{name}={value}" for name, value in parts.items()))
    except BadInput as error:
        raise BadInput(error.public, mend=MEND) from None


def _until(text: str) -> dt.datetime | dt.date:
    """A day, a moment, or a time by the clocks of the first."""
    for form in ("%Y%m%dT%H%M%SZ", "%Y%m%dT%H%M%S", "%Y%m%d"):
        try:
            found = dt.datetime.strptime(text, form).replace(tzinfo=dt.UTC)
        except ValueError:
            continue
        return found.date() if form == "%Y%m%d" else found if text.endswith("Z") else found.replace(tzinfo=None)
    raise BadInput(f"UNTIL={text[:20]} is no time", mend=MEND)


def beginnings(repeats: Repeats, first: dt.datetime, *, until: dt.datetime) -> Iterator[dt.datetime]:
    """When each begins, by the clocks of `first`'s zone, in order, before `until`; also those that lie behind."""
    day, last = first.date(), until.astimezone(first.tzinfo).date() + dt.timedelta(days=1)
    for number, on in enumerate(days_of(repeats.rule, day, after=day, until=last)):
        at = first.replace(year=on.year, month=on.month, day=on.day)
        if (repeats.count is not None and number >= repeats.count) or at >= until or _over(at, repeats.until):
            return
        yield at


def _over(at: dt.datetime, until: dt.datetime | dt.date | None) -> bool:
    if until is None:
        return False
    if not isinstance(until, dt.datetime):
        return at.date() > until
    return at > (until if until.tzinfo is not None else until.replace(tzinfo=at.tzinfo))
