"""Several cases become one: alerts, signals, findings, people and children go to the case that stays. In the caller's
transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from tickless.domain.case import Case, Participant
from tickless.domain.errors import Conflict
from tickless.domain.measure import Resolution
from tickless.domain.regroup import Regroup
from tickless.flow.regroup.anew import lock_cases, merge_away, noted, tell_ticket
from tickless.flow.regroup.learning import Learning
from tickless.flow.regroup.telling import name_of, tell_merged
from tickless.flow.rooms import Rooms
from tickless.journal import Tx
from tickless.journal.changes import parts_of
from tickless.journal.regroups import Move
from tickless.kit.ids import new_id
from tickless.stages.correlate.regroup import rules


class Merging:
    """Merges. Taking it back is in `undoing.py`."""

    def __init__(self, rooms: Rooms, learning: Learning) -> None:
        self._rooms = rooms
        self._learning = learning

    def merge(self, tx: Tx, into: str, others: Sequence[str], *, by: str, reason: str, now: dt.datetime) -> Regroup:
        """Merge `others` into a case. The same merge again is answered with the one that stands. Raises `Conflict`."""
        found = lock_cases(tx, (into, *others))
        whole, gone = found[into], [found[one] for one in dict.fromkeys(others)]
        standing = self._standing(tx, whole, gone)
        if standing is not None:
            return standing
        parts = {case.id for case in found.values() if _waits_for_tasks(tx, case)}
        against = rules.may_merge(whole, gone, parts=parts)
        if against is not None:
            raise Conflict(against)
        identity = new_id("rgp")
        pairs = self._learning.kinds_of_merge(tx, whole, gone)
        people = sum(self._people(tx, identity, case, whole, now=now) for case in gone)
        for case in gone:
            _children(tx, identity, case, whole)
            tx.regroups.move_all(identity, case.id, whole.id)
        uncounted = tuple(end for case in gone for end in _take_out(tx, case))
        after = self._joined(tx, whole, gone, identity, by=by, reason=reason, now=now)
        for case in gone:
            merge_away(tx, case, after, by=by, now=now)
        made = tx.regroups.put(
            Regroup(
                id=identity, kind="merge", tenant=whole.tenant, into=whole.id, out_of=tuple(case.id for case in gone),
                before=(whole, *gone), after=after, uncounted=uncounted, alerts=len(tx.regroups.moves(identity, "alert")),
                signals=len(tx.regroups.moves(identity, "signal")), people=people, by=by, reason=reason, at=now,
            )
        )  # fmt: skip
        self._learning.said(tx, made, pairs)
        self._settle_doubts(tx, made)
        self._audit(tx, made, gone)
        for case in gone:
            tell_merged(tx, case, after, self._rooms.world(), key=identity, now=now)
        return made

    @staticmethod
    def _standing(tx: Tx, whole: Case, gone: Sequence[Case]) -> Regroup | None:
        if not gone or any(case.merged_into != whole.id for case in gone):
            return None
        known = tx.regroups.of_cases([whole.id])
        wanted = {case.id for case in gone}
        return next((one for one in known if one.kind == "merge" and one.undone_at is None and one.into == whole.id
                     and wanted <= set(one.out_of)), None)  # fmt: skip

    @staticmethod
    def _people(tx: Tx, regroup: str, case: Case, whole: Case, *, now: dt.datetime) -> int:
        """Everybody in a case takes part in the whole; they stay in the case, too, so that they can look it up."""
        there = tx.alerts.participants(whole.id)
        owner = next((one.ref for one in there if one.role == "owner"), None)
        known = {(one.ref, one.role) for one in there}
        mine = tx.alerts.participants(case.id)
        if case.conversation and all(one.conversation != case.conversation for one in mine):
            ref = case.requester or f"conversation:{case.conversation}"
            mine.append(
                Participant(
                    case=case.id, role="requester", ref=ref, conversation=case.conversation, since=case.opened_at
                )
            )
        moves = []
        for one in mine:
            role = rules.role_in(owner, one)
            if (one.ref, role) in known or (role == "affected" and one.ref == whole.requester):
                continue
            known.add((one.ref, role))
            tx.alerts.add_participant(one.model_copy(update={"case": whole.id, "role": role}))
            moves.append(Move("person", one.ref, role, case.id, whole.id))
        tx.regroups.note(regroup, moves)
        return len(moves)

    @staticmethod
    def _joined(
        tx: Tx, whole: Case, gone: Sequence[Case], regroup: str, *, by: str, reason: str, now: dt.datetime
    ) -> Case:
        numbers = ", ".join(str(case.number) for case in gone)
        text = f"{name_of(tx, by)} merged case {numbers} into it: {reason}"
        tell_ticket(tx, whole, text, key=regroup, now=now)
        return tx.cases.put(
            whole.model_copy(
                update={
                    "impact": rules.impact_of(whole, gone),
                    "evidence": noted(whole, text, ref=regroup),
                    "updated_at": now,
                }
            )
        )

    @staticmethod
    def _settle_doubts(tx: Tx, made: Regroup) -> None:
        table, cases = tx.doubts.table.c, set(made.cases)
        for one in tx.doubts.where(table.state == "open", table.one.in_(cases), table.other.in_(cases)):
            tx.doubts.put(one.model_copy(update={"state": "merged", "decided_by": made.by, "decided_at": made.at}))

    @staticmethod
    def _audit(tx: Tx, made: Regroup, gone: Sequence[Case]) -> None:
        whole = made.before[0]
        detail = {
            "why": made.reason,
            "into": whole.number,
            "regroup": made.id,
            "alerts": made.alerts,
            "people": made.people,
        }
        for case in (whole, *gone):
            tx.audit.append(at=made.at, actor=made.by, action="case.merged", subject=case.subject or case.id, case=case.id,
                            detail=detail | {"cases": [one.number for one in gone]})  # fmt: skip


def _waits_for_tasks(tx: Tx, case: Case) -> bool:
    runs = tx.runs.by(case=case.id)
    if not any(step.tasks is not None for run in runs for step in run.plan.steps):
        return False
    return any(part.live for part in parts_of(tx, case))


def _children(tx: Tx, regroup: str, case: Case, whole: Case) -> None:
    """Children of what goes are children of what stays; nobody is a child of their own child."""
    own = tx.links.get(whole.id)
    parent = own.parent if own is not None and own.parent != case.id else whole.id
    for link in tx.links.by(parent=case.id):
        if link.child == whole.id:
            tx.links.delete(link.child)
            place = ""
        else:
            tx.links.put(link.model_copy(update={"parent": parent}))
            place = parent
        child = tx.cases.need(link.child, lock=True) if link.child != whole.id else None
        if child is not None:
            tx.cases.put(child.model_copy(update={"parent": parent}))
        tx.regroups.note(regroup, [Move("child", link.child, "", case.id, place)])


def _take_out(tx: Tx, case: Case) -> list[Resolution]:
    """Where people had it already, that end is not counted while it is part of another case."""
    end = tx.resolutions.get(f"res_{case.id.removeprefix('case_')}_{case.generation}")
    if end is None or case.live:
        return []
    tx.resolutions.delete(end.id)
    return [end]
