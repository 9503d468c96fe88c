"""The autonomy ladder for the doors: where everything stands with its evidence, what is proposed, and who may move it."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass

from tickless.domain.autonomy import EVERYWHERE, RUNGS, Rung, Shadow
from tickless.domain.errors import BadInput, Forbidden, NotFound
from tickless.flow.keeping import Keeper
from tickless.flow.rooms import Rooms
from tickless.stages.decide.policy_requests import Principal, Resource
from tickless.stages.learn.core import Try
from tickless.stages.learn.service import Standing, put_rung

_NAMED = re.compile(r"criticality:[1-4]|environment:(?:prod|stage|dev)")
LEDGER = 200
"""Tries that are shown."""


@dataclass(frozen=True)
class Ladder:
    """One runbook: where it stands in each scope, its ledger, and what it would have done while it only watched."""

    runbook: str
    title: str
    standings: tuple[Standing, ...]
    tries: tuple[Try, ...]
    shadows: tuple[Shadow, ...]


class AutonomyDesk:
    """Reads block: call them in a thread."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms

    def everything(self) -> list[Standing]:
        """Every runbook, everywhere first, with each scope that has a rung of its own or has seen a try."""
        with self._rooms.journal.read() as tx:
            return [one for name in sorted(self._rooms.runbooks) for one in self._rooms.learn.standings(tx, name)]

    def proposals(self) -> list[Standing]:
        """Where the evidence speaks for the next rung: nobody has granted it yet."""
        return [one for one in self.everything() if one.proposed is not None and (one.own or one.scope == EVERYWHERE)]

    def ladder(self, runbook: str) -> Ladder:
        """One runbook. Raises `NotFound`."""
        known = self._rooms.runbooks.get(runbook)
        if known is None:
            raise NotFound(f"there is no runbook {runbook[:80]!r}", mend="`tickless runbook list` shows what there is")
        with self._rooms.journal.read() as tx:
            table = tx.shadows.table.c
            shadows = tx.shadows.where(table.runbook == runbook, order=table.at.desc(), limit=LEDGER)
            tries = self._rooms.learn.tries(tx, runbook)
            return Ladder(runbook, known.title, tuple(self._rooms.learn.standings(tx, runbook)), tuple(tries[:LEDGER]),
                          tuple(shadows))  # fmt: skip

    async def set_rung(
        self, runbook: str, *, rung: str, keeper: Keeper, scope: str = EVERYWHERE, reason: str = ""
    ) -> Standing:
        """Put a runbook on a rung for a scope. Raises `NotFound`, `BadInput`, and `Forbidden` with what policy says."""
        return await asyncio.to_thread(lambda: self._set(runbook, rung, keeper, scope=scope, reason=reason))

    async def drop(self, runbook: str, *, scope: str, keeper: Keeper, reason: str = "") -> Standing:
        """Let the scope stand where the runbook stands everywhere. Raises the same."""
        return await asyncio.to_thread(lambda: self._set(runbook, None, keeper, scope=scope, reason=reason))

    def _set(self, runbook: str, rung: str | None, keeper: Keeper, *, scope: str, reason: str) -> Standing:
        if runbook not in self._rooms.runbooks:
            raise NotFound(f"there is no runbook {runbook[:80]!r}", mend="`tickless runbook list` shows what there is")
        scope = self._scope(scope)
        now = self._rooms.clock.now()
        with self._rooms.journal.write() as tx:
            before = self._rooms.learn.standing(tx, runbook, scope)
            everywhere, _ = self._rooms.learn.rung(tx, runbook)
            to = everywhere if rung is None else next((one for one in RUNGS if one == rung), None)
            if to is None:
                raise BadInput(f"{str(rung)[:40]!r} is no rung", mend=", ".join(RUNGS))
            if rung is None and not before.own:
                raise NotFound(f"{runbook} has no rung of its own there")
            if to == before.rung and before.fell is not None and not reason.strip():
                raise BadInput(f"{runbook} fell to {to} there", mend="say why it fell and what was put right: a reason")
            self._allow(before, to, keeper)
            withheld: list[str] = []
            if rung is None:
                tx.drop_rung(runbook, scope)
            elif to == "auto" and scope == EVERYWHERE:
                withheld = self._rooms.learn.put_everywhere_on_auto(tx, runbook, before.rung, by=keeper.by, at=now,
                                                                    reason=reason[:500])  # fmt: skip
            else:
                put_rung(tx, runbook, scope, to, by=keeper.by, at=now, reason=reason[:500])
            tx.audit.append(at=now, actor=keeper.by, action="autonomy.set", subject=f"runbook:{runbook}",
                            detail={"from": before.rung, "to": to, "scope": scope, "reason": reason[:500],
                                    "proposed": before.proposed, "tries": before.found.tries,
                                    "bound": round(before.found.bound, 4), "days": before.found.days,
                                    "withheld": withheld, "fell": before.fell and before.fell.isoformat(),
                                    "policy_version": self._rooms.policy.version})  # fmt: skip
            return self._rooms.learn.standing(tx, runbook, scope)

    def _allow(self, before: Standing, to: Rung, keeper: Keeper) -> None:
        world = self._rooms.world()
        owns = frozenset(
            one.id for one in world.services.values() if keeper.person is not None and one.owner == keeper.person.id
        )
        if keeper.person is None:
            principal = Principal.account(keeper.by, roles=keeper.roles)
        else:
            principal = Principal.person(keeper.person, roles=keeper.roles, owns=owns)
        kind, _, what = before.scope.partition(":")
        ruling = self._rooms.policy.may(
            principal=principal,
            action="grant_autonomy",
            resource=Resource.runbook(self._rooms.runbooks[before.runbook]),
            context={
                "assurance": keeper.assurance,
                "before": before.rung,
                "to": to,
                "up": _up(before, to),
                "proposed": before.proposed == to,
                "scope": kind or "everywhere",
                "criticality": self._rooms.learn.criticality(before.scope) or (1 if not kind else 3),
                "owned": kind == "service" and what in owns,
            },
        )
        if not ruling.allowed:
            raise Forbidden(" ".join(reason.text for reason in ruling.reasons), detail=f"{keeper.by}: autonomy")

    def _scope(self, scope: str) -> str:
        """The scope, with the service's id for its name. Raises `BadInput` for one that there is not."""
        kind, _, what = scope.strip().partition(":")
        world = self._rooms.world()
        if scope.strip() in {EVERYWHERE, "everywhere"}:
            return EVERYWHERE
        if kind == "service":
            known = world.services.get(what) or world.service_named(what)
            if known is not None:
                return f"service:{known.id}"
        if _NAMED.fullmatch(scope.strip()):
            return scope.strip()
        departments = {one.department.casefold(): one.department for one in world.people.values()}
        if kind == "department" and what.casefold() in departments:
            return f"department:{departments[what.casefold()]}"
        raise BadInput(
            f"there is no scope {scope[:80]!r}",
            mend="everywhere, service:ID, department:NAME, criticality:1 to 4, environment:prod|stage|dev",
        )


def _up(before: Standing, to: Rung) -> bool:
    """Whether that gives it more: also to leave it where it fell to, for then what came before the fall counts again."""
    return RUNGS.index(to) > RUNGS.index(before.rung) or (to == before.rung and before.fell is not None)
