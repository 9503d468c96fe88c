"""Clocks that run in a support window, whom to turn to next, and contracts on which somebody has to decide. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from tickless.domain.hours import read_hours
from tickless.domain.supplier import Agreement, Contact, Referral
from tickless.domain.world import World

MINUTE = dt.timedelta(minutes=1)
FARTHEST = dt.timedelta(days=120)
"""A clock that has not run out by then has no date: a window that hardly ever opens."""
SOON = dt.timedelta(days=30)


def due_at(start: dt.datetime, minutes: int | None, hours: str) -> dt.datetime | None:
    """When so many minutes of the support window have passed since; None: nothing is agreed, or it is too far away."""
    if minutes is None:
        return None
    if not hours:
        return start + minutes * MINUTE
    window, left, at = read_hours(hours), minutes, start
    while left > 0:
        if at - start > FARTHEST:
            return None
        left -= int(window.covers(at))
        at += MINUTE
    return at


def passed(start: dt.datetime, now: dt.datetime, hours: str) -> int:
    """Whole minutes of the support window between two moments."""
    total = max(0, int((min(now, start + FARTHEST) - start) / MINUTE))
    if not hours:
        return total
    window = read_hours(hours)
    return sum(1 for minute in range(total) if window.covers(start + minute * MINUTE))


def targets_of(
    agreement: Agreement, priority: int, start: dt.datetime
) -> tuple[dt.datetime | None, dt.datetime | None]:
    """(an answer is due by, it works by)."""
    target = next((one for one in agreement.targets if one.priority == priority), None)
    if target is None:
        return None, None
    return due_at(start, target.respond, agreement.hours), due_at(start, target.resolve, agreement.hours)


def contacts_due(agreement: Agreement, referral: Referral, now: dt.datetime) -> tuple[Contact, ...]:
    """Escalation points whose time has come while nobody has answered, in their order."""
    if referral.state != "waiting":
        return ()
    minutes = passed(referral.made_at, now, agreement.hours)
    return tuple(one for one in sorted(agreement.escalation, key=lambda one: one.after) if one.after <= minutes)


def late(referral: Referral, now: dt.datetime) -> tuple[str, ...]:
    """Which clocks ran out: `respond`, `resolve`. What was done in time stays in time."""
    found = []
    if referral.respond_by is not None and (referral.answered_at or referral.over_at or now) > referral.respond_by:
        found.append("respond")
    if referral.resolve_by is not None and (referral.over_at or now) > referral.resolve_by:
        found.append("resolve")
    return tuple(found)


def decide_by(agreement: Agreement) -> dt.date | None:
    """The last day on which somebody may decide about its end."""
    return agreement.ends_on - dt.timedelta(days=agreement.notice_days) if agreement.ends_on else None


def to_decide(agreements: Iterable[Agreement], today: dt.date) -> list[Agreement]:
    """Active ones whose day to decide is within a month or over, the first first."""
    found = [
        (day, one)
        for one in agreements
        if one.state == "active" and (day := decide_by(one)) is not None and day <= today + SOON
    ]
    return [one for _, one in sorted(found, key=lambda pair: (pair[0], pair[1].id))]


def fitting(agreements: Iterable[Agreement], service: str | None, supplier: str | None) -> list[Agreement]:
    """Active agreements about a service, those that name it in front; else those with its supplier."""
    known = [one for one in agreements if one.state == "active"]
    named = [one for one in known if service is not None and service in one.services]
    whole = [one for one in known if supplier is not None and one.party == supplier and not one.services]
    return [*named, *(one for one in whole if one not in named)]


def concentration(world: World, agreements: Sequence[Agreement]) -> dict[str, tuple[str, ...]]:
    """Supplier → the services of criticality 1 or 2 that hang on it, by the map and by its contracts; the most first."""
    found: dict[str, set[str]] = {}
    for service in world.services.values():
        if service.supplier and service.criticality in {1, 2}:
            found.setdefault(service.supplier, set()).add(service.id)
    for one in agreements:
        if one.kind == "contract" and one.state == "active":
            critical = {
                key for key in one.services if key in world.services and world.services[key].criticality in {1, 2}
            }
            found.setdefault(one.party, set()).update(critical)
    return {
        key: tuple(sorted(many))
        for key, many in sorted(found.items(), key=lambda pair: (-len(pair[1]), pair[0]))
        if many
    }
