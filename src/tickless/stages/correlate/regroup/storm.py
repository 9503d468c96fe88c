"""A case as a storm: what was one case and why, by service, in order of time; and what was left out. Pure."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tickless.domain.record import Untrusted
from tickless.domain.world import World
from tickless.journal.alerts import Alert, Joined
from tickless.stages.correlate.nearby import HOPS

SLOTS = 60
"""Pieces into which the time of a storm is cut to be drawn."""
PEOPLE = "people"
"""The lane of what people reported."""
UNKNOWN = ""
"""The lane of alerts of which nobody knows the service."""
SHOWN = 12
"""Alerts of a lane, and joins of a sentence, that are named one by one."""
_FIGURES = re.compile(r"[0-9]+(?:[.:][0-9]+)*")
AROUND = dt.timedelta(minutes=10)
"""How long before and after a storm other alerts count as near it."""


@dataclass(frozen=True)
class Slot:
    """What was heard in one piece of the time."""

    at: dt.datetime
    fired: int
    resolved: int


@dataclass(frozen=True)
class Lane:
    """One service in the storm; or people, or what has no service."""

    key: str
    name: str
    alerts: tuple[Alert, ...]
    """The first `SHOWN`, in order of time."""
    count: int
    firing: int
    signals: int
    first: dt.datetime
    last: dt.datetime
    needs: tuple[str, ...]
    slots: tuple[Slot, ...]
    leads: bool
    """The case is about it."""


@dataclass(frozen=True)
class JoinReason:
    """Why some alerts are in the case: one sentence, and how many it brought in."""

    why: str
    at: dt.datetime
    count: int
    titles: tuple[Untrusted, ...]
    services: tuple[str, ...]


@dataclass(frozen=True)
class LeftOut:
    """Alerts nearby that are no part of it, together by the case that they are in, or by why they are in none."""

    case: int | None
    title: Untrusted
    services: tuple[str, ...]
    count: int
    at: dt.datetime
    why: str
    far: int | None
    """Steps on the map to the nearest service of the storm; None: no way."""


@dataclass(frozen=True)
class Storm:
    """What was one case."""

    first: dt.datetime | None
    last: dt.datetime | None
    signals: int
    alerts: int
    repeats: int
    reports: int
    firing: int
    lanes: tuple[Lane, ...]
    joins: tuple[JoinReason, ...]
    edges: tuple[tuple[str, str], ...]
    """(who needs, what is needed) between services of the storm."""


def storm_of(
    joined: Sequence[Joined], alerts: Iterable[Alert], *, signals: int, about: str | None, world: World
) -> Storm:
    """`joined`: signals of the case in order of time; `signals`: how many there are in all; `about`: the case's service."""
    by_name: dict[str, Alert] = {one.fingerprint: one for one in alerts}
    lanes: dict[str, list[Joined]] = defaultdict(list)
    for one in joined:
        known = by_name.get(one.fingerprint)
        lanes[PEOPLE if known is None else known.service or UNKNOWN].append(one)
    first = joined[0].occurred_at if joined else None
    last = joined[-1].occurred_at if joined else None
    mine = defaultdict(list)
    for alert in sorted(by_name.values(), key=lambda one: (one.occurred_at, one.fingerprint)):
        mine[alert.service or UNKNOWN].append(alert)
    made = [
        _lane(key, heard, mine.get(key, []), first=first, last=last, leads=key == about, world=world)
        for key, heard in lanes.items()
        if first is not None and last is not None
    ]
    services = {lane.key for lane in made} - {PEOPLE, UNKNOWN}
    reports = sum(1 for one in joined if one.fingerprint not in by_name)
    fired = sum(1 for one in joined if one.state == "firing" and one.fingerprint in by_name)
    return Storm(
        first=first,
        last=last,
        signals=signals,
        alerts=len(by_name),
        repeats=max(fired - len(by_name), 0),
        reports=reports,
        firing=sum(1 for one in by_name.values() if one.state == "firing"),
        lanes=tuple(sorted(made, key=lambda one: (one.key == PEOPLE, not one.leads, one.first, one.name))),
        joins=_joins(joined, by_name),
        edges=tuple(sorted({(e.service, e.needs) for e in world.dependencies if {e.service, e.needs} <= services})),
    )


