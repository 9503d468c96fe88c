"""Looks at what runs achieved: proposes promotions (a person grants them) and demotes at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tickless.domain.autonomy import EVERYWHERE, Rung, ScopedRung, Shadow, Where, rung_for
from tickless.domain.measure import Resolution
from tickless.domain.plan import Run
from tickless.domain.world import World
from tickless.journal import Journal, Tx
from tickless.stages.learn.core import (
    BAD,
    GOOD,
    Bar,
    Bars,
    Evidence,
    Try,
    demotion,
    evidence,
    failing,
    proposal,
    reaches,
    still_wanted,
)

_MOST = 1_000
"""The newest runs of a runbook that count: evidence ages."""
HOUSE = "tickless"
"""By whom a rung was set that nobody set: it fell."""
_FAILED = frozenset({"failed", "undone", "unverified"})


@dataclass(frozen=True)
class Standing:
    """Where a runbook stands for a scope, and what speaks for more. `own`: somebody put it there for this very scope."""

    runbook: str
    scope: str
    rung: Rung
    own: bool
    found: Evidence
    bar: Bar
    proposed: Rung | None
    more_tries: int
    more_days: int
    withheld: bool = False
    """It stays behind where the runbook stands everywhere, until it has reached the stricter bar of this scope."""
    fell: dt.datetime | None = None
    """It fell then to where it stands, and nobody has looked at that: only tries begun since count for the way up."""


class LearnRoom:
    """The ladder's evidence. `default_rung`: where a runbook stands that nobody moved."""

    def __init__(
        self, *, journal: Journal, default_rung: Rung, world: Callable[[], World] = World, bars: Bars | None = None
    ) -> None:
        self._journal = journal
        self._default = default_rung
        self._world = world
        self._bars = bars or Bars()

    def tries(self, tx: Tx, runbook: str) -> list[Try]:
        """The ledger, newest first: every run and what came of it, and every shadow that was compared."""
        table = tx.runs.table.c
        runs = tx.runs.where(table.runbook == runbook, order=table.started_at.desc(), limit=_MOST)
        ends = tx.resolutions.of_cases((run.case for run in runs), runbook=runbook)
        made = [self._try_of(run, ends.get(run.case, [])) for run in runs if not run.dry_run]
        seen = tx.shadows.table.c
        shadows = tx.shadows.where(seen.runbook == runbook, order=seen.at.desc(), limit=_MOST)
        made += [self._shadow(one) for one in shadows]
        return sorted(made, key=lambda one: one.at, reverse=True)

    def _try_of(self, run: Run, ends: list[Resolution]) -> Try:
        after = sorted((one for one in ends if one.at >= run.started_at), key=lambda one: one.at)
        verdict = after[0].outcome if after else run.state
        good = True if verdict in GOOD else False if verdict in BAD or run.state in _FAILED else None
        person = (run.plan.inputs.get("person") or {}).get("id", "")
        service = (run.plan.inputs.get("service") or {}).get("id") or (after[0].service if after else None)
        return Try(run.id, run.case, run.plan.runbook, run.started_at, good, verdict, run.plan.subject,
                   self.where(service=service, person=person))  # fmt: skip

    def _shadow(self, one: Shadow) -> Try:
        good = {"same": True, "different": False}.get(one.verdict or "") if one.begins is not False else None
        where = self.where(service=one.service, department=one.department)
        return Try(one.id, one.case, one.runbook, one.at, good, one.verdict or "open", one.subject, where, "shadow")

    def where(self, *, service: str | None = None, person: str = "", department: str | None = None) -> Where:
        """Where something acts: the service with criticality and environment, the department of the person whom it is for."""
        world = self._world()
        known = world.services.get(service or "")
        who = world.people.get(person)
        return Where(service=service or None, department=department or (who.department if who else None),
                     criticality=known.criticality if known else None,
                     environment=known.environment if known else None)  # fmt: skip

    def rung(self, tx: Tx, runbook: str, scope: str = EVERYWHERE) -> tuple[Rung, bool]:
        """Where it stands for a scope, and whether that was said for this very scope. A service of which nothing was said
        stands where its criticality and environment do."""
        scoped = tx.scoped_rungs(runbook) if scope != EVERYWHERE else []
        own = next((one.rung for one in scoped if one.scope == scope), None)
        if own is not None:
            return own, True
        said = tx.coordination.rungs().get(runbook)
        everywhere = _rung(said or self._default)
        kind, _, what = scope.partition(":")
        if kind == "service":
            return rung_for(self.where(service=what), everywhere=everywhere, scoped=scoped), False
        return everywhere, scope == EVERYWHERE and said is not None

    def criticality(self, scope: str) -> int | None:
        """Of the most critical service that a scope reaches; None: no one service is meant."""
        kind, _, what = scope.partition(":")
        if kind == "criticality":
            return int(what)
        known = self._world().services.get(what) if kind == "service" else None
        return known.criticality if known else None

    def standing(self, tx: Tx, runbook: str, scope: str = EVERYWHERE, *, tries: list[Try] | None = None) -> Standing:
        """Where it stands there, how it did there, and what is proposed."""
        rung, own = self.rung(tx, runbook, scope)
        fell = self._fell(tx, runbook, scope)
        found = evidence(runbook, self.tries(tx, runbook) if tries is None else tries, scope=scope, since=fell)
        bar = self._bars.of(scope, self.criticality(scope))
        more, days = still_wanted(found, bar)
        withheld = own and any(one.withheld for one in tx.scoped_rungs(runbook) if one.scope == scope)
        here = fell if own or scope == EVERYWHERE else None  # what is inherited is lifted where it fell
        return Standing(runbook, scope, rung, own, found, bar, proposal(rung, found, bar), more, days, withheld, here)

    def put_everywhere_on_auto(
        self, tx: Tx, runbook: str, before: Rung, *, by: str, at: dt.datetime, reason: str
    ) -> list[str]:
        """As far as the evidence reaches: each scope with a stricter bar, that nobody gave a rung and that has not reached that
        bar, stays where the runbook stood. Returns those scopes."""
        tries = self.tries(tx, runbook)
        said = {one.scope for one in tx.scoped_rungs(runbook) if not one.withheld}
        behind = [scope for scope in self._bars.stricter if scope not in said]
        found = {one: evidence(runbook, tries, scope=one, since=self._fell(tx, runbook, one)) for one in behind}
        behind = [one for one in behind if not reaches(found[one], self._bars.of(one, None))]
        stays: Rung = "approve" if before == "auto" else before
        put_rung(tx, runbook, EVERYWHERE, "auto", by=by, at=at, reason=reason)
        for scope in behind:
            tx.put_rung(ScopedRung(runbook=runbook, scope=scope, rung=stays, by=by, at=at, withheld=True,
                                   reason="its own bar is not reached"))  # fmt: skip
        return behind

    @staticmethod
    def _fell(tx: Tx, runbook: str, scope: str) -> dt.datetime | None:
        """When it fell to where it stands, if nobody has moved it since: what it had earned before counts no more."""
        scoped = next((one for one in tx.scoped_rungs(runbook) if one.scope == scope), None)
        if scoped is not None:
            return scoped.at if scoped.by == HOUSE else None
        set_by = tx.coordination.rung_set(runbook)
        return set_by[1] if set_by is not None and set_by[0] == HOUSE else None

    def standings(self, tx: Tx, runbook: str) -> list[Standing]:
        """Everywhere first, then each scope that has a rung of its own or has seen a try."""
        tries = self.tries(tx, runbook)
        scopes = {one.scope for one in tx.scoped_rungs(runbook)} | {name for one in tries for name in one.where.scopes}
        return [self.standing(tx, runbook, scope, tries=tries) for scope in sorted(scopes | {EVERYWHERE})]

    def proposed(self, runbook: str, scope: str = EVERYWHERE) -> Rung | None:
        """The rung that a person may grant now, by the evidence."""
        with self._journal.read() as tx:
            return self.standing(tx, runbook, scope).proposed

    def after_failure(self, tx: Tx, runbook: str, *, now: dt.datetime) -> None:
        """Demote at once where the evidence says so; called in the transaction that records the failure."""
        tries = self.tries(tx, runbook)
        scopes = dict.fromkeys([EVERYWHERE, *(one.scope for one in tx.scoped_rungs(runbook)), *failing(tries)])
        for scope in scopes:  # everywhere first: what fell there need not fall once more by itself
            rung, _ = self.rung(tx, runbook, scope)
            found = evidence(runbook, tries, scope=scope)
            lower = demotion(rung, found)
            if lower is None:
                continue
            fall(tx, runbook, scope, rung, lower, now=now, why="failed lately",
                 told={"tries": found.tries, "recent_bad": found.recent_bad})  # fmt: skip

    def rewritten(self, tx: Tx, runbook: str, *, now: dt.datetime) -> None:
        """Its file does other things than before: what the old one earned is no evidence for it. Called in the transaction that
        publishes it; what stands on `auto` by somebody's word falls to `approve`."""
        for scope in (EVERYWHERE, *(one.scope for one in tx.scoped_rungs(runbook))):
            rung, own = self.rung(tx, runbook, scope)
            if own and rung == "auto":
                fall(tx, runbook, scope, rung, "approve", now=now, why="it does other things than before", told={})


