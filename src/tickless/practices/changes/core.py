"""How risky a change is, part by part, and what it takes. Pure.

The parts follow ITIL 4's change enablement; the weights are ours and add up to 1. A part that nobody knows counts as risk.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass

from tickless.domain.change import Backout, ChangeKind, ChangeResult, Risk, RiskPart, RiskPartName
from tickless.domain.hours import read_hours
from tickless.domain.world import World

WEIGHTS: dict[RiskPartName, float] = {
    "blast_radius": 0.30,
    "reversibility": 0.20,
    "timing": 0.15,
    "dependencies": 0.15,
    "maturity": 0.20,
}
MEDIUM, HIGH = 35, 60
"""Scores from which a risk is medium, high."""
Z = 1.96
LONG = dt.timedelta(hours=8)
FEW = 5
"""Changes of its kind below which its history says little."""
BAD: frozenset[ChangeResult] = frozenset({"failed", "backed_out", "degraded"})
_BACKOUT: dict[Backout, tuple[float, str]] = {
    "tested": (0.1, "The way back was tried."),
    "written": (0.45, "The way back is written down, and was not tried."),
    "none": (1.0, "There is no way back."),
}
_CRITICAL = {1: 1.0, 2: 0.7, 3: 0.4, 4: 0.2, None: 0.7}


@dataclass(frozen=True)
class Asked:
    """What the risk is judged by. `past`: outcomes of changes like it, `frozen`: a freeze lies in its time."""

    services: tuple[str, ...]
    starts_at: dt.datetime
    ends_at: dt.datetime
    backout: Backout
    kind: ChangeKind = "normal"
    past: tuple[ChangeResult, ...] = ()
    frozen: bool = False


def risk_of(asked: Asked, world: World) -> Risk:
    """The score with its parts."""
    found = {
        "blast_radius": _blast(asked, world),
        "reversibility": _BACKOUT[asked.backout],
        "timing": _timing(asked, world),
        "dependencies": _dependencies(asked, world),
        "maturity": _maturity(asked.past),
    }
    parts = tuple(
        RiskPart(name=name, value=min(1.0, max(0.0, found[name][0])), weight=weight, words=found[name][1])
        for name, weight in WEIGHTS.items()
    )
    score = min(100, round(sum(part.points for part in parts)))
    return Risk(score=score, level="high" if score >= HIGH else "medium" if score >= MEDIUM else "low", parts=parts)


def reached(services: Sequence[str], world: World) -> tuple[str, ...]:
    """The services and everything that suffers with them, by edges that are believed."""
    found = dict.fromkeys(services)
    for service in services:
        found |= dict.fromkeys(world.dependents_of(service))
    return tuple(found)


def _blast(asked: Asked, world: World) -> tuple[float, str]:
    suffer = reached(asked.services, world)
    people = world.users_of(suffer)
    most = max(
        (_CRITICAL[world.services[one].criticality if one in world.services else None] for one in suffer), default=0.7
    )
    spread = min(1.0, math.log1p(len(suffer) - 1) / math.log(21)) if suffer else 1.0
    crowd = 0.5 if people is None else min(1.0, math.log1p(people) / math.log(1_001))
    whom = "nobody has said how many people" if people is None else f"{people} people"
    words = f"{len(suffer)} service{'' if len(suffer) == 1 else 's'} would feel it if it goes wrong; {whom} use them."
    return 0.5 * most + 0.25 * spread + 0.25 * crowd, words


def _timing(asked: Asked, world: World) -> tuple[float, str]:
    busy = [name for one in asked.services if (name := _needed_then(one, asked, world))]
    unsaid = [one for one in asked.services if one not in world.services or not world.services[one].hours]
    value, words = 0.1, "It lies outside of the hours in which its services have to work."
    if unsaid:
        value, words = 0.5, "Nobody has said when its services have to work."
    if busy:
        value, words = 0.8, f"{busy[0]} has to work at that time."
    if asked.ends_at - asked.starts_at > LONG:
        value, words = value + 0.2, f"{words} It takes longer than eight hours."
    if asked.frozen:
        value, words = 1.0, f"{words} A freeze lies in that time."
    return value, words


def _needed_then(service: str, asked: Asked, world: World) -> str | None:
    """Its name, if it has to work at some time of the change: looked at every quarter of an hour, for a week at most."""
    known = world.services.get(service)
    if known is None or not known.hours:
        return None
    hours, at = read_hours(known.hours), asked.starts_at
    until = min(asked.ends_at, asked.starts_at + dt.timedelta(days=7))
    while at < until:
        if hours.covers(at):
            return known.name
        at += dt.timedelta(minutes=15)
    return None


def _dependencies(asked: Asked, world: World) -> tuple[float, str]:
    edges = [one for one in world.dependencies if one.service in asked.services or one.needs in asked.services]
    if not edges:
        return 0.6, "The map knows nothing that is connected with it, which may mean that nobody has looked."
    unsure = sum(1 for edge in edges if edge.confidence < 0.5)
    value = 0.5 * min(1.0, len(edges) / 12) + 0.5 * unsure / len(edges)
    return value, f"{len(edges)} connections on the map touch it; {unsure} of them are hardly believed."


def _maturity(past: Sequence[ChangeResult]) -> tuple[float, str]:
    known = [one for one in past if one != "unknown"]
    if not known:
        return 0.8, "Nothing like it has been done here, or nobody knows what came of it."
    bad = sum(1 for one in known if one in BAD)
    words = f"{len(known) - bad} of {len(known)} changes like it went well."
    return failure_bound(bad, len(known)), words


def failure_bound(bad: int, total: int) -> float:
    """The upper end of Wilson's 95 % interval of the share that went wrong; 1 where nothing is known."""
    if total == 0:
        return 1.0
    share, square = bad / total, Z * Z
    middle = share + square / (2 * total)
    spread = Z * math.sqrt(share * (1 - share) / total + square / (4 * total * total))
    return min(1.0, (middle + spread) / (1 + square / total))


def bodies_for(kind: ChangeKind, risk: Risk) -> tuple[str, ...]:
    """Whose yes it takes, as roles of approvals: none for a standard change, the owner for what is low, approvers of
    the house besides for what is more; for an emergency one approver, at once."""
    if kind == "standard":
        return ()
    if kind == "emergency":
        return ("role:approver:1",)
    if risk.level == "low":
        return ("service_owner",)
    return ("service_owner", "role:approver:1") if risk.level == "medium" else ("service_owner", "role:approver:2")


def loses_authority(past: Sequence[ChangeResult]) -> str:
    """Why a standard change is one no more, by its latest outcomes, the newest first; empty: it stays one."""
    latest = [one for one in past if one != "unknown"][:10]
    if latest and latest[0] in {"failed", "backed_out"} and len(latest) >= 2 and latest[1] in BAD:
        return "Its last two changes went wrong."
    bad = sum(1 for one in latest if one in BAD)
    if len(latest) >= FEW and bad * 5 > len(latest):
        return f"{bad} of its last {len(latest)} changes went wrong."
    return ""
