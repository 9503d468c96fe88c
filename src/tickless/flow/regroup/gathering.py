"""Cases that turn out to be one become one, as soon as that shows: while nothing was done about the part. Nobody is taken to
have said so: what people merge teaches, this does not."""

from __future__ import annotations

import datetime as dt

from tickless.domain.case import Case
from tickless.domain.errors import Conflict
from tickless.flow.regroup.learning import Learning
from tickless.flow.regroup.merging import Merging
from tickless.flow.regroup.replaying import Replaying
from tickless.flow.rooms import Rooms
from tickless.journal import Tx
from tickless.stages.correlate.placing import Union
from tickless.stages.correlate.regroup.doubts import doubt_id
from tickless.stages.correlate.regroup.follow import standing_for

BY = "tickless"
OURS = ("tickless", "source:", "system:")
"""Who acts for the house itself in the audit record."""
WAITS = frozenset({"open", "handed_off"})
MOST_WORDS = 500


class Gathering:
    """Used by the intake, in the transaction in which the cause was taken in."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms
        self._learning = Learning(rooms, Replaying(rooms))
        self._merging = Merging(rooms, self._learning)

    def gather(self, tx: Tx, union: Union, *, now: dt.datetime) -> bool:
        """Merge a case into another one while nobody and nothing has touched it. It can be undone like any merge."""
        part, into = tx.cases.get(union.gone), tx.cases.get(union.into)
        if part is None or into is None:
            return False
        whole = standing_for(tx, into)
        done = whole.id != part.id and self._untouched(tx, part, whole) and self._merged(tx, whole, part, union, now)
        if done:
            self._rooms.correlate.united(part.tenant, whole.id, part.id)
        else:
            self._rooms.correlate.kept_apart(part.tenant, whole.id, part.id)
        return done

    def _merged(self, tx: Tx, whole: Case, part: Case, union: Union, now: dt.datetime) -> bool:
        try:
            made = self._merging.merge(tx, whole.id, [part.id], by=BY, reason=union.why[:MOST_WORDS], now=now)
        except Conflict:
            return False
        self._learning.unsaid(tx, made)
        return True

    @staticmethod
    def _untouched(tx: Tx, part: Case, whole: Case) -> bool:
        """No run, no person, and nobody who said that they are two."""
        if part.state not in WAITS or tx.runs.by(case=part.id):
            return False
        if any(not row.actor.startswith(OURS) for row in tx.audit.rows(case=part.id)):
            return False
        one, two = sorted((part.id, whole.id))
        doubt = tx.doubts.get(doubt_id(one, two))
        if doubt is not None and doubt.state == "dismissed":
            return False
        return all(one.by == BY and one.undone_at is None for one in tx.regroups.of_cases([part.id]))
