"""Evidence for the autonomy ladder: tries, their verdicts, and what they speak for. Pure."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from tickless.domain.autonomy import RUNGS, Rung, Where

GOOD = frozenset({"verified", "prevented", "confirmed"})
BAD = frozenset({"regressed"})
DEMOTE_RECENT = 5
"""The latest tries that are looked at for a demotion."""
DEMOTE_BAD = 2
"""So many bad ones among them, and the runbook falls to `approve` at once."""


@dataclass(frozen=True)
class Bar:
    """What the evidence has to pass before the next rung is proposed: the lower confidence bound of verified success, seen on
    so many different days."""

    bound: float = 0.90
    days: int = 5


@dataclass(frozen=True)
class Bars:
    """Bars by scope; what has none of its own takes that of its criticality, and else `otherwise`."""

    otherwise: Bar = Bar()
    by_scope: Mapping[str, Bar] = field(
        default_factory=lambda: {"criticality:1": Bar(0.97, 10), "criticality:2": Bar(0.95, 7)}
    )

    def of(self, scope: str, criticality: int | None) -> Bar:
        """`criticality`: of the most critical service that the scope reaches, if that is known."""
        return self.by_scope.get(scope) or self.by_scope.get(f"criticality:{criticality}") or self.otherwise

    @property
    def stricter(self) -> tuple[str, ...]:
        """The scopes that ask for more than what holds everywhere."""
        everywhere = self.of("", None)
        return tuple(scope for scope, bar in self.by_scope.items()
                     if scope and (bar.bound > everywhere.bound or bar.days > everywhere.days))  # fmt: skip


@dataclass(frozen=True)
class Try:
    """One try of a runbook and what came of it; `good` None: nothing yet, or nothing that speaks for or against it.

    `kind` `shadow`: it only watched, and people did it.
    """

    run: str
    case: str
    runbook: str
    at: dt.datetime
    good: bool | None
    verdict: str
    subject: str
    where: Where = field(default_factory=Where)
    kind: Literal["run", "shadow"] = "run"


@dataclass(frozen=True)
class Evidence:
    """How a runbook did in a scope. `bound`: lower end of the 95 % interval of its success rate, over tries that are
    independent: several on the same subject on one day count once, and well only if all went well."""

    runbook: str
    tries: int
    good: int
    days: int
    bound: float
    recent_bad: int
    scope: str = ""


def wilson_lower(good: int, tries: int, z: float = 1.96) -> float:
    """Lower end of Wilson's score interval for a proportion (Wilson 1927); 0 without tries or successes."""
    if good == 0 or tries == 0:
        return 0.0
    share = good / tries
    middle = share + z * z / (2 * tries)
    spread = z * math.sqrt(share * (1 - share) / tries + z * z / (4 * tries * tries))
    return max(0.0, (middle - spread) / (1 + z * z / tries))


def sign_test(more: int, fewer: int) -> float:
    """How often chance alone would bring at least `more` of `more + fewer` changes to this side: the exact one-sided sign test
    (McNemar 1947); 1 where nothing changed."""
    changed = more + fewer
    return sum(math.comb(changed, count) for count in range(more, changed + 1)) / 2.0**changed


def evidence(runbook: str, tries: Iterable[Try], *, scope: str = "", since: dt.datetime | None = None) -> Evidence:
    """Count what speaks for and against a runbook in a scope. `since`: only tries begun after it."""
    own = sorted((one for one in tries if one.runbook == runbook and scope in one.where.scopes and one.good is not None
                  and (since is None or one.at > since)), key=lambda one: (one.at, one.run))  # fmt: skip
    apart: dict[tuple[str, dt.date], bool] = {}
    for one in own:
        key = (one.subject or one.run, one.at.date())
        apart[key] = apart.get(key, True) and bool(one.good)
    good = sum(apart.values())
    return Evidence(
        runbook=runbook,
        tries=len(apart),
        good=good,
        days=len({day for _, day in apart}),
        bound=wilson_lower(good, len(apart)),
        recent_bad=sum(1 for one in own[-DEMOTE_RECENT:] if not one.good),
        scope=scope,
    )


def proposal(rung: Rung, found: Evidence, bar: Bar = Bar()) -> Rung | None:
    """The rung that the evidence speaks for, one step up at most and only ever proposed; None: stay, as while the latest tries
    would make it fall again."""
    at = RUNGS.index(rung)
    return RUNGS[at + 1] if reaches(found, bar) and at + 1 < len(RUNGS) else None


def reaches(found: Evidence, bar: Bar) -> bool:
    """Whether the evidence passes the bar, and the latest tries would not make it fall again."""
    return found.bound >= bar.bound and found.days >= bar.days and found.recent_bad < DEMOTE_BAD


def failing(tries: Iterable[Try]) -> list[str]:
    """The narrowest scope of each try that lately went badly, as far as it is one of its own: where a runbook may have to fall
    though it does well elsewhere."""
    latest: dict[str, list[Try]] = {}
    for one in sorted(tries, key=lambda each: (each.at, each.run), reverse=True):
        if one.good is not None and len(latest.setdefault(one.where.scopes[0], [])) < DEMOTE_RECENT:
            latest[one.where.scopes[0]].append(one)
    return sorted(scope for scope, some in latest.items() if scope and sum(not one.good for one in some) >= DEMOTE_BAD)


def demotion(rung: Rung, found: Evidence) -> Rung | None:
    """The rung to fall to at once, or None."""
    return "approve" if rung == "auto" and found.recent_bad >= DEMOTE_BAD else None


def still_wanted(found: Evidence, bar: Bar) -> tuple[int, int]:
    """How many more tries, all of them good, and how many more days it takes to reach the bar."""
    more = 0
    while wilson_lower(found.good + more, found.tries + more) < bar.bound and more < 2_000:
        more += 1
    return more, max(0, bar.days - found.days)
