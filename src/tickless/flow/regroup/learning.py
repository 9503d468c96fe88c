"""Merges and splits as lessons for grouping: proposed by what people do, tried on the last days, taught by a person."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tickless.domain.case import Case
from tickless.domain.errors import BadInput, Conflict
from tickless.domain.regroup import GroupingLesson, Regroup, Saying
from tickless.flow.regroup.came_of import came_of
from tickless.flow.regroup.replaying import Replaying
from tickless.flow.rooms import Rooms
from tickless.journal import Tx
from tickless.journal.alerts import Alert
from tickless.stages.correlate.regroup.lessons import (
    Judged,
    Pair,
    lead_of,
    lesson_id,
    pairs_of,
    with_saying,
)

MOST_AT_ONCE = 50
MOST = 5_000


class Learning:
    """What people put right, as lessons."""

    changed: Callable[[], None]
    """Called after what is in force changed; set by the composition root."""

    def __init__(self, rooms: Rooms, replaying: Replaying) -> None:
        self._rooms = rooms
        self._replaying = replaying
        self.changed = lambda: None

    # --- what merges and splits say, in their transaction ----------------------------------------------------------

    @staticmethod
    def kinds_of_merge(tx: Tx, whole: Case, gone: Sequence[Case]) -> list[Pair]:
        """What a merge says. Before anything is moved."""
        sides = [(case, tx.alerts.of_case(case.id)) for case in (whole, *gone)]
        leads = [lead_of(alerts, case) for case, alerts in sides if alerts]
        if not sides[0][1]:
            return []
        return [pair for other in leads[1:] for pair in pairs_of("join", leads[0], other)]

    @staticmethod
    def kinds_of_split(case: Case, stay: Sequence[Alert], left: Sequence[Alert]) -> list[Pair]:
        """What a split says."""
        return pairs_of("part", lead_of(stay, case), lead_of(left)) if stay else []

    @staticmethod
    def said(tx: Tx, regroup: Regroup, pairs: Sequence[Pair]) -> None:
        """Somebody said so. What was refused stays refused."""
        saying = Saying(by=regroup.by, at=regroup.at, regroup=regroup.id)
        for pair in pairs:
            identity = lesson_id(regroup.tenant, pair)
            verdict, one, other = pair
            known = tx.grouping_lessons.get(identity, lock=True)
            lesson = known or GroupingLesson(
                id=identity, tenant=regroup.tenant, verdict=verdict, one=one, other=other, said=(), at=regroup.at
            )
            tx.grouping_lessons.put(with_saying(lesson, saying))

    @staticmethod
    def unsaid(tx: Tx, regroup: Regroup) -> None:
        """It was undone: nobody said so by it. A lesson for which nobody speaks is none."""
        for lesson in tx.grouping_lessons.where(limit=MOST):
            left = tuple(one for one in lesson.said if one.regroup != regroup.id)
            if left == lesson.said:
                continue
            if left:
                tx.grouping_lessons.put(lesson.model_copy(update={"said": left}))
            else:
                tx.grouping_lessons.delete(lesson.id)

    came_of = staticmethod(came_of)

    # --- the gate --------------------------------------------------------------------------------------------------

    def attempt(self, ids: Sequence[str]) -> Judged:
        """What these would have done to the storms of the last days. Takes some seconds, changes nothing. Raises `NotFound`,
        `BadInput`, `Conflict`."""
        with self._rooms.journal.read() as tx:
            chosen = self._chosen(tx, ids)
            taught = tx.grouping_lessons.by(state="taught", limit=MOST)
        return self._replaying.judge(taught, chosen, now=self._rooms.clock.now())

    def teach(self, ids: Sequence[str], *, by: str) -> Judged:
        """Teach them, if no storm that was put together rightly would be any more. Raises `Conflict` with the reason."""
        judged = self.attempt(ids)
        if not judged.fits:
            broken = (
                f"{len(judged.harmed)} cases that were right would not be any more"
                if judged.harmed
                else (f"pairs put rightly would fall from {judged.before:.1%} to {judged.after:.1%}")
            )
            raise Conflict(f"of {judged.alerts} alerts read again, {broken}", mend="teach fewer of them, or none")
        self._decide(ids, "taught", by=by, reason=f"{judged.alerts} alerts of {judged.cases} cases read again")
        return judged

    def refuse(self, identity: str, *, by: str, reason: str) -> GroupingLesson:
        """Not to be taught, or not any more."""
        (lesson,) = self._decide([identity], "refused", by=by, reason=reason)
        return lesson

    @staticmethod
    def _chosen(tx: Tx, ids: Sequence[str]) -> list[GroupingLesson]:
        if not 0 < len(ids) <= MOST_AT_ONCE:
            raise BadInput(f"choose 1 to {MOST_AT_ONCE} lessons")
        found = [tx.grouping_lessons.need(one) for one in dict.fromkeys(ids)]
        if any(one.state == "taught" for one in found):
            raise Conflict("that is taught already", mend="reload the list")
        return found

    def _decide(self, ids: Sequence[str], state: str, *, by: str, reason: str) -> list[GroupingLesson]:
        now = self._rooms.clock.now()
        with self._rooms.journal.write() as tx:
            change = {"state": state, "decided_by": by, "decided_at": now, "reason": reason}
            before = [tx.grouping_lessons.need(one, lock=True) for one in dict.fromkeys(ids)]
            done = [tx.grouping_lessons.put(one.model_copy(update=change)) for one in before]
            for one in done:
                tx.audit.append(
                    at=now, actor=by, action=f"grouping.{state}", subject=f"grouping_lesson:{one.id}",
                    detail={"verdict": one.verdict, "one": one.one.model_dump(), "other": one.other.model_dump(),
                            "people": len({word.by for word in one.said}), "reason": reason},
                )  # fmt: skip
        self.changed()
        return done
