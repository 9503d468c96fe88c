"""What else is on while a change is made. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from tickless.domain.brake import ChangeRule
from tickless.domain.change import OPEN_STATES, Change, Collision
from tickless.domain.known import Maintenance
from tickless.domain.world import World

HOPS = 2


def overlap(one: tuple[dt.datetime, dt.datetime], other: tuple[dt.datetime, dt.datetime]) -> bool:
    """Whether two spans share a moment; one that ends when the other begins does not."""
    return one[0] < other[1] and other[0] < one[1]


def connected(ours: Iterable[str], theirs: Iterable[str], world: World) -> str:
    """How two sets of services touch, in words; empty: they do not."""
    mine, others = tuple(ours), frozenset(theirs)
    same = next((one for one in mine if one in others), None)
    if same is not None:
        return f"at the same service, {_name(same, world)}"
    for service in mine:
        for other in world.upstream_of(service, hops=HOPS):
            if other in others:
                return f"{_name(service, world)} needs {_name(other, world)}"
        for other in world.dependents_of(service, hops=HOPS):
            if other in others:
                return f"{_name(other, world)} needs {_name(service, world)}"
    return ""


def collisions_of(
    change: Change,
    *,
    others: Iterable[Change],
    windows: Iterable[Maintenance],
    rules: Iterable[ChangeRule],
    world: World,
) -> tuple[Collision, ...]:
    """Other changes, planned work and freezes in its time, at its services or at connected ones. What is hard first."""
    span = change.starts_at, change.ends_at
    found = [_freeze(rule) for rule in rules if _forbids(rule, change)]
    for other in others:
        if (
            other.id == change.id
            or other.state not in OPEN_STATES
            or not overlap(span, (other.starts_at, other.ends_at))
        ):
            continue
        how = connected(change.services, other.services, world)
        if how:
            found.append(
                Collision(kind="change", ref=other.id, title=other.title, words=f"Made then, too: {how}.", hard=False)
            )
    for window in windows:
        if window.cancelled or window.change == change.id or not overlap(span, (window.starts_at, window.ends_at)):
            continue
        how = connected(change.services, (window.service,), world)
        if how:
            words = f"Worked on then: {how}."
            found.append(Collision(kind="maintenance", ref=window.id, title=window.title, words=words, hard=False))
    return tuple(sorted(found, key=lambda one: (not one.hard, one.kind, one.ref)))


def _forbids(rule: ChangeRule, change: Change) -> bool:
    """Whether a freeze lies in its time and names one of its services, or all. An emergency goes through a freeze."""
    if rule.kind != "freeze" or change.kind == "emergency":
        return False
    ends = rule.ends_at or dt.datetime.max.replace(tzinfo=dt.UTC)
    about = not rule.runbooks and (not rule.services or bool(set(rule.services) & set(change.services)))
    return about and overlap((change.starts_at, change.ends_at), (rule.starts_at, ends))


def _freeze(rule: ChangeRule) -> Collision:
    words = f"Nothing is changed then: {rule.reason or rule.title}."
    return Collision(kind="freeze", ref=rule.id, title=rule.title, words=words, hard=True)


def _name(service: str, world: World) -> str:
    known = world.services.get(service)
    return known.name if known else service
