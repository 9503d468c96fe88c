"""Below which confidence a guess is refused: as it was taught, or as the ends of cases say; a person decides."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tickless.ai import Brain
from tickless.ai.recalibrating import FEWEST, Understood, recalibrated
from tickless.domain.errors import Conflict
from tickless.flow.rooms import Rooms
from tickless.journal import Tx

MARK = "brain.threshold"
"""The threshold that somebody set by the outcomes; none: as taught."""
PAST = dt.timedelta(days=90)
MOST = 2_000
GOOD = ("verified", "confirmed")
OURS = ("lexical", "embedding")


@dataclass(frozen=True)
class Refusal:
    """`now`: the threshold that holds; `wanted`: what the outcomes speak for. `messages`: understood rightly in 90 days; then
    the shares of them that each would refuse. `asked`: the share that may be refused."""

    now: float
    wanted: float
    messages: int
    refused_now: float
    refused_then: float
    asked: float

    @property
    def enough(self) -> bool:
        """With fewer messages the threshold stays."""
        return self.messages >= FEWEST


class Refusing:
    """`taught`: the threshold that teaching gave; `asked`: the share of right guesses that may be refused."""

    def __init__(self, rooms: Rooms, *, taught: Callable[[], float], asked: float, renew: Callable[[], None]) -> None:
        self._rooms = rooms
        self._taught = taught
        self._asked = asked
        self._renew = renew

    def standing(self) -> Refusal:
        """What holds, and what the ends of the last 90 days say."""
        brain = self._rooms.understanding().brain
        with self._rooms.journal.read() as tx:
            outcomes = [*self._understood(tx), *self._clarified(tx, brain)]
        wanted = recalibrated(self._taught(), outcomes, rejection=self._asked)
        sure = [one.confidence for one in outcomes if one.right]
        return Refusal(
            brain.threshold, wanted, len(sure), _below(sure, brain.threshold), _below(sure, wanted), self._asked
        )

    def adopt(self, *, by: str) -> Refusal:
        """Refuse below what the outcomes speak for, from now on. Raises `Conflict` while they are too few."""
        found = self.standing()
        if not found.enough:
            raise Conflict(f"{found.messages} messages are too few to judge by", mend=f"it takes {FEWEST}")
        return self._set(found.wanted, by=by, before=found.now)

    def reset(self, *, by: str) -> Refusal:
        """As it was taught."""
        return self._set(None, by=by, before=self._rooms.understanding().brain.threshold)

    def _set(self, threshold: float | None, *, by: str, before: float) -> Refusal:
        with self._rooms.journal.write() as tx:
            tx.coordination.note(MARK, "" if threshold is None else str(threshold))
            detail = {"from": before, "to": self._taught() if threshold is None else threshold}
            tx.audit.append(
                at=self._rooms.clock.now(), actor=by, action="brain.threshold", subject="brain", detail=detail
            )
        self._renew()
        return self.standing()

    def _understood(self, tx: Tx) -> Iterator[Understood]:
        """Opening messages of cases that ended well."""
        table, since = tx.resolutions.table.c, self._rooms.clock.now() - PAST
        ends = tx.resolutions.where(table.at > since, table.outcome.in_(GOOD), order=table.at.desc(), limit=MOST)
        for end in ends:
            opening = min(tx.cases.findings_of(end.case), key=lambda one: one.made_at, default=None)
            if end.door == "human" and opening is not None and opening.act == "need" and opening.brain.startswith(OURS):
                yield Understood(opening.confidence, right=opening.need == end.need)

    @staticmethod
    def _clarified(tx: Tx, brain: Brain) -> Iterator[Understood]:
        """What was refused, and turned out to be what the brain thought first."""
        lessons = tx.lessons.where(tx.lessons.table.c.state.in_(("proposed", "taught")), limit=MOST)
        asked = [one for one in lessons if one.source == "clarified"]
        for one, ranked in zip(asked, brain.rank_many([one.text.raw for one in asked], limit=1), strict=True):
            right = bool(ranked) and ranked[0].label == f"need.{one.need}"
            yield Understood(one.confidence, right=right)


def _below(sure: list[float], threshold: float) -> float:
    return sum(one < threshold for one in sure) / len(sure) if sure else 0.0
