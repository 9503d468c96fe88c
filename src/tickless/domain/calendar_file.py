"""Dated entries out of an iCalendar file (RFC 5545): what, from when, until when. Pure; refuses what it cannot read whole."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo, available_timezones

from tickless.domain.errors import BadInput
from tickless.domain.record import Untrusted

MOST = 2_000
_LENGTH = re.compile(r"P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")


@dataclass(frozen=True)
class Entry:
    """One event of a calendar."""

    uid: str
    title: str
    starts_at: dt.datetime
    ends_at: dt.datetime


def read_calendar(text: str) -> list[Entry]:
    """The events of a calendar, by time. Raises `BadInput` for a text that is none, and for an event that repeats or has no
    time: leaving one out in silence would let changes through."""
    lines = re.sub(r"\r?\n[ \t]", "", text).splitlines()
    if not lines or lines[0].strip().upper() != "BEGIN:VCALENDAR":
        raise BadInput("this is no calendar", mend="give an iCalendar file (.ics), as calendars export it")
    found = [_entry(fields) for fields in _events(lines)]
    if len(found) > MOST:
        raise BadInput(f"a calendar of more than {MOST:,} events", mend="export a shorter time")
    return sorted(found, key=lambda one: (one.starts_at, one.uid))


def _events(lines: list[str]) -> Iterator[dict[str, tuple[str, str]]]:
    """Name → (parameters, value) of each event."""
    fields: dict[str, tuple[str, str]] | None = None
    depth = 0
    for line in lines:
        name, _, value = line.partition(":")
        word, _, parameters = name.partition(";")
        match (word.upper(), value.strip().upper()):
            case ("BEGIN", "VEVENT"):
                fields, depth = {}, 0
            case ("END", "VEVENT") if fields is not None:
                if fields.get("STATUS", ("", ""))[1].upper() != "CANCELLED":
                    yield fields
                fields = None
            case ("BEGIN", _):
                depth += 1
            case ("END", _):
                depth -= 1
            case (known, _) if fields is not None and depth == 0:
                fields.setdefault(known, (parameters, value.strip()))


def _entry(fields: dict[str, tuple[str, str]]) -> Entry:
    title = Untrusted(_plain(fields.get("SUMMARY", ("", ""))[1])).tame(200) or "without a title"
    if "RRULE" in fields or "RDATE" in fields:
        raise BadInput(f"“{title}” repeats", mend="export its single dates, or use a window with hours")
    if "DTSTART" not in fields:
        raise BadInput(f"“{title}” has no beginning", mend="give it DTSTART")
    starts = _moment(*fields["DTSTART"], title=title)
    if "DTEND" in fields:
        ends = _moment(*fields["DTEND"], title=title)
    elif "DURATION" in fields:
        ends = starts + _length(fields["DURATION"][1], title)
    else:
        ends = starts + dt.timedelta(days=1)
    if ends <= starts:
        raise BadInput(f"“{title}” ends before it begins", mend="mend its times")
    uid = Untrusted(fields.get("UID", ("", ""))[1]).tame(200) or f"{starts.isoformat()} {title}"
    return Entry(uid, title, starts.astimezone(dt.UTC), ends.astimezone(dt.UTC))


def _moment(parameters: str, value: str, *, title: str) -> dt.datetime:
    zone: dt.tzinfo = dt.UTC
    named = re.search(r"TZID=\"?([^;\"]+)\"?", parameters, re.IGNORECASE)
    if named is not None:
        if named[1] not in available_timezones():
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
