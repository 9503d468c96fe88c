"""A schedule as pictures and rows: its shifts, its gaps, what everybody carries; as it stands, and before it is kept."""

from __future__ import annotations

import datetime as dt

from tickless.doors.console import sheet as ui
from tickless.doors.console.changes_picture import Bar, calendar_picture
from tickless.doors.console.practice_pages import Names
from tickless.flow.desk.practices.oncall import ScheduleShown

UNEVEN = 1.25
"""From so many times an even part of nights and weekends on, somebody carries too much."""
MOST_GAPS = 20
DAYS = 14


def shifts_in(shown: ScheduleShown, names: Names, now: dt.datetime, *, title: str, after: int = 0) -> ui.Picture:
    """Two weeks, a row for each person. `after`: days from today."""
    since = now.replace(hour=0, minute=0, second=0, microsecond=0) + dt.timedelta(days=after)
    until = since + dt.timedelta(days=DAYS)
    bars = [
        _bar(names.person(it.person, "nobody"), max(it.starts_at, since), it.ends_at, covered=bool(it.person))
        for it in shown.shifts
        if it.starts_at < until and it.ends_at > since
    ]
    picture = calendar_picture(bars, since=since, days=DAYS, now=now)
    return ui.Picture(title, picture, tuple(bar.title for bar in bars))


def _bar(who: str, starts: dt.datetime, ends: dt.datetime, *, covered: bool) -> Bar:
    words = f"{who}: {starts:%a %d %b %H:%M} to {ends:%a %d %b %H:%M} UTC"
    return Bar(who, starts, ends, "info" if covered else "bad", words)


def loads(shown: ScheduleShown, names: Names, title: str, *, called: bool = True) -> ui.Rows:
    """Who carries how much; `called`: and how often they were called."""
    total = sum(load.unsocial for load in shown.load) or 1.0
    even = 1 / len({key for layer in shown.schedule.layers for key in layer.people})
    rows = [
        (names.person(load.person), f"{load.hours:.0f} h", f"{load.unsocial:.0f} h",
         ui.Tag(f"{load.unsocial / total:.0%}", "warn" if load.unsocial / total > UNEVEN * even else "good"),
         *((f"{load.pages} ({load.pages_unsocial} at night or at a weekend)",) if called else ()))
        for load in shown.load
    ]  # fmt: skip
    head = ("Who", "On call", "Nights and weekends", "Of all of those", *(("Called",) if called else ()))
    return ui.Rows(title, head, rows)


def preview_of(shown: ScheduleShown, names: Names, now: dt.datetime) -> tuple[ui.Block, ...]:
    """The next four weeks of a schedule that is not kept yet."""
    rows = [(ui.When(gap.starts_at), ui.When(gap.ends_at)) for gap in shown.gaps[:MOST_GAPS]]
    first = next((one.starts_at for one in shown.shifts if one.person), None)
    facts = ui.Facts("If you keep it", ui.said((
        ("On call now", names.person(shown.now) if shown.now else ui.Tag("nobody", "bad")),
        ("From then on", ui.When(first) if first and not shown.now else None),
        ("In four weeks", f"{sum(1 for one in shown.shifts if one.person)} shifts, {len(shown.gaps) or 'no'} gaps"),
    )))  # fmt: skip
    return (facts, shifts_in(shown, names, now, title="The next two weeks"),
            shifts_in(shown, names, now, title="The two weeks after those", after=DAYS),
            ui.Rows("When nobody is on call", ("From", "Until"), rows, "There is no gap"),
            loads(shown, names, "What everybody would carry in four weeks", called=False))  # fmt: skip
