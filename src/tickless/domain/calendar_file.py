"""Dated entries out of an iCalendar file (RFC 5545): what, from when, until when. Pure; refuses what it cannot read whole."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from tickless.domain.calendar_repeats import Repeats, beginnings, read_repeats
from tickless.domain.errors import BadInput
from tickless.domain.record import Untrusted
from tickless.kit.zones import zones

MOST = 2_000
MOST_REPEATING = 200
_LENGTH = re.compile(r"P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")

_Fields = dict[str, list[tuple[str, str]]]
"""Name → (parameters, value), as often as it is given."""


@dataclass(frozen=True)
class Entry:
    """One event of a calendar. `uid` is its own, also where it is one of many; `series`: what they have in common."""

    uid: str
    title: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    series: str = ""


@dataclass(frozen=True)
class _Event:
    """As the file has it, times by the clocks of their zone. `instead_of`: the one of its series that it stands for."""

    uid: str
    title: str
    starts: dt.datetime
    ends: dt.datetime
    repeats: Repeats | None
    besides: frozenset[dt.datetime]
    never: frozenset[dt.datetime]
    instead_of: dt.datetime | None
    cancelled: bool


def read_calendar(text: str, *, until: dt.datetime, since: dt.datetime | None = None) -> list[Entry]:
    """The events of a calendar, by time; of those that repeat, each that ends after `since` and begins before `until`. Raises
    `BadInput` for a text that is none, and for an event whose rule or time cannot be read: leaving one out in silence would
    let changes through."""
    lines = re.sub(r"\r?\n[ \t]", "", text).splitlines()
    if not lines or lines[0].strip().upper() != "BEGIN:VCALENDAR":
        raise BadInput("this is no calendar", mend="give an iCalendar file (.ics), as calendars export it")
    events = [_event(fields) for fields in _events(lines)]
    if len(events) > MOST or sum(1 for one in events if one.repeats) > MOST_REPEATING:
        most = f"{MOST:,} events, or {MOST_REPEATING} that repeat"
        raise BadInput(f"a calendar of more than {most}", mend="export a shorter time")
    found = [entry for one in events for entry in _entries(one, events, since=since, until=until)]
    return sorted(found, key=lambda one: (one.starts_at, one.uid))


def _entries(one: _Event, events: list[_Event], *, since: dt.datetime | None, until: dt.datetime) -> Iterator[Entry]:
    if one.cancelled:
        return
    if one.repeats is None and not one.besides:
        uid = one.uid if one.instead_of is None else _uid(one.uid, one.instead_of)
        yield Entry(uid, one.title, one.starts.astimezone(dt.UTC), one.ends.astimezone(dt.UTC), one.uid)
        return
    moved = {other.instead_of for other in events if other.uid == one.uid and other.instead_of is not None}
    ruled = set(beginnings(one.repeats, one.starts, until=until)) if one.repeats else {one.starts}
    length = one.ends.replace(tzinfo=None) - one.starts.replace(tzinfo=None)
    for at in sorted(ruled | {besides for besides in one.besides if besides < until}):
        # By the clocks, as calendars do it: a shift until 08:00 ends at 08:00 on the day on which they are changed, too.
        ends = (at.replace(tzinfo=None) + length).replace(tzinfo=at.tzinfo)
        if at.astimezone(dt.UTC) not in one.never | moved and (since is None or ends > since):
            yield Entry(_uid(one.uid, at), one.title, at.astimezone(dt.UTC), ends.astimezone(dt.UTC), one.uid)


def _uid(series: str, at: dt.datetime) -> str:
    return f"{series}#{at.astimezone(dt.UTC):%Y%m%dT%H%MZ}"


def _events(lines: list[str]) -> Iterator[_Fields]:
    """The fields of each event, without those of its alarms."""
    fields: _Fields | None = None
    depth = 0
    for line in lines:
        name, value = _parted(line)
        word, _, parameters = name.partition(";")
        match (word.upper(), value.strip().upper()):
            case ("BEGIN", "VEVENT"):
                fields, depth = {}, 0
            case ("END", "VEVENT") if fields is not None:
                yield fields
                fields = None
            case ("BEGIN", _):
                depth += 1
            case ("END", _):
                depth -= 1
            case (known, _) if fields is not None and depth == 0:
                fields.setdefault(known, []).append((parameters, value.strip()))


def _parted(line: str) -> tuple[str, str]:
    """A line's name with its parameters, and its value: a colon in quotes does not part them."""
    found = re.match(r'((?:[^":]|"[^"]*")*):(.*)', line)
    return (found[1], found[2]) if found else (line, "")


