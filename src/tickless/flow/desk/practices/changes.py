"""What doors may ask about changes: written down, judged, approved, made, and what came of them. Ruled and audited."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from tickless.domain.change import (
    OPEN_STATES,
    Change,
    ChangeDraft,
    ChangeModel,
    ChangeResult,
    Collision,
    Correction,
    ModelDraft,
    Risk,
)
from tickless.domain.errors import BadInput, Conflict
from tickless.domain.known import Maintenance
from tickless.flow.desk.holding import Keeper
from tickless.flow.desk.practices.change_approval import ask, asks_of, content_digest, end_asking
from tickless.flow.desk.practices.keeping import Keeping, names_person
from tickless.journal import Tx
from tickless.kit.ids import new_id
from tickless.practices.changes.collisions import collisions_of
from tickless.practices.changes.core import Asked, risk_of
from tickless.practices.changes.facts import facts_of, past_of
from tickless.practices.changes.outcomes import outcome_of, watched_until
from tickless.practices.known import call_off, plan_work

MOST = 500
LONGEST = dt.timedelta(days=31)


@dataclass(frozen=True)
class ChangeShown:
    """A change as it stands: its risk now, and what else is on at that time."""

    change: Change
    risk: Risk
    collisions: tuple[Collision, ...]


class ChangesDesk:
    """Methods block. What changes something raises `Forbidden` with the policies' reasons."""

    def __init__(self, keeping: Keeping) -> None:
        self._keeping = keeping
        self._journal = keeping.rooms.journal

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
            table = tx.change_records.table.c
            gone = table.state.in_(("cancelled", "rejected"))
            found = tx.change_records.where(
                ~gone, table.due >= since - LONGEST, table.due < until, order=table.due, limit=MOST
            )
        return [one for one in found if one.ends_at > since]

    def show(self, identity: str) -> ChangeShown:
        """Raises `NotFound`."""
        with self._journal.read() as tx:
            change = tx.change_records.need(identity)
            hits = self._collisions(tx, change)
            frozen = change.state not in {"draft", "rejected"} and change.risk is not None
            risk = change.risk if frozen and change.risk else self._risk(tx, change, hits)
        return ChangeShown(change, risk, hits)

    def models(self) -> list[ChangeModel]:
        """Standard changes, by id."""
        with self._journal.read() as tx:
            return tx.change_models.where(limit=MOST)

    def tries(self, draft: ChangeDraft) -> ChangeShown:
        """What its risk and its collisions would be: nothing is written. Raises `BadInput`."""
        with self._journal.read() as tx:
            change = self._made(tx, draft, identity="", by="")
            hits = self._collisions(tx, change)
            return ChangeShown(change, self._risk(tx, change, hits), hits)

    # what people do

    def raise_change(self, draft: ChangeDraft, *, by: Keeper) -> ChangeShown:
        """Write a change down. Raises `BadInput`, `Forbidden`."""
        keeping = self._keeping
        keeping.allow(by, "changes", "raise", services=keeping.services(draft.services))
        with self._journal.write() as tx:
            change = self._made(tx, draft, identity=keeping.new_id(tx, "chg"), by=by.by)
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
            made = self._made(tx, draft, identity=identity, by=old.made_by)
            if content_digest(made) == content_digest(old) and made.owner == old.owner:
                return self._shown(tx, old)
            self._let_go(tx, old, by=by.by)
            kept = made.model_copy(
                update={"made_at": old.made_at, "story": (*old.story, keeping.event(by.by, "edited", "Written anew."))}
            )
            tx.change_records.put(kept)
            keeping.record(tx, by.by, "change.edited", identity, {"before": old.digest, "after": content_digest(kept)})
            return self._shown(tx, kept)

    def submit(self, identity: str, *, by: Keeper) -> Change:
        """Ask for it: a standard change is approved at once, any other takes the yes of others. Raises `Conflict`."""
        keeping, now = self._keeping, self._keeping.now
        with self._journal.write() as tx:
            change = self._mine(tx, identity, by, "submit", {"draft", "rejected"})
            hits = self._collisions(tx, change)
            hard = next((one for one in hits if one.hard), None)
            if hard is not None:
                raise Conflict(hard.words, mend="choose another time, or make it an emergency change")
            change = self._standard_or_not(tx, change.model_copy(update={"risk": self._risk(tx, change, hits)}))
            change = change.model_copy(update={"digest": content_digest(change)})
            assert change.risk is not None
            if change.kind == "standard":
                text = f"Pre-authorised by {change.model}; risk {change.risk.score}."
                done = self.open_windows(tx, self.told(change, by.by, "approved", text, state="approved"), by=by.by)
            else:
                asks = asks_of(tx, change, keeping.world)
                text = f"Approval is asked for; risk {change.risk.score} ({change.risk.level})."
                done = ask(tx, keeping.rooms, self.told(change, by.by, "asked", text, state="asked"), asks, now=now)
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
            hard = next((one for one in self._collisions(tx, change) if one.hard), None)
            if hard is not None:
                raise Conflict(hard.words, mend="end the freeze, or make it an emergency change")
            late = change.state == "asked"
            text = "Begun before its approval, as an emergency." if late else "Begun."
            begun = self.told(change, by.by, "begun", text, state="under_way").model_copy(
                update={"begun_at": now, "runs": tuple(self._case_ids(tx, runs))}
            )
            begun = self.open_windows(tx, begun, by=by.by)
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
            done = self.told(change, by.by, "finished", text, state="watched").model_copy(
                update={"finished_at": now, "said": said, "checked": checked}
            )
            self._close_windows(tx, done, by=by.by)
            keeping.record(tx, by.by, "change.finished", change.id, {"said": said, "checked": checked or ""})
            return tx.change_records.put(done)

    def cancel(self, identity: str, *, reason: str, by: Keeper) -> Change:
        """It is not made. Raises `Conflict`."""
        with self._journal.write() as tx:
            change = self._mine(tx, identity, by, "cancel", {"draft", "rejected", "asked", "approved"})
            self._let_go(tx, change, by=by.by)
            done = self.told(change, by.by, "cancelled", reason or "Not wanted any more.", state="cancelled")
            self._keeping.record(tx, by.by, "change.cancelled", identity, {"reason": reason})
            return tx.change_records.put(done)

    def look_now(self, identity: str) -> Change:
        """Its outcome by what is known now; it is closed when it has been watched long enough."""
        now = self._keeping.now
        with self._journal.write() as tx:
            change = tx.change_records.need(identity, lock=True)
            if change.state != "watched":
                raise Conflict(f"this change is {change.state.replace('_', ' ')}")
            return self.judged(tx, change, now=now)

    def judged(self, tx: Tx, change: Change, *, now: dt.datetime) -> Change:
        """The change with its outcome so far; closed once it has been watched long enough."""
        found = outcome_of(change, facts_of(tx, change, self._keeping.world, now=now), now=now)
        done = change.model_copy(update={"outcome": found})
        if now >= watched_until(change):
            words = f"{found.result.replace('_', ' ')}: " + " ".join(one.words for one in found.evidence)
            done = self.told(done, "tickless", "outcome", words, state="closed")
            self._keeping.record(tx, "tickless", "change.outcome", change.id,
                                 {"result": found.result, "evidence": [one.words for one in found.evidence]})  # fmt: skip
        return tx.change_records.put(done)

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
            done = self.told(change, by.by, "corrected", text, state="closed").model_copy(update={"correction": fixed})
            keeping.record(tx, by.by, "change.corrected", identity, {"computed": change.outcome.result, "to": result,
                                                                    "reason": fixed.reason})  # fmt: skip
            return tx.change_records.put(done)

    # standard changes

    def authorise(self, draft: ModelDraft, *, by: Keeper, identity: str | None = None) -> ChangeModel:
        """Pre-authorise a kind of change, or again one that was suspended. Raises `BadInput`, `Forbidden`, `NotFound`."""
        keeping = self._keeping
        services = keeping.services(draft.services)
        keeping.allow(by, "changes", "authorise", services=services)
        if draft.backout == "none":
            raise BadInput("a standard change has a way back", mend="write the way back down")
        with self._journal.write() as tx:
            if identity is not None:
                tx.change_models.need(identity)
            made = ChangeModel(
                **draft.model_dump(exclude={"services", "owner"}),
                id=identity or keeping.new_id(tx, "std"),
                services=services,
                owner=keeping.person(draft.owner),
                made_by=by.by,
                made_at=keeping.now,
                authorised_by=by.by,
                authorised_at=keeping.now,
            )
            keeping.record(tx, by.by, "change_model.authorised", made.id, {"title": made.title})
            return tx.change_models.put(made)

    def retire(self, identity: str, *, reason: str, by: Keeper) -> ChangeModel:
        """No more of a standard change. Raises `NotFound`, `Forbidden`."""
        self._keeping.allow(by, "changes", "authorise")
        with self._journal.write() as tx:
            model = tx.change_models.need(identity, lock=True)
            self._keeping.record(tx, by.by, "change_model.retired", identity, {"reason": reason})
            return tx.change_models.put(model.model_copy(update={"state": "retired", "suspended_why": reason[:500]}))

    # pieces

    def told(self, change: Change, by: str, kind: str, text: str, *, state: str) -> Change:
        """In another state, with a line of its story."""
        story = (*change.story, self._keeping.event(by, kind, text))[-200:]
        return change.model_copy(update={"state": state, "story": story})

    def open_windows(self, tx: Tx, change: Change, *, by: str) -> Change:
        """Planned work at each of its services, while it is made."""
        now = self._keeping.now
        if change.windows or change.ends_at <= now:
            return change
        made = []
        for service in change.services:
            window = Maintenance(
                id=new_id("mnt"), service=service, title=change.title, starts_at=change.starts_at, ends_at=change.ends_at,
                owner=change.owner, change=change.id, note=change.why[:500],
            )  # fmt: skip
            made.append(plan_work(tx, window, world=self._keeping.world, by=by, now=now).id)
        return change.model_copy(update={"windows": tuple(made)})

    def _close_windows(self, tx: Tx, change: Change, *, by: str) -> None:
        now = self._keeping.now
        for identity in change.windows:
            window = tx.maintenance.get(identity)
            if window is not None and not window.cancelled and window.ends_at > now:
                call_off(tx, identity, by=by, now=now)

    def _let_go(self, tx: Tx, change: Change, *, by: str) -> None:
        """Its approvals are void and its windows are called off."""
        end_asking(tx, change, said="expired", now=self._keeping.now, by=by)
        self._close_windows(tx, change, by=by)

    def _mine(self, tx: Tx, identity: str, by: Keeper, deed: str, states: set[str]) -> Change:
        change = tx.change_records.need(identity, lock=True)
        mine = bool({by.by, names_person(by)} & {change.made_by, change.owner})
        self._keeping.allow(by, "changes", deed, services=change.services, mine=mine)
        if change.source:
            raise Conflict(f"{change.source} keeps this change", mend="change it there")
        if change.state not in states:
            raise Conflict(f"this change is {change.state.replace('_', ' ')}")
        return change

    def _made(self, tx: Tx, draft: ChangeDraft, *, identity: str, by: str) -> Change:
        keeping = self._keeping
        if draft.ends_at <= draft.starts_at:
            raise BadInput(
                "a change ends after it begins", mend="look at the two times; both are UTC unless they say so"
            )
        if draft.ends_at - draft.starts_at > LONGEST:
            raise BadInput("a change takes at most a month", mend="make it in parts")
        services = keeping.services(draft.services)
        values = draft.model_dump(exclude={"services", "owner"})
        if draft.model:
            model = tx.change_models.need(draft.model)
            for name in ("backout_plan", "check"):
                values[name] = values[name] or getattr(model, name)
            values["backout"] = model.backout if draft.backout == "none" else draft.backout
            values["kind"] = "standard"
        elif draft.kind == "standard":
            raise BadInput("a standard change is one of a model", mend="name its model, or make it a normal change")
        return Change(
            **values, id=identity, services=services, service=services[0], made_by=by, made_at=keeping.now,
            owner=keeping.person(draft.owner) or (by if by in keeping.world.people else None),
        )  # fmt: skip

    def _standard_or_not(self, tx: Tx, change: Change) -> Change:
        """A standard change that its model does not cover any more is a normal one."""
        if change.kind != "standard":
            return change
        model, risk = tx.change_models.get(change.model or ""), change.risk
        why = ""
        if model is None or model.state != "authorised":
            why = "its model is not authorised"
        elif model.services and not set(change.services) <= set(model.services):
            why = "its model is not for these services"
        elif risk is None or risk.score > model.most_risk:
            why = f"its risk is above the {model.most_risk} of its model"
        if not why:
            return change
        text = f"A normal change: {why}."
        return self.told(change, "tickless", "kind", text, state=change.state).model_copy(update={"kind": "normal"})

    def _risk(self, tx: Tx, change: Change, hits: Sequence[Collision]) -> Risk:
        asked = Asked(
            services=change.services, starts_at=change.starts_at, ends_at=change.ends_at, backout=change.backout,
            kind=change.kind, past=past_of(tx, model=change.model, services=change.services),
            frozen=any(one.kind == "freeze" for one in hits),
        )  # fmt: skip
        return risk_of(asked, self._keeping.world)

    def _collisions(self, tx: Tx, change: Change) -> tuple[Collision, ...]:
        table, work = tx.change_records.table.c, tx.maintenance.table.c
        others = tx.change_records.where(
            table.state.in_(OPEN_STATES), table.due >= change.starts_at - LONGEST, table.due < change.ends_at, limit=MOST
        )  # fmt: skip
        windows = tx.maintenance.where(work.starts_at < change.ends_at, work.ends_at > change.starts_at, limit=MOST)
        rules = tx.change_rules.where(tx.change_rules.table.c.starts_at < change.ends_at, limit=MOST)
        return collisions_of(change, others=others, windows=windows, rules=rules, world=self._keeping.world)

    def _shown(self, tx: Tx, change: Change) -> ChangeShown:
        hits = self._collisions(tx, change)
        return ChangeShown(change, self._risk(tx, change, hits), hits)

    @staticmethod
    def _case_ids(tx: Tx, numbers: Sequence[str]) -> list[str]:
        found = []
        for number in numbers:
            case = tx.cases.by_number(int(number)) if number.isdecimal() and len(number) < 12 else tx.cases.get(number)
            if case is None:
                raise BadInput(f"there is no case {number[:40]!r}", mend="give the numbers of cases")
            found.append(case.id)
        return found
