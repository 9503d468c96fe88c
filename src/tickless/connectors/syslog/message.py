"""A syslog message: RFC 5424, and what is still sent in the older form (RFC 3164). Pure and total: anything is a message."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from tickless.sdk.fields import time_of

FACILITIES = (
    "kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp", "ntp", "security",
    "console", "clock", "local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7",
)  # fmt: skip
_NOTICE_OF_USER = 13
"""What a message without a priority has (RFC 3164, 4.3.3)."""
_MOST_ELEMENTS = 50
_PRIORITY = re.compile(r"<(\d{1,3})>")
_HEADER = re.compile(r"1 (\S{1,64}) (\S{1,255}) (\S{1,48}) (\S{1,128}) (\S{1,32})(?: |$)")
_OLDER = re.compile(r"([A-Z][a-z]{2}) {1,2}(\d{1,2}) (\d\d):(\d\d):(\d\d)(?:\.\d{1,6})?(:?) (?:(\S{1,255}) )?")
_SEQUENCE = re.compile(r"(?:\d{1,10}: )?[*.]?(?=[A-Z][a-z]{2} {1,2}\d)")
"""What routers put before the time."""
_MNEMONIC = re.compile(r"%([A-Z0-9_]{1,40}-[0-7]-[A-Z0-9_]{1,60}): ?")
_NEWER = re.compile(r"(\d{4}-\d\d-\d\dT\S{8,30}) (\S{1,255}) ")
_TAG = re.compile(r"([\w./-]{1,48})(?:\[(\d{1,10})\])?: ?")
_ELEMENT = re.compile(r'\[([^\s=\]"]{1,32})((?: [^\s=\]"]{1,32}="(?:[^"\\\]]|\\.)*")*)\]', re.DOTALL)
_PARAMETER = re.compile(r' ([^\s=\]"]{1,32})="((?:[^"\\\]]|\\.)*)"', re.DOTALL)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True)
class Message:
    """`level` 0 (emergency) to 7 (debug). `data`: structured data as `ID.name`. Empty texts for what is not said."""

    facility: str
    level: int
    text: str
    at: dt.datetime | None = None
    host: str = ""
    app: str = ""
    process: str = ""
    kind: str = ""
    data: dict[str, str] = field(default_factory=dict)


def level_of(raw: bytes) -> int:
    """The level alone, without reading more."""
    found = re.match(rb"\s*<(\d{1,3})>", raw)
    return (int(found[1]) if found and int(found[1]) < 192 else _NOTICE_OF_USER) & 7


def read_message(raw: bytes, *, received_at: dt.datetime, zone: str) -> Message:
    """Read a message; what fits neither form is all text."""
    text = raw.decode("utf-8", "replace").strip("\r\n\0 ").replace("\0", "")
    found = _PRIORITY.match(text)
    priority = int(found[1]) if found and int(found[1]) < 192 else _NOTICE_OF_USER
    rest = text[found.end() :] if found else text
    facility, level = FACILITIES[priority >> 3], priority & 7
    header = _HEADER.match(rest)
    if header is None:
        return _older(rest, facility, level, received_at, zone)
    stamp, host, app, process, kind = ("" if one == "-" else one for one in header.groups())
    data, said = _structured(rest[header.end() :])
    return Message(facility, level, said, time_of(stamp), host, app, process, kind, data)


def _older(rest: str, facility: str, level: int, received_at: dt.datetime, zone: str) -> Message:
    """RFC 3164, and its usual change to a full date."""
    at, host = None, ""
    if (before := _SEQUENCE.match(rest)) is not None:
        rest = rest[before.end() :]
    newer, older = _NEWER.match(rest), _OLDER.match(rest)
    if newer and (at := time_of(newer[1])) is not None:
        host, rest = newer[2], rest[newer.end() :]
    elif older and older[1] in _MONTHS:
        at = _without_year(older, received_at, zone)
        host, rest = older[7] or "", rest[older.end() :]
        if older[6] or host.endswith(":"):  # a machine that does not name itself: its tag stands there
            host, rest = "", f"{host} {rest}"
    if (router := _MNEMONIC.match(rest)) is not None:
        return Message(facility, level, rest[router.end() :], at, host, kind=router[1])
    tag = _TAG.match(rest)
    app, process = (tag[1], tag[2] or "") if tag else ("", "")
    return Message(facility, level, rest[tag.end() :] if tag else rest, at, host, app, process)


def _without_year(found: re.Match[str], received_at: dt.datetime, zone: str) -> dt.datetime | None:
    """The day that is nearest to now: a message of 31 December arrives on 1 January."""
    month = _MONTHS.index(found[1]) + 1
    day, hour, minute, second = (int(one) for one in found.group(2, 3, 4, 5))
    candidates = []
    for year in (received_at.year - 1, received_at.year, received_at.year + 1):
        try:
            moment = dt.datetime(year, month, day, hour, minute, second, tzinfo=ZoneInfo(zone))
            candidates.append(moment.astimezone(dt.UTC))
        except (ValueError, OverflowError):
            continue  # 29 February of another year
    return min(candidates, key=lambda one: abs(one - received_at), default=None)


def _structured(rest: str) -> tuple[dict[str, str], str]:
    """(structured data, the message after it). What is broken is left in the message."""
    if rest.startswith("-"):
        return {}, rest[1:].lstrip(" \ufeff")
    data: dict[str, str] = {}
    at, elements = 0, 0
    while elements < _MOST_ELEMENTS and (element := _ELEMENT.match(rest, at)) is not None:
        for parameter in _PARAMETER.finditer(element[2]):
            data.setdefault(f"{element[1]}.{parameter[1]}", re.sub(r"\\([\"\\\]])", r"\1", parameter[2]))
        at, elements = element.end(), elements + 1
    return data, rest[at:].lstrip(" \ufeff")
