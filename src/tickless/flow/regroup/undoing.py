"""A merge or split is taken back: what was moved goes back, with what was heard of it since. In the caller's transaction."""

from __future__ import annotations

import datetime as dt

from tickless.domain.case import Case
from tickless.domain.errors import Conflict
from tickless.domain.regroup import Link, Regroup
from tickless.flow.ending.handing_off import want_ticket
from tickless.flow.engine import Engine
from tickless.flow.regroup.anew import begin_anew, lock_cases, merge_away, noted, tell_ticket
from tickless.flow.regroup.learning import Learning
from tickless.flow.regroup.telling import name_of, tell_apart
from tickless.flow.rooms import Rooms
from tickless.journal import Tx
from tickless.stages.correlate.regroup import rules

ABOUT = ("kind", "need", "title", "subject", "service", "inputs", "impact")


class Undoing:
    """Takes back. Doing is in `merging.py` and `splitting.py`."""

    def __init__(self, rooms: Rooms, engine: Engine, learning: Learning) -> None:
        self._rooms = rooms
        self._engine = engine
        self._learning = learning

    def why_not(self, tx: Tx, regroup: Regroup, *, now: dt.datetime) -> str | None:
        """Why it cannot be undone, in words; None: it can, or it was."""
        if regroup.undone_at is not None:
            return None
        return rules.may_undo(
            regroup,
            now=now,
            later=tx.regroups.later(regroup),
            into=tx.cases.need(regroup.into),
            left=[tx.cases.need(one) for one in regroup.out_of],
            irreversible=self._irreversible(tx, regroup),
        )

    @staticmethod
    def _irreversible(tx: Tx, regroup: Regroup) -> str | None:
        """What was done since in the case that took in, and nothing takes back."""
        for run in tx.runs.by(case=regroup.into):
            for receipt in tx.receipts_of(run.id):
                since = receipt.started_at > regroup.at
                if since and receipt.state == "done" and receipt.changed and receipt.undo is None:
                    step = next(
                        (one.title for one in run.plan.steps if one.id == receipt.step and one.title), receipt.uses
                    )
                    return f"“{step}”"
        return None

    def undo(self, tx: Tx, identity: str, *, by: str, reason: str, now: dt.datetime) -> Regroup:
        """Undo it. Twice is once. Raises `NotFound`, and `Conflict` with the reason where it cannot be undone any more."""
        cases = lock_cases(tx, tx.regroups.need(identity).cases)
        regroup = tx.regroups.need(identity, lock=True)
        if regroup.undone_at is not None:
            return regroup
        against = self.why_not(tx, regroup, now=now)
        if against is not None:
            raise Conflict(f"this {regroup.kind} cannot be undone any more: {against}")
        tx.regroups.give_back(regroup)
        if regroup.kind == "merge":
            self._unmerge(tx, regroup, cases, by=by, now=now)
        else:
            self._unsplit(tx, regroup, cases, by=by, now=now)
        self._learning.unsaid(tx, regroup)
        for case in cases.values():
            tx.audit.append(at=now, actor=by, action=f"case.{regroup.kind}_undone", subject=case.subject or case.id,
                            case=case.id, detail={"why": reason, "regroup": regroup.id})  # fmt: skip
        return tx.regroups.put(regroup.model_copy(update={"undone_by": by, "undone_at": now, "undone_why": reason}))

    def _unmerge(self, tx: Tx, regroup: Regroup, cases: dict[str, Case], *, by: str, now: dt.datetime) -> None:
        whole = cases[regroup.into]
        before = regroup.before[0]
        change: dict[str, object] = {"evidence": _without(whole, regroup), "updated_at": now}
        if whole.impact == regroup.after.impact:
            change["impact"] = before.impact
        tx.cases.put(whole.model_copy(update=change))
        self._people_back(tx, regroup)
        _children_back(tx, regroup, now=now)
        for end in regroup.uncounted:
            tx.resolutions.put(end)
        for known in regroup.before[1:]:
            back = cases[known.id].model_copy(
                update={"merged_into": None, "state": known.state, "outcome": known.outcome}
            )
            if known.live:
                back = begin_anew(tx, self._engine, back.model_copy(update={"state": "merged"}), by=by, now=now)
            else:
                back = tx.cases.put(back.model_copy(update={"updated_at": now}))
                want_ticket(tx, back, now=now)
            tell_apart(tx, back, key=regroup.id, now=now)

    def _people_back(self, tx: Tx, regroup: Regroup) -> None:
        """Whoever came only with the merge goes with it; who wrote since takes part by their own words."""
        since = tx.regroups.people_since(regroup.into, regroup)
        wrote = {
            signal.sender.conversation
            for signal in self._rooms.journal.signals.many(since).values()
            if signal.sender is not None
        }
        there = {(one.ref, str(one.role)): one for one in tx.alerts.participants(regroup.into)}
        for move in tx.regroups.moves(regroup.id, "person"):
            known = there.get((move.one, move.two))
            if known is not None and known.conversation not in wrote:
                tx.alerts.remove_participant(known)

    def _unsplit(self, tx: Tx, regroup: Regroup, cases: dict[str, Case], *, by: str, now: dt.datetime) -> None:
        taken, left = cases[regroup.into], cases[regroup.out_of[0]]
        change: dict[str, object] = {"evidence": _without(left, regroup), "updated_at": now}
        before = regroup.before[1]
        if regroup.led:
            change |= {name: getattr(before, name) for name in ABOUT}
        left = tx.cases.put(left.model_copy(update=change))
        if regroup.led and left.live:
            left = begin_anew(tx, self._engine, left, by=by, now=now)
        if not regroup.opened:
            tx.cases.put(taken.model_copy(update={"evidence": _without(taken, regroup), "updated_at": now}))
            return
        tx.regroups.move_all(regroup.id, taken.id, left.id)  # what joined it since has no other case
        for one in tx.alerts.participants(taken.id):
            if one.role != "owner":
                tx.alerts.add_participant(one.model_copy(update={"case": left.id}))
        for link in tx.links.by(parent=taken.id):
            tx.links.put(link.model_copy(update={"parent": left.id}))
            tx.cases.put(tx.cases.need(link.child, lock=True).model_copy(update={"parent": left.id}))
        merge_away(tx, taken, left, by=by, now=now)
        text = f"{name_of(tx, by)} put the alerts of case {taken.number} back."
        tell_ticket(tx, left, text, key=f"{regroup.id}:back", now=now)
        tx.cases.put(tx.cases.need(left.id).model_copy(update={"evidence": noted(left, text, ref=regroup.id)}))


def _without(case: Case, regroup: Regroup) -> tuple[object, ...]:
    return tuple(one for one in case.evidence if one.ref != regroup.id)


def _children_back(tx: Tx, regroup: Regroup, *, now: dt.datetime) -> None:
    for move in tx.regroups.moves(regroup.id, "child"):
        link = tx.links.get(move.one) or Link(
            child=move.one, parent=move.origin, by=regroup.by, reason=regroup.reason, at=now
        )
        if link.parent not in {move.place, move.origin}:
            continue  # linked elsewhere since
        tx.links.put(link.model_copy(update={"parent": move.origin}))
        tx.cases.put(tx.cases.need(move.one, lock=True).model_copy(update={"parent": move.origin}))
