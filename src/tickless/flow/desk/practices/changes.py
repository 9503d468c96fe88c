"""What doors may ask about changes: written down, judged, approved, made, and what came of them. Ruled and audited."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Literal

from tickless.domain.change import OPEN_STATES, Change, ChangeDraft, ChangeResult, Correction
from tickless.domain.errors import BadInput, Conflict
from tickless.flow.desk.practices.change_approval import ask, asks_of, content_digest
from tickless.flow.desk.practices.change_drafts import case_ids
from tickless.flow.desk.practices.change_drafts import made as drafted
from tickless.flow.desk.practices.change_looking import MOST, ChangeCalendar, ChangeLooking, ChangeShown
from tickless.flow.desk.practices.change_parts import ChangeParts
from tickless.flow.desk.practices.standard_changes import StandardChanges, why_normal
from tickless.flow.keeping import Keeper, Keeping, names_person
from tickless.journal import Tx


class ChangesDesk:
    """Methods block. What changes something raises `Forbidden` with the policies' reasons."""

    def __init__(self, keeping: Keeping) -> None:
        self._keeping = keeping
        self._journal = keeping.rooms.journal
        self._looking = ChangeLooking(keeping)
        self.parts = ChangeParts(keeping)
        self.standard = StandardChanges(keeping)

    # what there is

    def listed(self, *, state: str | None = None, service: str | None = None, limit: int = MOST) -> list[Change]:
        """The latest first. `state`: one of them, or `open`."""
        with self._journal.read() as tx:
            table = tx.change_records.table.c
            states = [table.state.in_(OPEN_STATES)] if state == "open" else [table.state == state] if state else []
            about = [table.service == service] if service else []
            return tx.change_records.where(*states, *about, order=table.due.desc(), limit=limit)

    def between(self, since: dt.datetime, until: dt.datetime) -> list[Change]:
        """Changes for a calendar, by their beginning; those that were cancelled or rejected are not in it."""
        with self._journal.read() as tx:
            return self._looking.between(tx, since, until)

    def calendar(self, since: dt.datetime, until: dt.datetime) -> ChangeCalendar:
        """The same with what they collide with, freezes, and planned work that no change opened."""
        return self._looking.calendar(since, until)

    def show(self, identity: str) -> ChangeShown:
        """Raises `NotFound`."""
        with self._journal.read() as tx:
            change = tx.change_records.need(identity)
            hits = self._looking.collisions(tx, change)
            frozen = change.state not in {"draft", "rejected"} and change.risk is not None
            risk = change.risk if frozen and change.risk else self._looking.risk(tx, change, hits)
        return ChangeShown(change, risk, hits)

    def tries(self, draft: ChangeDraft) -> ChangeShown:
        """What its risk and its collisions would be: nothing is written. Raises `BadInput`."""
        with self._journal.read() as tx:
            change = drafted(self._keeping, tx, draft, identity="", by="")
            hits = self._looking.collisions(tx, change)
            return ChangeShown(change, self._looking.risk(tx, change, hits), hits)

    # what people do

    def raise_change(self, draft: ChangeDraft, *, by: Keeper) -> ChangeShown:
        """Write a change down. Raises `BadInput`, `Forbidden`."""
        keeping = self._keeping
        keeping.allow(by, "changes", "raise", services=keeping.services(draft.services))
        with self._journal.write() as tx:
            change = drafted(keeping, tx, draft, identity=keeping.new_id(tx, "chg"), by=by.by)
            if change.ends_at <= keeping.now:
                raise BadInput("that time is over already", mend="give an end that is still to come")
            tx.change_records.put(change)
            keeping.record(tx, by.by, "change.raised", change.id, {"title": change.title, "services": list(change.services),
                                                                    "kind": change.kind})  # fmt: skip
        return self.show(change.id)

    def edit(self, identity: str, draft: ChangeDraft, *, by: Keeper) -> ChangeShown:
        """Change what is not begun; approvals that it had are void. Raises `NotFound`, `Conflict`, `BadInput`, `Forbidden`."""
        keeping = self._keeping
        with self._journal.write() as tx:
            old = self._mine(tx, identity, by, "edit", {"draft", "rejected", "asked", "approved"})
            made = drafted(keeping, tx, draft, identity=identity, by=old.made_by)
            if content_digest(made) == content_digest(old) and made.owner == old.owner:
                return self._looking.shown(tx, old)
            self.parts.let_go(tx, old, by=by.by)
            kept = made.model_copy(
                update={"made_at": old.made_at, "story": (*old.story, keeping.event(by.by, "edited", "Written anew."))}
            )
            tx.change_records.put(kept)
            keeping.record(tx, by.by, "change.edited", identity, {"before": old.digest, "after": content_digest(kept)})
            return self._looking.shown(tx, kept)

    def submit(self, identity: str, *, by: Keeper) -> Change:
        """Ask for it: a standard change is approved at once, any other takes the yes of others. Raises `Conflict`."""
        keeping, now = self._keeping, self._keeping.now
        with self._journal.write() as tx:
            change = self._mine(tx, identity, by, "submit", {"draft", "rejected"})
            hits = self._looking.collisions(tx, change)
            hard = next((one for one in hits if one.hard), None)
            if hard is not None:
                raise Conflict(hard.words, mend="choose another time, or make it an emergency change")
            change = self._normal_if_not_covered(
                tx, change.model_copy(update={"risk": self._looking.risk(tx, change, hits)})
            )
            change = change.model_copy(update={"digest": content_digest(change)})
            assert change.risk is not None
            if change.kind == "standard":
                text = f"Pre-authorised by {change.model}; risk {change.risk.score}."
                done = self.parts.open_windows(
                    tx, self.parts.told(change, by.by, "approved", text, state="approved"), by=by.by
                )
            else:
                asks = asks_of(tx, change, keeping.world)
                text = f"Approval is asked for; risk {change.risk.score} ({change.risk.level})."
                done = ask(
                    tx, keeping.rooms, self.parts.told(change, by.by, "asked", text, state="asked"), asks, now=now
                )
            keeping.record(tx, by.by, "change.submitted", identity, {"digest": done.digest, "risk": change.risk.score,
                                                                    "kind": done.kind, "state": done.state})  # fmt: skip
            return tx.change_records.put(done)

    def begin(self, identity: str, *, by: Keeper, runs: Sequence[str] = ()) -> Change:
        """It is being made from now on. `runs`: numbers of the cases whose runs carry it out. An emergency may begin before its
        approval; that stays on record. Raises `Conflict`."""
        keeping, now = self._keeping, self._keeping.now
        with self._journal.write() as tx:
            change = self._mine(tx, identity, by, "begin", {"approved", "asked"})
            if change.state == "asked" and change.kind != "emergency":
                raise Conflict("this change is not approved yet", mend="wait for the approval")
            hard = next((one for one in self._looking.collisions(tx, change) if one.hard), None)
            if hard is not None:
                raise Conflict(hard.words, mend="end the freeze, or make it an emergency change")
            late = change.state == "asked"
            text = "Begun before its approval, as an emergency." if late else "Begun."
            begun = self.parts.told(change, by.by, "begun", text, state="under_way").model_copy(
                update={"begun_at": now, "runs": tuple(case_ids(tx, runs))}
            )
            begun = self.parts.open_windows(tx, begun, by=by.by)
            for identity_ in begun.windows:
                window = tx.maintenance.get(identity_)
                if window is not None and window.starts_at > now:
                    tx.maintenance.put(window.model_copy(update={"starts_at": now}))
            keeping.record(tx, by.by, "change.begun", change.id, {"approved": not late})
            return tx.change_records.put(begun)

    def finish(
        self,
        identity: str,
        *,
        said: Literal["done", "backed_out", "failed"],
        by: Keeper,
        checked: Literal["passed", "failed"] | None = None,
        note: str = "",
    ) -> Change:
        """It is over; what came of it is computed from what happens after. Raises `Conflict`."""
        keeping, now = self._keeping, self._keeping.now
        with self._journal.write() as tx:
            change = self._mine(tx, identity, by, "finish", {"under_way"})
            text = f"Over: {said.replace('_', ' ')}{f'; its check {checked}' if checked else ''}. {note}".strip()
            done = self.parts.told(change, by.by, "finished", text, state="watched").model_copy(
                update={"finished_at": now, "said": said, "checked": checked}
            )
            self.parts.close_windows(tx, done, by=by.by)
            keeping.record(tx, by.by, "change.finished", change.id, {"said": said, "checked": checked or ""})
            return tx.change_records.put(done)

    def cancel(self, identity: str, *, reason: str, by: Keeper) -> Change:
        """It is not made. Raises `Conflict`."""
        with self._journal.write() as tx:
            change = self._mine(tx, identity, by, "cancel", {"draft", "rejected", "asked", "approved"})
            self.parts.let_go(tx, change, by=by.by)
            done = self.parts.told(change, by.by, "cancelled", reason or "Not wanted any more.", state="cancelled")
            self._keeping.record(tx, by.by, "change.cancelled", identity, {"reason": reason})
            return tx.change_records.put(done)

    def look_now(self, identity: str) -> Change:
        """Its outcome by what is known now; it is closed when it has been watched long enough."""
        now = self._keeping.now
        with self._journal.write() as tx:
            change = tx.change_records.need(identity, lock=True)
            if change.state != "watched":
                raise Conflict(f"this change is {change.state.replace('_', ' ')}")
            return self.parts.judged(tx, change, now=now)

    def correct(self, identity: str, result: ChangeResult, *, reason: str, by: Keeper) -> Change:
        """Say that the computed outcome is wrong. Never by who made it. Raises `Conflict`, `BadInput`, `Forbidden`."""
        keeping = self._keeping
        if len(reason.strip()) < 10:
            raise BadInput("a correction has a reason", mend="say what shows it, in a sentence")
        with self._journal.write() as tx:
            change = tx.change_records.need(identity, lock=True)
            mine = names_person(by) in {change.made_by, change.owner} or by.by in {change.made_by, change.owner}
            keeping.allow(by, "changes", "correct", services=change.services, mine=mine)
            if change.state != "closed" or change.outcome is None:
                raise Conflict("its outcome is not known yet", mend="wait until it has been watched")
            fixed = Correction(result=result, by=by.by, at=keeping.now, reason=reason.strip()[:1_000])
            text = f"From {change.result} to {result}: {fixed.reason}"
            done = self.parts.told(change, by.by, "corrected", text, state="closed").model_copy(
                update={"correction": fixed}
            )
            keeping.record(tx, by.by, "change.corrected", identity, {"computed": change.outcome.result, "to": result,
                                                                    "reason": fixed.reason})  # fmt: skip
            return tx.change_records.put(done)

    def _mine(self, tx: Tx, identity: str, by: Keeper, deed: str, states: set[str]) -> Change:
        change = tx.change_records.need(identity, lock=True)
        mine = bool({by.by, names_person(by)} & {change.made_by, change.owner})
        self._keeping.allow(by, "changes", deed, services=change.services, mine=mine)
        if change.source:
            raise Conflict(f"{change.source} keeps this change", mend="change it there")
        if change.state not in states:
            raise Conflict(f"this change is {change.state.replace('_', ' ')}")
        return change

    def _normal_if_not_covered(self, tx: Tx, change: Change) -> Change:
        """A standard change that its model does not cover any more is a normal one."""
        why = why_normal(tx, change)
        if not why:
            return change
        text = f"A normal change: {why}."
        return self.parts.told(change, "tickless", "kind", text, state=change.state).model_copy(
            update={"kind": "normal"}
        )
