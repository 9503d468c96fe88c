"""Shifts as a calendar that others can subscribe to: iCalendar (RFC 5545). Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from tickless.domain.oncall import Schedule, Shift
from tickless.kit.canonical import digest
from tickless.practices.known.calendar import escaped, folded


def as_calendar(schedule: Schedule, shifts: Sequence[Shift], *, names: Mapping[str, str], at: dt.datetime) -> str:
    """The whole calendar, lines ended by CRLF; every shift in UTC, so that no reader has to know our rules."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Tickless//On-call//EN", "CALSCALE:GREGORIAN", "METHOD:PUBLISH",
             f"X-WR-CALNAME:{escaped(schedule.title)}"]  # fmt: skip
    for one in shifts:
        key = digest([schedule.id, one.person, one.starts_at.isoformat()])[:26]
        name = names.get(one.person or "", one.person or "")
        lines += ["BEGIN:VEVENT", f"UID:{key}@tickless", f"DTSTAMP:{_utc(at)}", f"DTSTART:{_utc(one.starts_at)}",
                  f"DTEND:{_utc(one.ends_at)}", f"SUMMARY:{escaped(name)}", f"DESCRIPTION:{escaped(schedule.title)}",
                  "TRANSP:TRANSPARENT", "END:VEVENT"]  # fmt: skip
    return "".join(f"{folded(line)}\r\n" for line in [*lines, "END:VCALENDAR"])


def _utc(at: dt.datetime) -> str:
    return f"{at.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}"
