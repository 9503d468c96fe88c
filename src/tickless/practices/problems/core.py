"""Which kinds of incident are worth a problem, and how thorough a review is. Pure."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable
from dataclasses import dataclass

from tickless.domain.problem import Candidate, ProblemSettings, ReviewDepth

YEAR = 365.0


@dataclass(frozen=True)
class Occurrence:
    """One incident. `toil`: minutes of people who mended it; `lost`: minutes of people who could not work because of it."""

    number: int
    service: str | None
    need: str | None
    at: dt.datetime
    priority: int
    toil: float = 0.0
    lost: float = 0.0


def key_of(service: str | None, need: str | None) -> str:
    return f"{service or ''}|{need or ''}"


@dataclass(frozen=True)
class Prices:
    """What an hour costs, in the currency of the house: of somebody who mends, and of somebody who waits for it."""

    agent_hour: float
    person_hour: float


def candidates(
    found: Iterable[Occurrence],
    rules: ProblemSettings,
    prices: Prices,
    *,
    known: frozenset[str] = frozenset(),
    now: dt.datetime,
) -> list[Candidate]:
    """Kinds that came at least so often, what is worth most in front. `known`: keys that are problems already."""
    kinds: dict[str, list[Occurrence]] = {}
    since = now - dt.timedelta(days=rules.days)
    for one in found:
        if since <= one.at <= now and (one.service or one.need):
            kinds.setdefault(key_of(one.service, one.need), []).append(one)
    made = [
        _candidate(key, many, rules, prices)
        for key, many in kinds.items()
        if len(many) >= rules.least and key not in known
    ]
    return sorted(made, key=lambda one: (-one.worth, -one.count, one.key))


def _candidate(key: str, many: list[Occurrence], rules: ProblemSettings, prices: Prices) -> Candidate:
    count = len(many)
    toil, lost = sum(one.toil for one in many), sum(one.lost for one in many)
    each = (toil * prices.agent_hour + lost * prices.person_hour) / 60 / count
    scale = YEAR / rules.days
    low, high = (math.sqrt(count) - 0.98) ** 2, (math.sqrt(count + 1) + 0.98) ** 2
    cost, least, most = (number * scale * each for number in (float(count), low, high))
    effort = rules.hours * prices.agent_hour
    first = many[0]
    words = (
        f"{count} times in {rules.days} days, {toil / count:.0f} minutes of work and {lost / count:.0f} lost minutes each: "
        f"{cost:,.0f} a year ({least:,.0f} to {most:,.0f}), about {effort:,.0f} to remove."
    )
    return Candidate(
        key=key, service=first.service, need=first.need, count=count,
        cases=tuple(sorted((one.number for one in many), reverse=True)[:50]), toil_minutes=round(toil, 1),
        lost_minutes=round(lost, 1), worst=min(one.priority for one in many), by_year=round(count * scale, 1),
        cost=round(cost, 2), cost_low=round(least, 2), cost_high=round(most, 2), worth=round(least - effort, 2), words=words,
    )  # fmt: skip


def depth_of(candidate: Candidate | None, rules: ProblemSettings, prices: Prices) -> ReviewDepth:
    """As much review as it is worth: a full one where much was lost or it was grave, a short one where it pays, else none."""
    if candidate is None:
        return "short"
    effort = rules.hours * prices.agent_hour
    if candidate.worst <= rules.full_priority or candidate.cost_low > rules.full * effort:
        return "full"
    return "short" if candidate.cost > effort else "none"