def fall(
    tx: Tx, runbook: str, scope: str, rung: Rung, lower: Rung, *, now: dt.datetime, why: str, told: Mapping[str, int]
) -> None:
    """Nobody is asked; the record says why."""
    put_rung(tx, runbook, scope, lower, by=HOUSE, at=now, reason=why)
    tx.audit.append(at=now, actor=HOUSE, action="autonomy.demoted", subject=f"runbook:{runbook}",
                    detail={"from": rung, "to": lower, "scope": scope, "why": why, **told})  # fmt: skip


def put_rung(tx: Tx, runbook: str, scope: str, rung: Rung, *, by: str, at: dt.datetime, reason: str) -> None:
    """Where it stands for a scope from now on. Everywhere: what was withheld from the rung before is withheld no more."""
    if scope == EVERYWHERE:
        for one in tx.scoped_rungs(runbook):
            if one.withheld:
                tx.drop_rung(runbook, one.scope)
        tx.coordination.set_rung(runbook, rung=rung, by=by, at=at)
    else:
        tx.put_rung(ScopedRung(runbook=runbook, scope=scope, rung=rung, by=by, at=at, reason=reason))


def _rung(name: str) -> Rung:
    found: dict[str, Rung] = {"observe": "observe", "suggest": "suggest", "approve": "approve", "auto": "auto"}
    return found[name]
