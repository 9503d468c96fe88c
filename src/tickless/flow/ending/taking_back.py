"""Taking a finished request back: its effects and those of its parts are undone by what was recorded, as one act.

It is a case of its own, decided, approved, done and read back like any other; the request ends as withdrawn.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from tickless.domain.case import Case, is_part
from tickless.domain.errors import NotFound, Unreachable
from tickless.domain.finding import Evidence
from tickless.domain.record import Untrusted
from tickless.domain.runbook import Irreversible, Runbook
from tickless.domain.signal import Assurance
from tickless.flow.ending import ends
from tickless.flow.rooms import Rooms
from tickless.flow.saying.labels import label_of
from tickless.journal import Tx
from tickless.journal.changes import Change, changes_of, parts_of
from tickless.kit.ids import new_id
from tickless.kit.yaml_text import read_yaml
from tickless.sdk.connector import Call
from tickless.sdk.invoke import invoke
from tickless.sdk.operations import Result
from tickless.stages.act.catalogue_house import FinishedRequest, TakenBack
from tickless.stages.decide.reversal import REQUEST, TAKE_BACK

KEPT = dt.timedelta(days=7)
"""How long something can be taken back that is not watched, such as what people finished."""
SOLVED = frozenset({"verified", "confirmed", "assumed", "handed_off"})


def take_back_runbook() -> Runbook:
    """The procedure, which is the house's own: nothing in a message leads to it, only a finished request does."""
    text = Path(__file__).with_name("take-back.yaml").read_text(encoding="utf-8")
    return Runbook.model_validate(read_yaml(text))


def can_be_taken_back(case: Case, *, now: dt.datetime) -> bool:
    """Whether it ended as done, as a whole, lately enough: while it is watched."""
    if case.live or case.door != "human" or is_part(case) or case.outcome not in SOLVED or case.need == TAKE_BACK:
        return False
    end = case.resolved_at or case.updated_at
    return now <= max(case.hold_until or end, end + KEPT)


def can_be_withdrawn(case: Case, *, now: dt.datetime) -> bool:
    """Whether its person may say that a request is not wanted: before anything is done it is stopped, done it is taken back."""
    waits = case.state in {"open", "awaiting_person", "awaiting_approval"}
    return case.door == "human" and not is_part(case) and (waits or can_be_taken_back(case, now=now))


def standing(tx: Tx, case: Case) -> list[Change]:
    """What the request changed and nobody took back yet, the latest first."""
    return [one for one in changes_of(tx, case) if one.receipt.state == "done"]


def underway(tx: Tx, case: Case) -> Case | None:
    """The live case that takes this one back, if there is one."""
    table = tx.cases.table.c
    live = tx.cases.where(table.need == TAKE_BACK, table.number > case.number, order=table.number.desc(), limit=1_000)
    return next((one for one in live if one.parent == case.id and one.live), None)


def open_take_back(
    tx: Tx,
    rooms: Rooms,
    case: Case,
    *,
    speaker: str | None,
    assurance: Assurance,
    conversation: str | None,
    by: str,
    now: dt.datetime,
) -> Case:
    """Open the case that takes `case` back; its durable run is the caller's to start."""
    what = label_of(case, rooms.runbooks, rooms.world())
    ids = {name: case.inputs[name] for name in ("person", "app") if name in case.inputs}
    if "person" not in ids and case.requester is not None:
        ids["person"] = case.requester
    back = Case(
        id=new_id("case"),
        number=tx.coordination.next_number("case"),
        tenant=case.tenant,
        kind="request",
        need=TAKE_BACK,
        title=Untrusted(f"Take back: {what}"[:200]),
        subject=f"request:{case.id}",
        requester=speaker or case.requester,
        speaker=speaker,
        assurance=assurance,
        conversation=conversation,
        door="human",
        inputs={**ids, REQUEST: case.id, "number": str(case.number), "what": what[:200]},
        impact=case.impact,
        opened_at=now,
        updated_at=now,
        parent=case.id,
        evidence=(Evidence(text=f"{by} wants case {case.number} taken back.", source="person", ref=case.id),),
    )
    tx.audit.append(at=now, actor=by, action="case.open", subject=back.subject or back.id, case=back.id,
                    detail={"takes_back": case.id, "need": back.need, "assurance": assurance})  # fmt: skip
    return tx.cases.put(back)


