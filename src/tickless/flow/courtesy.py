"""When the house may speak up by itself: not at night, and not too often. Answers to a person are never held back. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

HOUR = dt.timedelta(hours=1)


@dataclass(frozen=True)
class Courtesy:
    """Quiet hours by the clock of the place where a person works, and how many messages an hour they get unasked."""

    quiet_from: dt.time = dt.time(20, 0)
    quiet_until: dt.time = dt.time(7, 0)
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    zones: dict[str, ZoneInfo] = field(default_factory=dict)
    """Location → time zone, for those who work elsewhere."""
    per_hour: int = 6

    def zone_of(self, location: str) -> ZoneInfo:
        return self.zones.get(location.casefold(), self.zone)


def is_quiet(now: dt.datetime, *, location: str, rules: Courtesy) -> bool:
    """Whether it is quiet there now. `quiet_from` = `quiet_until` means that it never is."""
    local = now.astimezone(rules.zone_of(location)).time().replace(tzinfo=None)
    start, end = rules.quiet_from, rules.quiet_until
    if start == end:
        return False
    return start <= local < end if start < end else local >= start or local < end


def may_speak_at(now: dt.datetime, *, location: str, spoken: Sequence[dt.datetime], rules: Courtesy) -> dt.datetime:
    """The first moment from `now` on at which a message that nobody waits for may go out.

    `spoken`: when such messages went to this person before. The answer is `now` itself when nothing speaks against it.
    """
    at = now
    lately = sorted(moment for moment in spoken if now - moment < HOUR)
    if len(lately) >= rules.per_hour:
        at = lately[-rules.per_hour] + HOUR
    if not is_quiet(at, location=location, rules=rules):
        return at
    zone = rules.zone_of(location)
    local = at.astimezone(zone)
    day = local.date() if local.time().replace(tzinfo=None) < rules.quiet_until else local.date() + dt.timedelta(days=1)
    return dt.datetime.combine(day, rules.quiet_until, tzinfo=zone).astimezone(dt.UTC)
