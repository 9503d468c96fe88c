"""What is missing before a gate, where continuity has gaps, how assets stand. Pure."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from tickless.domain.portfolio import STAGES, Asset, Failover, PortfolioEntry, Stage
from tickless.domain.service import Service
from tickless.domain.world import World

FRESH = dt.timedelta(days=365)
"""So long a failover counts as evidence."""
SOON = dt.timedelta(days=90)
Support = Literal["good", "ends_soon", "ended", "unknown"]


def missing(service: Service, entry: PortfolioEntry, to: Stage, *, world: World, now: dt.datetime) -> tuple[str, ...]:
    """What a service lacks before it may pass to a stage; empty: nothing."""
    found: list[str] = []
    at, wanted = STAGES.index(entry.state), STAGES.index(to)
    if wanted > at + 1 and not (entry.state in {"idea", "designed", "built"} and to == "retired"):
        found.append(f"it is {entry.state}: the next stage is {STAGES[at + 1]}")
    if wanted >= STAGES.index("designed") and to not in {"retiring", "retired"} and not service.owner:
        found.append("it has no owner")
    if to in {"built", "live"} and service.criticality is None:
        found.append("nobody has said how critical it is")
    if to == "live":
        found += [] if entry.support.strip() else ["it has no support model"]
        found += [] if service.hours else ["nobody has said when it has to work"]
        found += gaps(service, entry, now=now)
    if to == "retired":
        near = (world.services[one] for one in world.needed_by.get(service.id, ()))
        using = [one.name for one in near if one.lifecycle != "retired"]
        found += [f"{', '.join(sorted(using))} still need it"] if using else []
    return tuple(found)


def gaps(service: Service, entry: PortfolioEntry | None, *, now: dt.datetime) -> tuple[str, ...]:
    """Gaps of continuity: no target, no evidence, old evidence, or a target missed. Only for criticality 1 and 2."""
    if service.criticality not in {1, 2} or service.lifecycle in {"planned", "retired"}:
        return ()
    if entry is None or entry.recovery_minutes is None:
        return ("it has no recovery target",)
    last = newest(entry)
    if last is None:
        return ("no failover was ever shown",)
    if now - last.at > FRESH:
        return (f"the last failover was shown on {last.at:%Y-%m-%d}, more than a year ago",)
    if not met(entry, last):
        return (f"the failover of {last.at:%Y-%m-%d} missed its target",)
    return ()


def newest(entry: PortfolioEntry) -> Failover | None:
    return max(entry.failovers, key=lambda one: one.at, default=None)


def met(entry: PortfolioEntry, tried: Failover) -> bool:
    """Whether a failover kept its targets; a time that nobody took does not."""
    if not tried.worked or entry.recovery_minutes is None:
        return False
    if tried.recovery_minutes is None or tried.recovery_minutes > entry.recovery_minutes:
        return False
    return entry.loss_minutes is None or (tried.loss_minutes is not None and tried.loss_minutes <= entry.loss_minutes)


@dataclass(frozen=True)
class Posture:
    """How an asset stands: `support`, `warranty`, and how risky that is with the reasons."""

    support: Support
    warranty: Support
    risk: Literal["low", "medium", "high", "unknown"]
    why: tuple[str, ...]


def posture(asset: Asset, *, today: dt.date, criticality: int | None) -> Posture:
    """Unknown is not good: an asset of which nothing is known has an unknown risk, not a low one."""
    support, warranty = _until(asset.supported_until, today), _until(asset.warranty_until, today)
    if asset.state in {"retired", "disposed"}:
        return Posture(support, warranty, "low", ("it is not in use any more",))
    why, points = [], 0
    if support == "ended":
        why.append("its maker supports it no more")
        points += 2
    elif support == "ends_soon":
        why.append(f"its support ends on {asset.supported_until}")
        points += 1
    if asset.open_weaknesses:
        why.append(f"{asset.open_weaknesses} weaknesses are not mended")
        points += 2 if asset.open_weaknesses >= 5 else 1
    if warranty == "ended":
        why.append("its warranty is over")
        points += 1
    if asset.owner is None:
        why.append("it has no owner")
        points += 1
    if points and criticality in {1, 2}:
        why.append(f"its service has criticality {criticality}")
        points += 1
    if points == 0 and (support == "unknown" or asset.open_weaknesses is None):
        return Posture(support, warranty, "unknown", ("nobody has looked at its support or its weaknesses",))
    return Posture(
        support, warranty, "high" if points >= 3 else "medium" if points else "low", tuple(why) or ("nothing is wrong",)
    )


def _until(day: dt.date | None, today: dt.date) -> Support:
    if day is None:
        return "unknown"
    return "ended" if day < today else "ends_soon" if day <= today + SOON else "good"
