"""What doors may ask about how cases are grouped: merge, split, undo, link; doubts; and what all that teaches."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from tickless.domain.case import Case
from tickless.domain.errors import BadInput, Forbidden, Unreachable
from tickless.domain.person import Person
from tickless.domain.regroup import Doubt, Regroup
from tickless.domain.signal import Assurance
from tickless.flow.engine import Engine
from tickless.flow.regroup.learning import Learning
from tickless.flow.regroup.linking import link, unlink
from tickless.flow.regroup.merging import Merging
from tickless.flow.regroup.replaying import Replaying
from tickless.flow.regroup.splitting import Splitting
from tickless.flow.regroup.storms import StormBook, every_doubt, read_storm
from tickless.flow.regroup.undoing import Undoing
from tickless.flow.rooms import Rooms
from tickless.journal import Tx
from tickless.journal.regroups import AlertKey
from tickless.stages.correlate.regroup.rules import best_lead
from tickless.stages.decide.policy_requests import Principal, Resource

T = TypeVar("T")
TRIES = 3
"""Of a change that met another one at the same cases (PostgreSQL ends one of two that wait for each other)."""
LONGEST_REASON = 500


@dataclass(frozen=True)
class Mover:
    """Who asks, with the roles that count: policy decides."""

    by: str
    person: Person | None = None
    roles: frozenset[str] = frozenset()
    assurance: Assurance = "signed_in"


class RegroupDesk:
    """Every change is ruled by policy for each case that it touches, has a reason, and is written into the audit record.

    All of it raises `Forbidden` with the policy's reason, `NotFound`, `BadInput`, and `Conflict` with why it does not go.
    """

    def __init__(self, rooms: Rooms, engine: Engine, *, wake: Callable[[], None]) -> None:
        self._rooms = rooms
        self._wake = wake
        self.learning = Learning(rooms, Replaying(rooms))
        self._merging = Merging(rooms, self.learning)
        self._splitting = Splitting(rooms, engine, self.learning)
        self._undoing = Undoing(rooms, engine, self.learning)

    async def merge(self, cases: Sequence[str], *, into: str | None, by: Mover, reason: str) -> Regroup:
        """Several cases become one: `into`, or the one that leads best. The same again is answered with what stands."""
        why = _reason(reason)

        def work(tx: Tx) -> Regroup:
            found = [tx.cases.need(one) for one in dict.fromkeys((*([into] if into else []), *cases))]
            self._allow(tx, by, found)
            whole = into or best_lead(found).id
            others = [one.id for one in found if one.id != whole]
            return self._merging.merge(tx, whole, others, by=by.by, reason=why, now=self._rooms.clock.now())

        return await self._write(work)

    async def split(
        self, case: str, alerts: Sequence[AlertKey], *, into: str | None, by: Mover, reason: str
    ) -> Regroup:
        """Alerts leave a case, for a new one or for `into`."""
        why = _reason(reason)

        def work(tx: Tx) -> Regroup:
            self._allow(tx, by, [tx.cases.need(one) for one in (case, *([into] if into else []))])
            now = self._rooms.clock.now()
            return self._splitting.split(tx, case, alerts, into=into, by=by.by, reason=why, now=now)

        return await self._write(work)

    async def undo(self, regroup: str, *, by: Mover, reason: str) -> Regroup:
        """Take a merge or split back."""
        why = _reason(reason)

        def work(tx: Tx) -> Regroup:
            self._allow(tx, by, [tx.cases.need(one) for one in tx.regroups.need(regroup).cases])
            return self._undoing.undo(tx, regroup, by=by.by, reason=why, now=self._rooms.clock.now())

        return await self._write(work)

    async def link(self, child: str, parent: str, *, by: Mover, reason: str) -> Case:
        """Make one case the child of another; returns the child."""
        why = _reason(reason)

        def work(tx: Tx) -> Case:
            self._allow(tx, by, [tx.cases.need(child), tx.cases.need(parent)])
            return link(tx, child, parent, by=by.by, reason=why, now=self._rooms.clock.now())

        return await self._write(work)

    async def unlink(self, child: str, *, by: Mover, reason: str) -> Case:
        """Let a child stand by itself again; returns it."""
        why = _reason(reason)

        def work(tx: Tx) -> Case:
            self._allow(tx, by, [tx.cases.need(child)])
            return unlink(tx, child, by=by.by, reason=why, now=self._rooms.clock.now())

        return await self._write(work)

    async def dismiss(self, doubt: str, *, by: Mover) -> Doubt:
        """These cases are not one: it is not proposed again."""

        def work(tx: Tx) -> Doubt:
            known = tx.doubts.need(doubt, lock=True)
            self._allow(tx, by, [tx.cases.need(known.one), tx.cases.need(known.other)])
            if known.state != "open":
                return known
            now = self._rooms.clock.now()
            tx.audit.append(at=now, actor=by.by, action="doubt.dismissed", subject=f"doubt:{known.id}", case=known.one,
                            detail={"other": known.other, "sure": known.sure})  # fmt: skip
            return tx.doubts.put(
                known.model_copy(update={"state": "dismissed", "decided_by": by.by, "decided_at": now})
            )

        return await self._write(work)

    def storm(self, tx: Tx, case: Case) -> StormBook:
        """What was one case, and why, with what people put right in it."""
        return read_storm(tx, case, self._rooms.world(), why_not_undone=self.why_not_undone)

    def storms(self, *, before: int | None, least: int, limit: int) -> tuple[list[tuple[Case, int]], int | None]:
        """Cases that hold alerts and how many, newest first below a number, of at least `least`; and where to go on."""
        with self._rooms.journal.read() as tx:
            sizes = tx.regroups.sizes(before=before, least=least, limit=limit + 1)
            found = [(case, count) for one, count in sizes[:limit] if (case := tx.cases.get(one)) is not None]
        return found, found[-1][0].number if len(sizes) > limit and found else None

    def doubts(self, tx: Tx) -> list[tuple[Doubt, Case, Case]]:
        """Cases that look like one and both still stand, the surest first."""
        return every_doubt(tx)

    def keys(self, case: str, *, alerts: Sequence[AlertKey], services: Sequence[str]) -> list[AlertKey]:
        """Those alerts of a case, and all of these services."""
        chosen, wanted = list(dict.fromkeys(alerts)), set(services)
        if not wanted:
            return chosen
        with self._rooms.journal.read() as tx:
            mine = [one for one in tx.alerts.of_case(case) if (one.service or "") in wanted]
        return list(dict.fromkeys([*chosen, *((one.fingerprint, one.source) for one in mine)]))

    def why_not_undone(self, tx: Tx, regroup: Regroup) -> str | None:
        """Why a merge or split cannot be undone any more; None: it can."""
        return self._undoing.why_not(tx, regroup, now=self._rooms.clock.now())

    def may(self, tx: Tx, by: Mover, case: Case) -> bool:
        """Whether policy lets them put that case together with others and apart."""
        return self._ruling(tx, by, case) is None

    def _allow(self, tx: Tx, by: Mover, cases: Iterable[Case]) -> None:
        for case in cases:
            against = self._ruling(tx, by, case)
            if against is not None:
                raise Forbidden(f"case {case.number}: {against}")

    def _ruling(self, tx: Tx, by: Mover, case: Case) -> str | None:
        """Why not, in the words of the policies; None: it is allowed."""
        if by.person is None:
            principal = Principal.account(by.by, roles=by.roles)
        else:
            services = self._rooms.world().services.values()
            owns = frozenset(service.id for service in services if service.owner == by.person.id)
            principal = Principal.person(by.person, roles=by.roles, owns=owns)
        inside = frozenset(one.ref for one in tx.alerts.participants(case.id))
        ruling = self._rooms.policy.may(
            principal=principal,
            action="regroup",
            resource=Resource.case(case, participants=inside),
            context={"assurance": by.assurance},
        )
        return None if ruling.allowed else " ".join(one.text for one in ruling.reasons)

    async def _write(self, work: Callable[[Tx], T]) -> T:
        def attempt() -> T:
            for left in reversed(range(TRIES)):
                try:
                    with self._rooms.journal.write() as tx:
                        return work(tx)
                except Unreachable:
                    if not left:
                        raise
            raise AssertionError("the last try returns or raises")

        done = await asyncio.to_thread(attempt)
        self._wake()
        return done


def _reason(reason: str) -> str:
    said = reason.strip()[:LONGEST_REASON]
    if not said:
        raise BadInput(
            "say why, in a few words", mend="the reason goes into the audit record and to whoever looks next"
        )
    return said
