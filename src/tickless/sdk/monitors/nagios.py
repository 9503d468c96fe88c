"""Notifications of Nagios and Icinga: their facts → an item, their mail text → facts. Pure.

Facts go by plain names: `type host service state output long_output host_alias address time since problem author comment link
groups command attempt`. Macros that nobody filled in are nothing.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from email.utils import parsedate_tz
from zoneinfo import ZoneInfo

from tickless.domain.signal import Severity, SignalState
from tickless.sdk.fields import identity, plain, time_of
from tickless.sdk.receiving import Item

UNFILLED = re.compile(r"\$[A-Za-z][A-Za-z0-9_.:]*\$|n/?a|\(null\)|none", re.IGNORECASE)
_SEVERITIES: dict[str, Severity] = {
    "CRITICAL": "critical", "DOWN": "critical", "UNREACHABLE": "error", "WARNING": "warning", "UNKNOWN": "warning",
    "OK": "info", "UP": "info",
}  # fmt: skip
_NUMBERS = {"0": "OK", "1": "WARNING", "2": "CRITICAL", "3": "UNKNOWN"}
_HOST_NUMBERS = {"0": "UP", "1": "DOWN", "2": "UNREACHABLE"}
_FINE = frozenset({"OK", "UP", "PENDING"})
_PREFIX = re.compile(r"^([A-Z]{2,20} )?(OK|WARNING|CRITICAL|UNKNOWN)\s*[-:]\s*")
_TYPES = r"PROBLEM|RECOVERY|ACKNOWLEDGEMENT|FLAPPING[A-Z]*|DOWNTIME[A-Z]*|CUSTOM"
_SUBJECT = re.compile(
    rf"\*{{0,5}}\s*(?P<type>{_TYPES})\s+(?P<kind>Host|Service) Alert:\s*(?P<who>.+?)\s+is\s+(?P<state>[A-Z]+)",
    re.IGNORECASE,
)
_ICINGA_SUBJECT = re.compile(
    rf"\[(?P<type>{_TYPES})\]\s+(?:(?P<service>.+) on )?(?:Host )?(?P<host>.+?) is (?P<state>[A-Z]+)!?$",
    re.IGNORECASE,
)
_LINE = re.compile(
    r"^[ \t]*(Notification Type|Service|Host|Address|IPv4|State|Date/Time|When|Info|Additional Info)[ \t]*:[ \t]*(.*)$",
    re.IGNORECASE | re.MULTILINE,
)
_NAMES = {
    "notification type": "type", "service": "service", "host": "host", "address": "address", "ipv4": "address",
    "state": "state", "date/time": "time", "when": "time", "info": "output", "additional info": "output",
}  # fmt: skip
_LONGHAND = re.compile(
    r"(?:[A-Za-z]{3},? )?([A-Za-z]{3}) {1,2}(\d{1,2}) (\d\d:\d\d:\d\d) ([A-Z]{1,5}|[+-]\d{4}) (\d{4})"
)


def item_of(facts: Mapping[str, str], *, monitor: str = "nagios", zone: str = "UTC") -> Item | None:
    """The item of a notification; None without a host or a state."""
    found = {
        name: said for name, value in facts.items() if (said := plain(value).strip()) and not UNFILLED.fullmatch(said)
    }
    host, service, kind = found.get("host", ""), found.get("service", ""), found.get("type", "PROBLEM").upper()
    said = found.get("state", "").upper()
    condition = (_NUMBERS if service else _HOST_NUMBERS).get(said, said)
    if not host or not condition:
        return None
    state, what = _state(kind, condition), f"{service} on {host}" if service else host
    since, told = time_of(found.get("since", "")), moment(found.get("time", ""), zone=zone)
    return Item(
        fingerprint=identity("nagios", host, service),
        title=_title(what, condition, found.get("output", "")) if state != "info" else f"{what}: {kind.lower()}",
        state=state,
        event_key=_key(host, service, kind, found, told),
        severity=_SEVERITIES.get(condition),
        body="\n".join(part for part in (found.get("output"), found.get("long_output"), _remark(found)) if part),
        labels=_labels(found, monitor, condition),
        link=found.get("link"),
        occurred_at=(since if state != "info" else None) or told,
    )


def _title(what: str, condition: str, output: str) -> str:
    """What is how, and the first words of why."""
    why = _PREFIX.sub("", output.split("\n", maxsplit=1)[0]).strip()
    return f"{what} is {condition}: {why[:150]}" if why and condition not in _FINE else f"{what} is {condition}"


def _state(kind: str, condition: str) -> SignalState:
    """Problems and recoveries speak of the trouble; everything else (flapping, downtimes, acknowledgements) only informs."""
    if kind in {"PROBLEM", "RECOVERY"}:
        return "resolved" if kind == "RECOVERY" or condition in _FINE else "firing"
    return "info"


def _key(host: str, service: str, kind: str, found: Mapping[str, str], told: dt.datetime | None) -> str:
    """What makes this notification one: its time and kind. Left to the house where the monitor says no time."""
    stamp = found.get("since", "") or (told.isoformat() if told else "")
    if not stamp:
        return ""
    number = "" if kind in {"PROBLEM", "RECOVERY"} else found.get("time", "")
    return identity(stamp, number, kind, found.get("state", ""), host, service)


def _remark(found: Mapping[str, str]) -> str:
    author, comment = found.get("author", ""), found.get("comment", "")
    return f"{author or 'Somebody'}: {comment}" if comment else ""


def _labels(found: Mapping[str, str], monitor: str, condition: str) -> dict[str, str]:
    service = found.get("service", "")
    labels = {
        "alertname": service or "Host check",
        "check": service,
        "host": found.get("host", ""),
        "monitor": monitor,
        "state": condition,
        "notification": found.get("type", "").upper(),
    }
    told = {"type", "host", "service", "state", "output", "long_output", "time", "since", "link"}
    more = {name: said[:1_000] for name, said in found.items() if name not in told}
    return {**more, **{name: said for name, said in labels.items() if said}}


def moment(text: str, *, zone: str = "UTC") -> dt.datetime | None:
    """A monitor's time: since 1970, RFC 3339, `Mon Mar 2 09:28:41 UTC 2026` or `2026.03.02 09:28:41`.

    Without an offset it is `zone`'s.
    """
    said = text.strip()[:60]
    if not said:
        return None
    if said.replace(".", "", 1).isdigit():
        return time_of(said)
    said = re.sub(r"^(\d{4})\.(\d{2})\.(\d{2})(?=[ T])", r"\1-\2-\3", said)
    said = re.sub(r"(?<=\d) (?=[+-]\d{2}:?\d{2}$)", "", said)
    try:
        found = dt.datetime.fromisoformat(said)
        return (found if found.tzinfo else found.replace(tzinfo=ZoneInfo(zone))).astimezone(dt.UTC)
    except (ValueError, OverflowError):
        return _longhand(said)


def _longhand(said: str) -> dt.datetime | None:
    """`Mon Mar  2 09:28:41 UTC 2026`. A time zone that nobody knows is no time: rather none than a wrong one."""
    found = _LONGHAND.fullmatch(said)
    if found is None:
        return None
    month, day, clock, zone, year = found.groups()
    parts = parsedate_tz(f"{day} {month} {year} {clock} {zone}")
    if parts is None or parts[9] is None or (parts[9] == 0 and zone not in {"UTC", "GMT", "UT", "Z", "+0000", "-0000"}):
        return None
    try:
        offset = dt.timezone(dt.timedelta(seconds=parts[9]))
        return dt.datetime(*parts[:6], tzinfo=offset).astimezone(dt.UTC)
    except (ValueError, OverflowError):
        return None


def facts_of(subject: str, body: str) -> dict[str, str]:
    """The facts in a mail of Nagios or Icinga; nothing where it is none of theirs."""
    by_name = _SUBJECT.search(subject[:1_000])
    icinga = None if by_name else _ICINGA_SUBJECT.fullmatch(subject[:1_000].strip())
    marked = re.search(
        r"^\*{3,}.{0,200}(nagios|icinga|monitoring|shinken|naemon|op5).{0,200}\*{3,}", body[:2_000], re.I | re.M
    )
    if not (by_name or icinga or marked):
        return {}
    facts: dict[str, str] = {}
    for line in _LINE.finditer(body[:50_000]):
        facts.setdefault(_NAMES[line[1].lower()], line[2].strip())
    if not facts.get("output"):
        after = re.search(r"^Additional Info:\s*(\S.*)", body[:50_000], re.IGNORECASE | re.MULTILINE)
        facts["output"] = after[1].strip() if after else ""
    if by_name:
        host, _, service = by_name["who"].partition("/")
        told = {"type": by_name["type"], "host": host, "service": service, "state": by_name["state"]}
    elif icinga:
        told = {name: value or "" for name, value in icinga.groupdict().items()}
    else:
        told = {}
    kept = {name: value for name, value in facts.items() if value}
    return {**{name: value.strip() for name, value in told.items() if value}, **kept}