def _lane(
    key: str,
    heard: Sequence[Joined],
    alerts: Sequence[Alert],
    *,
    first: dt.datetime,
    last: dt.datetime,
    leads: bool,
    world: World,
) -> Lane:
    known = world.services.get(key)
    names = {PEOPLE: "What people reported", UNKNOWN: "No known service"}
    needs = Counter(one.need or "unknown" for one in alerts)
    return Lane(
        key=key,
        name=names.get(key) or (known.name if known else key),
        alerts=tuple(alerts[:SHOWN]),
        count=len(alerts) if key != PEOPLE else len(heard),
        firing=sum(1 for one in alerts if one.state == "firing"),
        signals=len(heard),
        first=min(one.occurred_at for one in heard),
        last=max(one.occurred_at for one in heard),
        needs=tuple(need for need, _ in needs.most_common(4)),
        slots=slots_of([(one.occurred_at, one.state) for one in heard], first=first, last=last),
        leads=leads,
    )


def slots_of(
    heard: Iterable[tuple[dt.datetime, str]], *, first: dt.datetime, last: dt.datetime, slots: int = SLOTS
) -> tuple[Slot, ...]:
    """What was heard, cut into pieces of the same length; pieces in which nothing was heard are left out."""
    length = max((last - first) / slots, dt.timedelta(microseconds=1))
    fired: Counter[int] = Counter()
    resolved: Counter[int] = Counter()
    for at, state in heard:
        place = min(max(int((at - first) / length), 0), slots - 1)
        (resolved if state == "resolved" else fired)[place] += 1
    places = sorted({*fired, *resolved})
    return tuple(Slot(first + place * length, fired[place], resolved[place]) for place in places)


def _joins(joined: Iterable[Joined], by_name: Mapping[str, Alert]) -> tuple[JoinReason, ...]:
    """Why each alert, and each report, came in the first time; sentences that differ in figures only are told together.

    Those that brought in most stand first.
    """
    seen: set[str] = set()
    found: dict[str, list[Joined]] = defaultdict(list)
    for one in joined:
        name = one.fingerprint if one.fingerprint in by_name else one.signal
        if name in seen or one.state == "resolved":
            continue
        seen.add(name)
        found[_FIGURES.sub("#", one.why)].append(one)
    made = (
        JoinReason(
            why=those[0].why,
            at=those[0].occurred_at,
            count=len(those),
            titles=tuple(one.title for one in those[:SHOWN]),
            services=tuple(sorted({s for one in those if (a := by_name.get(one.fingerprint)) and (s := a.service)})),
        )
        for those in found.values()
    )
    return tuple(sorted(made, key=lambda one: (-one.count, one.at)))


def left_out(
    near: Iterable[Alert],
    cases: Mapping[str, tuple[int, str]],
    *,
    services: Iterable[str],
    world: World,
    most: int = 30,
) -> tuple[LeftOut, ...]:
    """`near`: alerts of that time that are not in the storm; `cases`: id → (number, why its first alert stands there).

    Only what is on the map around the storm, or has no service at all, is told; the nearest first.
    """
    far = _distances(services, world)
    groups: dict[tuple[str, str], list[Alert]] = defaultdict(list)
    for alert in near:
        if alert.service is not None and alert.service not in far:
            continue
        why = f"Held back from cases: {alert.held}." if alert.held else ""
        groups[alert.case or "", why].append(alert)
    found = []
    for (case, why), those in groups.items():
        number, reason = cases.get(case, (None, "It is in no case: it never fired while it was looked at."))
        lead = min(those, key=lambda one: (one.occurred_at, one.fingerprint))
        found.append(
            LeftOut(
                case=number,
                title=lead.title,
                services=tuple(sorted({one.service for one in those if one.service})),
                count=len(those),
                at=lead.occurred_at,
                why=why or reason,
                far=min((far[one.service] for one in those if one.service in far), default=None),
            )
        )
    found.sort(key=lambda one: (one.far is None, one.far, one.at))
    return tuple(found[:most])


def _distances(services: Iterable[str], world: World) -> dict[str, int]:
    """Steps from the nearest service of the storm, up or down the map."""
    far: dict[str, int] = {}
    for service in services:
        far[service] = 0
        for reach in (world.upstream_of(service, hops=HOPS), world.dependents_of(service, hops=HOPS)):
            for other, steps in reach.items():
                far[other] = min(far.get(other, steps), steps)
    return far