def _event(fields: _Fields) -> _Event:
    title = Untrusted(_plain(_first(fields, "SUMMARY"))).tame(200) or "without a title"
    if "DTSTART" not in fields:
        raise BadInput(f"“{title}” has no beginning", mend="give it DTSTART")
    starts = _moment(*fields["DTSTART"][0], title=title)
    ends = _end(fields, starts, title)
    if ends <= starts:
        raise BadInput(f"“{title}” ends before it begins", mend="mend its times")
    uid = Untrusted(_first(fields, "UID")).tame(200) or f"{starts.isoformat()} {title}"
    if any("RANGE=" in parameters.upper() for parameters, _ in fields.get("RECURRENCE-ID", ())):
        raise BadInput(f"“{title}” changes a series from one day on", mend="export its single dates")
    instead = _moments(fields, "RECURRENCE-ID", title)
    return _Event(
        uid, title, starts, ends, _repeats(fields, starts, title), frozenset(_moments(fields, "RDATE", title)),
        frozenset(at.astimezone(dt.UTC) for at in _moments(fields, "EXDATE", title)),
        instead[0].astimezone(dt.UTC) if instead else None, _first(fields, "STATUS").upper() == "CANCELLED",
    )  # fmt: skip


def _first(fields: _Fields, name: str) -> str:
    return fields[name][0][1] if name in fields else ""


def _end(fields: _Fields, starts: dt.datetime, title: str) -> dt.datetime:
    if "DTEND" in fields:
        return _moment(*fields["DTEND"][0], title=title)
    if "DURATION" in fields:
        return starts + _length(_first(fields, "DURATION"), title)
    return starts + dt.timedelta(days=1)


def _repeats(fields: _Fields, starts: dt.datetime, title: str) -> Repeats | None:
    if "RRULE" not in fields:
        return None
    if len(fields["RRULE"]) > 1 or "EXRULE" in fields:
        raise BadInput(f"“{title}” repeats by more than one rule", mend="export its single dates")
    try:
        return read_repeats(_first(fields, "RRULE"), starts.date())
    except BadInput as error:
        raise BadInput(f"“{title}” repeats in a way that cannot be read: {error.public}", mend=error.mend) from None


def _moments(fields: _Fields, name: str, title: str) -> list[dt.datetime]:
    """Of every line of that name, divided by commas. A period (3.3.9) is refused: its length would be lost."""
    return [
        _moment(parameters, one, title=title) for parameters, many in fields.get(name, ()) for one in many.split(",")
    ]


def _moment(parameters: str, value: str, *, title: str) -> dt.datetime:
    zone: dt.tzinfo = dt.UTC
    named = re.search(r"TZID=\"?([^;\"]+)\"?", parameters, re.IGNORECASE)
    if named is not None:
        if named[1] not in zones():
            raise BadInput(f"“{title}”: nobody knows the time zone {named[1][:60]!r}", mend="write UTC times")
        zone = ZoneInfo(named[1])
    for form in ("%Y%m%dT%H%M%SZ", "%Y%m%dT%H%M%S", "%Y%m%d"):
        try:
            return dt.datetime.strptime(value, form).replace(tzinfo=dt.UTC if form.endswith("Z") else zone)
        except ValueError:
            continue
    raise BadInput(f"“{title}”: {value[:40]!r} is no time", mend="write it as RFC 5545 says")


def _length(value: str, title: str) -> dt.timedelta:
    match = _LENGTH.fullmatch(value.strip().upper().removeprefix("+"))
    if match is None or not any(match.groups()):
        raise BadInput(
            f"“{title}”: {value[:40]!r} is no length of time", mend="write it as RFC 5545 says, such as PT4H"
        )
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return dt.timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)


def _plain(value: str) -> str:
    return value.replace("\\n", " ").replace("\\N", " ").replace("\\,", ",").replace("\\;", ";").replace("\\\\", "\\")
