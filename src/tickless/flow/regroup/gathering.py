"""Cases of services that only suffered become one with the case of their cause, as soon as it shows: while nothing was done
about them. Nobody is taken to have said so: what people merge teaches, this does not."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from tickless.domain.errors import Conflict
from tickless.flow.regroup.learning import Learning
from tickless.flow.regroup.merging import Merging
from tickless.flow.regroup.replaying import Replaying
from tickless.flow.rooms import Rooms
from tickless.journal import Tx

BY = "tickless"


class Gathering:
    """Used by the intake, in the transaction in which the cause was taken in."""

    def __init__(self, rooms: Rooms) -> None:
        self._learning = Learning(rooms, Replaying(rooms))
        self._merging = Merging(rooms, self._learning)

    def gather(self, tx: Tx, into: str, others: Sequence[str], *, reason: str, now: dt.datetime) -> int:
        """Merge those of `others` that still wait into a case; how many. It can be undone like any merge."""
        return sum(self._one(tx, into, other, reason=reason, now=now) for other in dict.fromkeys(others))

    def _one(self, tx: Tx, into: str, other: str, *, reason: str, now: dt.datetime) -> bool:
        case = tx.cases.get(other)
        if case is None or case.state != "open" or other == into or tx.runs.by(case=other):
            return False
        try:
            made = self._merging.merge(tx, into, [other], by=BY, reason=reason, now=now)
        except Conflict:
            return False
        self._learning.unsaid(tx, made)
        return True
