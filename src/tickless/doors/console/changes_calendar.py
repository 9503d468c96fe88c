"""The calendar of changes: what is planned, where it collides, and when nothing may be changed."""

from __future__ import annotations

import datetime as dt

from tickless.domain.brake import ChangeRule
from tickless.domain.change import Change, Collision
from tickless.doors.console import sheet as ui
from tickless.doors.console.changes_picture import Band, Bar, calendar_picture
from tickless.doors.console.changes_words import standing, tone
from tickless.doors.console.frame import Visit
from tickless.doors.console.practice_pages import Names

DAYS = 14
BACK = dt.timedelta(days=3)


def drawn(visit: Visit, names: Names) -> tuple[ui.Picture, ...]:
    """Two weeks as a picture with the same in words; nothing where nothing is planned."""
    since = visit.now.replace(hour=0, minute=0, second=0, microsecond=0) - BACK
    until = since + dt.timedelta(days=DAYS)
    found = visit.desk.practices.changes.calendar(since, until)
    bars = [_bar(change, hits) for change, hits in found.changes]
    bars += [Bar(f"{names.service(one.service)}: {one.title}", one.starts_at, one.ends_at, "calm",
                 _words(f"Planned work at {names.service(one.service)}: {one.title}", one.starts_at, one.ends_at))
             for one in found.work]  # fmt: skip
    bars.sort(key=lambda bar: bar.starts_at)
    bands = [_band(rule, until, names) for rule in found.freezes]
    if not bars and not bands:
        return ()
    lines = (*(band.title for band in bands), *(bar.title for bar in bars))
    picture = calendar_picture(bars, since=since, days=DAYS, now=visit.now, bands=bands)
    clashes = sum(1 for _, hits in found.changes if hits)
    title = f"Calendar: {clashes} of {len(found.changes)} changes collide" if clashes else "Calendar"
    return (ui.Picture(title, picture, lines),)


def _bar(change: Change, hits: tuple[Collision, ...]) -> Bar:
    words = _words(f"{change.id} {change.title}, {standing(change).label}", change.starts_at, change.ends_at)
    if hits:
        words += f". Collides with {', '.join(f'{hit.title} ({hit.ref})' for hit in hits)}"
    return Bar(f"{change.id} {change.title}", change.starts_at, change.ends_at, tone(change), words, clash=bool(hits),
               href=f"/changes/{change.id}")  # fmt: skip


def _band(rule: ChangeRule, until: dt.datetime, names: Names) -> Band:
    about = names.services_of(rule.services, "everything")
    ends = rule.ends_at or until
    last = f"{rule.ends_at:%a %d %b %H:%M} UTC" if rule.ends_at else "somebody ends it"
    words = f"Freeze of {about}: {rule.title}, {rule.starts_at:%a %d %b %H:%M} until {last}"
    return Band(rule.starts_at, ends, words)


def _words(what: str, starts: dt.datetime, ends: dt.datetime) -> str:
    same = starts.date() == ends.date()
    return f"{starts:%a %d %b %H:%M} to {ends:{'%H:%M' if same else '%a %d %b %H:%M'}} UTC: {what}"
