"""A rehearsal: a storm that is drawn from the service map, and what the bridge made of it. Pure: same seed, same storm."""

from __future__ import annotations

import datetime as dt
import random

from tickless.domain.errors import BadInput
from tickless.domain.major import MajorIncident, PlayedAlert, Rehearsal, ScoreName, ScorePart
from tickless.domain.world import World
from tickless.practices.major.core import filled, in_time

DECLARE_SOON, DECLARE_LATE = 5.0, 20.0
"""Minutes until it is declared: full points, none."""
ROLES_SOON, ROLES_LATE = 10.0, 30.0
FIRST_SOON, FIRST_LATE = 15.0, 45.0
CAUSE_SOON, CAUSE_LATE = 30.0, 90.0
MOST_SERVICES = 12
_OF: dict[ScoreName, float] = {
    "declared": 20, "roles": 15, "roles_apart": 10, "first_update": 15, "cadence": 15, "cause": 20, "stood_down": 5,
}  # fmt: skip
_WORDS = (
    ("critical", "{name} does not answer"),
    ("error", "{name}: one request in five fails"),
    ("error", "{name}: answers take longer than ten seconds"),
    ("warning", "{name}: the queue grows"),
)


def play(world: World, *, service: str | None, seed: int, at: dt.datetime) -> Rehearsal:
    """A storm: one service breaks, what needs it suffers hop by hop, and something that has nothing to do with it fires, too.
    Raises `BadInput` where the map has no service."""
    drawn = random.Random(seed)  # noqa: S311 - a game, not a secret
    roots = sorted(one for one in world.services if world.dependents_of(one)) or sorted(world.services)
    if not roots:
        raise BadInput("there is no service to rehearse with", mend="bring the service map in first")
    root = service or drawn.choice(roots)
    suffer = dict(sorted(world.dependents_of(root).items(), key=lambda pair: (pair[1], pair[0]))[:MOST_SERVICES])
    alerts = []
    for place, hops in suffer.items():
        alerts += _of(place, world, drawn, since=at + dt.timedelta(seconds=60 + 45 * hops))
    if drawn.random() < 0.7 or not alerts:  # the root is not always seen first, and sometimes not at all
        alerts += _of(root, world, drawn, since=at + dt.timedelta(seconds=drawn.randint(0, 240)))
    others = sorted(set(world.services) - set(suffer) - {root} - set(world.upstream_of(root)))
    if others:
        alerts += _of(drawn.choice(others), world, drawn, since=at + dt.timedelta(seconds=drawn.randint(0, 300)))[:1]
    return Rehearsal(
        started_at=at, root=root, alerts=tuple(sorted(alerts, key=lambda one: (one.at, one.service, one.text)))
    )


def _of(service: str, world: World, drawn: random.Random, *, since: dt.datetime) -> list[PlayedAlert]:
    name = world.services[service].name
    chosen = drawn.sample(_WORDS, k=drawn.randint(1, 3))
    return [
        PlayedAlert.model_validate(
            {"at": since + dt.timedelta(seconds=drawn.randint(0, 90)), "service": service,
             "text": words.format(name=name), "severity": severity}
        )
        for severity, words in chosen
    ]  # fmt: skip


def seen_by(rehearsal: Rehearsal, now: dt.datetime) -> tuple[PlayedAlert, ...]:
    """What has fired by now."""
    return tuple(one for one in rehearsal.alerts if one.at <= now)


def score(major: MajorIncident, *, now: dt.datetime) -> tuple[ScorePart, ...]:
    """How the bridge did, part by part, out of 100."""
    play_, since = major.rehearsal, major.declared_at
    assert play_ is not None, "only rehearsals are scored"
    declared = _minutes(since - play_.started_at) if since else None
    roles = _minutes(major.roles_filled_at - play_.started_at) if major.roles_filled_at else None
    first = _minutes(major.updates[0].at - play_.started_at) if major.updates else None
    kept, promised = in_time(major, until=major.stood_down_at or now)
    named = _minutes(major.cause_named_at - play_.started_at) if major.cause_named_at else None
    right = bool(major.cause) and major.cause == play_.root
    apart = filled(major)
    return (
        _part("declared", _soon(declared, DECLARE_SOON, DECLARE_LATE), _told("Declared", declared)),
        _part("roles", _soon(roles, ROLES_SOON, ROLES_LATE), _told("Every role filled", roles)),
        _part("roles_apart", 1.0 if apart else 0.0,
              "Lead, news and mending were different people." if apart else "Not every role was somebody's."),
        _part("first_update", _soon(first, FIRST_SOON, FIRST_LATE), _told("First news", first)),
        _part("cadence", kept / promised if promised else 0.0, f"{kept} of {promised} updates came when they were promised."),
        _part("cause", _soon(named, CAUSE_SOON, CAUSE_LATE) if right else 0.0,
              _told("The right cause named", named) if right else
              "A wrong cause was named." if major.cause else "No cause was named."),
        _part("stood_down", 1.0 if major.stood_down_at else 0.0,
              "It was stood down." if major.stood_down_at else "It was not stood down."),
    )  # fmt: skip


def total(parts: tuple[ScorePart, ...]) -> int:
    """Of 100."""
    return round(sum(part.points for part in parts))


def _part(name: ScoreName, share: float, words: str) -> ScorePart:
    return ScorePart(name=name, points=_OF[name] * min(1.0, max(0.0, share)), of=_OF[name], words=words)


def _soon(minutes: float | None, soon: float, late: float) -> float:
    if minutes is None:
        return 0.0
    return min(1.0, max(0.0, (late - minutes) / (late - soon)))


def _told(what: str, minutes: float | None) -> str:
    return f"{what} after {minutes:.0f} minutes." if minutes is not None else f"{what}: never."


def _minutes(span: dt.timedelta) -> float:
    return max(0.0, span.total_seconds() / 60)