class TakingBack:
    """The two operations behind the procedure: they may run again at any time, and go on where they were."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms

    def take_back(self, call: Call, params: FinishedRequest) -> Result:
        """Undo what stands, the latest first. Raises `Unreachable` while something may still be undone with another try."""
        case = self._case(params.request)
        if not call.dry_run:
            self._stop_parts(case)
            again = self._undo(case)
            self._count(case)
            if again:
                raise Unreachable(again)
        told = self._told(case, read_back=False)
        return Result(
            output=told, changed=told.undone > 0, summary=f"{told.undone} changes taken back, {told.left} left"
        )

    def taken_back(self, call: Call, params: FinishedRequest) -> Result:
        """Ask every system whether taking back would change anything still."""
        case = self._case(params.request)
        with self._rooms.journal.read() as tx:
            undone = [one for one in changes_of(tx, case) if one.receipt.state == "undone"]
        still = [one.title for one in undone if self._would_change(call, one)]
        told = self._told(case, read_back=not still)
        summary = f"not taken back: {', '.join(still)}" if still else f"{told.undone} changes are taken back"
        return Result(output=told, summary=summary)

    def _case(self, request: str) -> Case:
        with self._rooms.journal.read() as tx:
            return tx.cases.need(request)

    def _stop_parts(self, case: Case) -> None:
        """What people still see to of the request is not wanted any more."""
        now = self._rooms.clock.now()
        with self._rooms.journal.write() as tx:
            for part in parts_of(tx, case):
                if part.live or part.outcome == "handed_off":
                    ends.end_case(
                        tx, part, state="resolved", outcome="withdrawn", now=now, why="the whole was taken back"
                    )
                    ends.tell_runs(tx, part, by="tickless")

    def _undo(self, case: Case) -> str:
        """Take back run by run; returns why another try is worth it, or nothing."""
        with self._rooms.journal.read() as tx:
            runs = list(dict.fromkeys(one.run.id for one in standing(tx, case)))
        for run in runs:
            braked = self._rooms.act.undo(run).get("braked")
            if braked:
                return str(braked)
        with self._rooms.journal.read() as tx:
            failed = [one for one in standing(tx, case) if one.receipt.undo is not None]
        return f"{failed[0].title}: {failed[0].receipt.error or 'it is not undone'}" if failed else ""

    def _count(self, case: Case) -> None:
        """What is taken back is no success any more: neither of the whole nor of the parts that are undone."""
        now = self._rooms.clock.now()
        with self._rooms.journal.write() as tx:
            if not any(one.receipt.state == "undone" for one in changes_of(tx, case)):
                return
            stands = {one.run.case for one in standing(tx, case)}
            for one in (case, *parts_of(tx, case)):
                record = tx.cases.need(one.id, lock=True)
                if record.outcome not in SOLVED or record.live or (record.id in stands and record.id != case.id):
                    continue
                update = {"state": "resolved", "outcome": "withdrawn", "hold_until": None, "updated_at": now}
                back = tx.cases.put(record.model_copy(update=update))
                ends.recount(tx, back, outcome="withdrawn", minutes=0.0)
                for watch in tx.watches.by(case=record.id):
                    tx.watches.delete(watch.id)
                tx.audit.append(at=now, actor="tickless", action="case.taken_back", subject=record.subject or record.id,
                                case=record.id, detail={"was": record.outcome})  # fmt: skip

    def _told(self, case: Case, *, read_back: bool) -> TakenBack:
        with self._rooms.journal.read() as tx:
            found = changes_of(tx, case)
        left = [one for one in found if one.receipt.state == "done"]
        words = "; ".join(dict.fromkeys(f"{one.title} ({why_not(one)})" for one in left))
        return TakenBack(
            undone=len(found) - len(left),
            left=len(left),
            read_back=read_back,
            open=words[:1_000] or "nothing",
            number=case.number,
        )

    def _would_change(self, call: Call, change: Change) -> bool:
        """Every action looks before it acts, so that a dry run of the undo is a reading of the system of record. Raises what
        the system answers; who cannot be found any more has nothing left to undo."""
        undo = change.receipt.undo
        if undo is None:
            return False
        try:
            bound = self._rooms.registry.find(undo.uses)
        except NotFound:
            return True
        asked = Call(
            bound.instance, key=f"{change.receipt.key}:undone", now=call.now, timeout=call.timeout, dry_run=True
        )
        return bool(invoke(bound, undo.with_, asked).changed)


def why_not(change: Change) -> str:
    """Why an effect stands, in a few words."""
    if change.receipt.undo is not None:
        return change.receipt.error or "it could not be undone"
    step = next((one for one in change.run.plan.steps if one.id == change.receipt.step), None)
    said: Any = step.undo if step else None
    return said.irreversible.rstrip(".") if isinstance(said, Irreversible) else "it cannot be undone"
