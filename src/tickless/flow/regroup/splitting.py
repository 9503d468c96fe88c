"""Alerts leave a case: for a new one of their own, or for one that runs. In the caller's transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from tickless.domain.case import Case, Participant
from tickless.domain.errors import BadInput, Conflict
from tickless.domain.regroup import Regroup
from tickless.flow import names
from tickless.flow.engine import Engine
from tickless.flow.regroup.anew import begin_anew, lock_cases, noted, tell_ticket
from tickless.flow.regroup.leading import Leading
from tickless.flow.regroup.learning import Learning
from tickless.flow.regroup.telling import name_of
from tickless.flow.rooms import Rooms
from tickless.journal import Tx
from tickless.journal.alerts import Alert
from tickless.journal.regroups import AlertKey
from tickless.kit.ids import new_id
from tickless.stages.correlate.regroup import rules

MOST = 5_000
"""Alerts that leave at once."""


class Splitting:
    """Splits. Taking it back is in `undoing.py`."""

    def __init__(self, rooms: Rooms, engine: Engine, learning: Learning) -> None:
        self._rooms = rooms
        self._engine = engine
        self._learning = learning
        self._leading = Leading(rooms)

    def split(
        self, tx: Tx, case: str, keys: Sequence[AlertKey], *, into: str | None, by: str, reason: str, now: dt.datetime
    ) -> Regroup:
        """The alerts go to the case `into`, or to a new one. The same split again is answered with the one that stands. Raises
        `Conflict`, `BadInput`."""
        if len(keys) > MOST:
            raise BadInput(f"at most {MOST} alerts leave a case at once")
        found = lock_cases(tx, (case, into) if into else (case,))
        left = found[case]
        alerts = tx.alerts.of_case(case)
        if not {(one.fingerprint, one.source) for one in alerts} >= set(keys):
            return self._again(tx, left, set(keys), into)
        names_of = {fingerprint for fingerprint, _ in keys}  # what two monitors tell of one alert stays together
        chosen = [one for one in alerts if one.fingerprint in names_of]
        stay = [one for one in alerts if one.fingerprint not in names_of]
        leads = rules.led_by(left, chosen, stay)
        against = rules.may_split(left, alerts, chosen, leads=leads)
        if against is None and into is not None:
            against = rules.may_merge(found[into], [left])
        if against is not None:
            raise Conflict(against)
        identity = new_id("rgp")
        taken = found[into] if into else self._open(tx, left, chosen, by=by, reason=reason, regroup=identity, now=now)
        pairs = self._learning.kinds_of_split(left, stay, chosen)
        tx.regroups.move_some(identity, left.id, taken.id, sorted((one.fingerprint, one.source) for one in chosen))
        rest = self._left(tx, left, taken, stay, leads=leads, text=f"{name_of(tx, by)}: {reason}", regroup=identity, by=by,
                          now=now)  # fmt: skip
        after = self._took(tx, taken, left, chosen, identity, opened=into is None, by=by, reason=reason, now=now)
        made = tx.regroups.put(
            Regroup(
                id=identity, kind="split", tenant=left.tenant, into=taken.id, out_of=(left.id,), opened=into is None,
                led=leads and rest.subject != left.subject, before=(taken, left), after=after, alerts=len(chosen),
                signals=len(tx.regroups.moves(identity, "signal")), by=by, reason=reason, at=now,
            )
        )  # fmt: skip
        self._learning.said(tx, made, pairs)
        for one in (left, taken):
            tx.audit.append(at=now, actor=by, action="case.split", subject=one.subject or one.id, case=one.id,
                            detail={"why": reason, "from": left.number, "into": taken.number, "regroup": identity,
                                    "alerts": made.alerts})  # fmt: skip
        return made

    @staticmethod
    def _again(tx: Tx, left: Case, wanted: set[AlertKey], into: str | None) -> Regroup:
        """Some of them are not in the case any more: because this split was made already?"""
        for one in tx.regroups.of_cases([left.id]):
            moved = {(move.one, move.two) for move in tx.regroups.moves(one.id, "alert")}
            same = into in {None, one.into} and moved >= wanted
            if one.kind == "split" and one.undone_at is None and one.out_of == (left.id,) and same:
                return one
        raise Conflict("some of these alerts are not in this case any more", mend="reload it and choose again")

    def _open(
        self, tx: Tx, left: Case, chosen: Sequence[Alert], *, by: str, reason: str, regroup: str, now: dt.datetime
    ) -> Case:
        lead = rules.leading(chosen)
        about = self._leading.about(tx, left.id, lead)
        case = Case(
            id=new_id("case"), number=tx.coordination.next_number("case"), tenant=left.tenant, door="machine",
            opened_at=min(one.occurred_at for one in chosen), updated_at=now, **about,
        )  # fmt: skip
        case = case.model_copy(
            update={
                "evidence": noted(case, f"{name_of(tx, by)} took it out of case {left.number}: {reason}", ref=regroup)
            }
        )
        service = self._rooms.world().services.get(case.service or "")
        if service is not None and service.owner:
            tx.alerts.add_participant(Participant(case=case.id, role="owner", ref=service.owner, since=now))
        tx.cases.put(case)
        workflow = names.case_workflow(case.id, case.generation)
        self._engine.enqueue(tx, names.RESOLVE_CASE, workflow=workflow, args=(case.id, case.generation))
        return case

    def _left(
        self, tx: Tx, left: Case, taken: Case, stay: Sequence[Alert], *, leads: bool, text: str, regroup: str, by: str,
        now: dt.datetime,
    ) -> Case:  # fmt: skip
        """The case that was left: about what leads it now, and decided anew if that is something else."""
        said = f"Some of its alerts went to case {taken.number}. {text}"
        tell_ticket(tx, left, said, key=regroup, now=now)
        rest = left.model_copy(update={"evidence": noted(left, said, ref=regroup), "updated_at": now})
        if not (leads and stay):
            return tx.cases.put(rest)
        rest = tx.cases.put(rest.model_copy(update=self._leading.about(tx, left.id, rules.leading(stay))))
        return begin_anew(tx, self._engine, rest, by=by, now=now) if left.live else rest

    @staticmethod
    def _took(
        tx: Tx, taken: Case, left: Case, chosen: Sequence[Alert], regroup: str, *, opened: bool, by: str, reason: str,
        now: dt.datetime,
    ) -> Case:  # fmt: skip
        if opened:
            return taken
        text = f"{name_of(tx, by)} moved {len(chosen)} alerts here out of case {left.number}: {reason}"
        tell_ticket(tx, taken, text, key=regroup, now=now)
        return tx.cases.put(taken.model_copy(update={"evidence": noted(taken, text, ref=regroup), "updated_at": now}))
