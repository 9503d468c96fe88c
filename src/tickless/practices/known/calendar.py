"""Planned work as a calendar that others can subscribe to: iCalendar (RFC 5545). Pure.

Every window is an event of its own in UTC, so that no reader has to know our time zones or rules; a window that is called off
stays with its state, so that calendars take it away.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from tickless.domain.known import Maintenance

MEDIA_TYPE = "text/calendar; charset=utf-8"
_LINE = 75
"""Octets in a line, without its end (3.1)."""


def as_calendar(windows: Iterable[Maintenance], *, named: Mapping[str, str], at: dt.datetime) -> str:
    """The whole calendar, lines ended by CRLF. `named`: service → its name. `at`: when it was written."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Tickless//Planned work//EN", "CALSCALE:GREGORIAN",
             "METHOD:PUBLISH", "X-WR-CALNAME:Planned work"]  # fmt: skip
    for window in windows:
        lines += _event(window, named.get(window.service, window.service), at)
    return "".join(f"{folded(line)}\r\n" for line in [*lines, "END:VCALENDAR"])


def _event(window: Maintenance, service: str, at: dt.datetime) -> list[str]:
    told = [window.note, f"Change {window.change}" if window.change else ""]
    description = "\n".join(part for part in told if part)
    return [
        "BEGIN:VEVENT",
        f"UID:{window.id}@tickless",
        f"DTSTAMP:{_utc(at)}",
        f"DTSTART:{_utc(window.starts_at)}",
        f"DTEND:{_utc(window.ends_at)}",
        f"SUMMARY:{escaped(f'{service}: {window.title}')}",
        *([f"DESCRIPTION:{escaped(description)}"] if description else []),
        f"CATEGORIES:{escaped(service)}",
        f"STATUS:{'CANCELLED' if window.cancelled else 'CONFIRMED'}",
        f"SEQUENCE:{1 if window.cancelled else 0}",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]


def escaped(text: str) -> str:
    """As a TEXT value (3.3.11): nothing in it can begin a line or a property of its own."""
    plain = "".join(" " if (ord(sign) < 32 and sign != "\n") or ord(sign) == 127 else sign for sign in _lined(text))
    return plain.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _lined(text: str) -> str:
    kept = text.encode("utf-8", "replace").decode("utf-8")
    for end in ("\r\n", "\r", "\x85", "\u2028", "\u2029"):
        kept = kept.replace(end, "\n")
    return kept


def folded(line: str) -> str:
    """In pieces of at most 75 octets, none of which cuts a sign in two."""
    pieces, piece, size = [], "", 0
    for sign in line:
        octets = len(sign.encode())
        if size + octets > _LINE:
            pieces.append(piece)
            piece, size = " ", 1
        piece, size = piece + sign, size + octets
    return "\r\n".join([*pieces, piece])


def _utc(at: dt.datetime) -> str:
    return f"{at.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}"
