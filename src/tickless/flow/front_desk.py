"""The desk as it stands in a running house: see `desk.Desk` for what each call promises."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable
from typing import Any

from tickless.domain.case import Case
from tickless.domain.decision import ApprovalRequest
from tickless.domain.errors import BadInput, Conflict, Forbidden, NotFound
from tickless.domain.person import Person
from tickless.domain.record import Untrusted
from tickless.domain.runbook import Runbook
from tickless.domain.signal import Payload, Sender, Signal
from tickless.flow import ends, names
from tickless.flow.desk import Accepted, Check, Greeting, Numbers, Rehearsal, Said
from tickless.flow.doctor import examine
from tickless.flow.engine import Engine
from tickless.flow.manual import manual_case, preview_case
from tickless.flow.rooms import Rooms
from tickless.journal import Tx
from tickless.kit.ids import new_id
from tickless.stages.decide.binding import bind
from tickless.stages.decide.core import make_plan
from tickless.stages.decide.policy_requests import Principal, Resource
from tickless.stages.learn.core import RUNGS
from tickless.stages.sense.core import message_fingerprint
from tickless.stages.sense.reading import plain

MAX_MESSAGE = 8_000
SWITCHES = ("all", "freeze", "runbook:", "service:")


class FrontDesk:
    """`wake` tells the intake that something new stands in the log, `renew` reads the records again."""

    def __init__(self, *, rooms: Rooms, engine: Engine, wake: Callable[[], None], renew: Callable[[], None]) -> None:
        self._rooms = rooms
        self._engine = engine
        self._wake = wake
        self._renew = renew
        self.journal = rooms.journal
        self.clock = rooms.clock
        self.runbooks: dict[str, Runbook] = dict(rooms.runbooks)

    async def receive(self, payload: Payload) -> Accepted:
        got = await self._rooms.sense.receive(payload)
        return Accepted(got.received, got.new, got.quarantined, got.reason, got.mend)

    def signed(self, source: str) -> bool:
        return self._rooms.sense.signed(source)

    def greet(self, payload: Payload) -> Greeting:
        return Greeting(*self._rooms.sense.greet(payload))

    async def replay(self, quarantined: str, *, by: str) -> Accepted:
        log = self.journal.signals
        payload = await asyncio.to_thread(log.quarantined_payload, quarantined)
        got = await self.receive(payload.model_copy(update={"received_at": self.clock.now()}))
        now = self.clock.now()
        if got.quarantined is None:
            await asyncio.to_thread(log.mark_replayed, quarantined, at=now)
        await asyncio.to_thread(self._audit, by, "quarantine.replayed", quarantined, {"new": got.new})
        return got

    async def say(self, sender: Sender, text: str, *, key: str = "") -> Said:
        words = plain(text).strip()
        if not words:
            raise BadInput("the message is empty", mend="write what is wrong or what you need")
        if len(words) > MAX_MESSAGE:
            raise BadInput(f"the message is longer than {MAX_MESSAGE} characters", mend="say it shorter")
        now = self.clock.now()
        identity = new_id("sig")
        signal = Signal(
            id=identity,
            source=f"chat:{sender.channel}",
            event_key=key or identity,
            kind="message",
            fingerprint=message_fingerprint(sender.conversation, words),
            occurred_at=now,
            received_at=now,
            title=Untrusted(words[:200]),
            body=Untrusted(words),
            sender=sender,
        )
        await self._rooms.sense.store([signal], None)
        return Said(identity, sender.conversation)

    async def answer_approval(
        self, approval: str, *, by: Person | None, user: str, approve: bool, reason: str
    ) -> ApprovalRequest:
        return await asyncio.to_thread(self._answer_approval, approval, by, approve, reason)

    def _answer_approval(self, approval: str, by: Person | None, approve: bool, reason: str) -> ApprovalRequest:
        now = self.clock.now()
        if by is None:
            raise Forbidden("approvals are given by people", mend="sign in with an account that belongs to a person")
        with self.journal.write() as tx:
            asked = tx.approvals.need(approval, lock=True)
            if asked.state != "pending":
                raise Conflict(f"this approval is {asked.state} already")
            if asked.expires_at <= now:
                raise Conflict("this approval has expired", mend="the requester has to ask again")
            case = tx.cases.need(asked.case)
            ruling = self._rooms.policy.may(
                principal=Principal.person(by),
                action="approve",
                resource=Resource.approval(
                    asked, beneficiary=asked.beneficiary, typed_by=by.id if by.id in self._typed(tx, case) else None
                ),
                context={"assurance": "signed_in"},
            )
            if not ruling.allowed:
                self._audit_in(
                    tx, by.id, "approval.refused", asked.id, {"policies": [r.policy for r in ruling.reasons]}
                )
            else:
                asked = self._answered(tx, asked, by, approve=approve, reason=reason, now=now)
        if not ruling.allowed:
            raise Forbidden(" ".join(reason.text for reason in ruling.reasons))
        self._wake()
        return asked

    def _typed(self, tx: Tx, case: Case) -> set[str]:
        """Who wrote the request: whoever spoke, and whoever typed it for them at the service desk."""
        if case.door == "machine":
            return {case.speaker or ""}
        signals = [self.journal.signals.get(joined.signal) for joined in tx.alerts.joined(case.id)]
        return {case.speaker or "", *(s.sender.via for s in signals if s.sender is not None and s.sender.via)}

    def _answered(
        self, tx: Tx, asked: ApprovalRequest, by: Person, *, approve: bool, reason: str, now: dt.datetime
    ) -> ApprovalRequest:
        state = "approved" if approve else "denied"
        done = asked.model_copy(
            update={"state": state, "answered_by": by.id, "answered_at": now, "reason": reason[:1_000]}
        )
        tx.approvals.put(done)
        tx.audit.append(at=now, actor=by.id, action=f"approval.{state}", subject=asked.id, case=asked.case,
                        detail={"plan_hash": asked.plan_hash, "reason": done.reason})  # fmt: skip
        message = {"type": "approval", "approval": asked.id, "approve": approve, "by": by.id}
        tx.coordination.post(f"approval:{asked.id}", workflow=asked.waiting, message=message)
        return done

    async def rehearse(self, runbook: str, inputs: dict[str, str], *, by: str) -> Rehearsal:
        return await asyncio.to_thread(self._rehearse, runbook, inputs, by)

    def _rehearse(self, runbook: str, inputs: dict[str, str], by: str) -> Rehearsal:
        known = self._runbook(runbook)
        now = self.clock.now()
        case = preview_case(known, inputs, world=self._rooms.world(), now=now)
        bound = bind(known, case, self._rooms.world())
        if bound.missing:
            names_of = ", ".join(missing.name for missing in bound.missing)
            raise BadInput(f"these inputs are missing or not known: {names_of}", mend="give them as name=value")
        plan = make_plan(known, case, bound.inputs)
        steps = self._rooms.act.rehearse(plan, clock=self.clock.now)
        ruled = self._rooms.decide.rule(case, plan, now=now)
        checks = [self._rooms.verify.look(c, inputs=plan.inputs, steps={}, key="rehearsal") for c in plan.precheck]
        held = all(reading.held for reading in checks)
        decision = "may run by itself" if ruled.allowed else "needs " + (", ".join(ruled.needs) or "another policy")
        verdict = "its preconditions hold" if held else "its preconditions do not hold: nothing would be done"
        self._audit(by, "runbook.rehearsed", runbook, {"plan_hash": plan.hash})
        return Rehearsal(plan, tuple(steps), verdict, decision, tuple(reason.text for reason in ruled.reasons))

    def _runbook(self, runbook: str) -> Runbook:
        if runbook not in self.runbooks:
            raise NotFound(f"there is no runbook {runbook[:80]!r}", mend="`tickless runbook list` shows what there is")
        return self.runbooks[runbook]

    async def run(self, runbook: str, inputs: dict[str, str], *, by: str, reason: str) -> Case:
        return await asyncio.to_thread(self._run, runbook, inputs, by, reason)

    def _run(self, runbook: str, inputs: dict[str, str], by: str, reason: str) -> Case:
        known = self._runbook(runbook)
        now = self.clock.now()
        with self.journal.write() as tx:
            case = manual_case(tx, known, inputs, world=self._rooms.world(), by=by, reason=reason, now=now)
            bound = bind(known, case, self._rooms.world())
            if bound.missing:
                names_of = ", ".join(missing.name for missing in bound.missing)
                raise BadInput(f"these inputs are missing or not known: {names_of}", mend="give them as name=value")
            self._begin(tx, case)
        return case

    def _begin(self, tx: Tx, case: Case) -> None:
        workflow = names.case_workflow(case.id, case.generation)
        self._engine.enqueue(tx, names.RESOLVE_CASE, workflow=workflow, args=(case.id, case.generation))

    async def close(self, case: str, *, by: str, how: str, reason: str) -> Case:
        return await asyncio.to_thread(self._close, case, by, how, reason)

    def _close(self, case: str, by: str, how: str, reason: str) -> Case:
        outcomes: dict[str, tuple[Any, Any]] = {
            "hand_off": ("handed_off", "handed_off"),
            "mute": ("muted", "muted"),
            "confirm": ("resolved", "confirmed"),
        }
        now = self.clock.now()
        with self.journal.write() as tx:
            record = tx.cases.need(case, lock=True)
            by_people = record.state == "handed_off" and how in {"confirm", "mute"}
            if not record.live and not by_people:
                raise Conflict(f"case {record.number} is {record.state} already", mend="reopen it if it is not solved")
            if how == "withdraw":
                done = ends.withdraw(tx, record, by=by, now=now)
            elif how in outcomes:
                state, outcome = outcomes[how]
                done = ends.end_case(tx, record, state=state, outcome=outcome, now=now, why=reason, by=by)
                if how == "confirm":
                    ends.tell_affected(tx, done, self._rooms.world(), now=now)
            else:
                raise BadInput(f"{how[:40]!r} is no way to close a case", mend="hand_off, mute, withdraw or confirm")
            ends.tell_runs(tx, record, by=by)
        self._wake()
        return done

    async def reopen(self, case: str, *, by: str, reason: str) -> Case:
        return await asyncio.to_thread(self._reopen, case, by, reason)

    def _reopen(self, case: str, by: str, reason: str) -> Case:
        with self.journal.write() as tx:
            record = tx.cases.need(case, lock=True)
            if record.live:
                raise Conflict(f"case {record.number} is open already")
            back = ends.reopen(tx, record, by=by, why=reason, now=self.clock.now())
            self._begin(tx, back)
        return back

    async def set_switch(self, name: str, *, on: bool, by: str, reason: str) -> None:
        if not any(name == known or (known.endswith(":") and name.startswith(known)) for known in SWITCHES):
            raise BadInput(f"{name[:60]!r} is no brake", mend="all, freeze, runbook:<id> or service:<id>")
        kind, _, what = name.partition(":")
        known = {"runbook": self.runbooks, "service": self._rooms.world().services}.get(kind, {what: None})
        if on and what not in known:
            raise BadInput(f"there is no {kind} {what[:60]!r}, so this brake would stop nothing", mend="look the id up")

        def write() -> None:
            now = self.clock.now()
            with self.journal.write() as tx:
                tx.coordination.set_switch(name, on=on, by=by, reason=reason, at=now)
                tx.audit.append(at=now, actor=by, action="switch.on" if on else "switch.off", subject=f"switch:{name}",
                                detail={"reason": reason})  # fmt: skip

        await asyncio.to_thread(write)

    async def set_rung(self, runbook: str, *, rung: str, by: str) -> None:
        self._runbook(runbook)
        if rung not in RUNGS:
            raise BadInput(f"{rung[:40]!r} is no rung", mend=", ".join(RUNGS))

        def write() -> None:
            now = self.clock.now()
            with self.journal.write() as tx:
                before = tx.coordination.rungs().get(runbook)
                tx.coordination.set_rung(runbook, rung=rung, by=by, at=now)
                tx.audit.append(at=now, actor=by, action="autonomy.set", subject=f"runbook:{runbook}",
                                detail={"from": before, "to": rung})  # fmt: skip

        await asyncio.to_thread(write)

    async def open_secret(self, identity: str, *, person: str | None, conversation: str | None = None) -> str:
        vault = self._rooms.vault
        return await asyncio.to_thread(lambda: vault.hand_out(identity, person=person, conversation=conversation))

    def renew(self) -> None:
        self._renew()

    def numbers(self) -> Numbers:
        return Numbers(**self._rooms.measure.numbers().__dict__)

    def doctor(self) -> list[Check]:
        return examine(self._rooms, self._engine)

    def _audit(self, by: str, action: str, subject: str, detail: dict[str, Any]) -> None:
        with self.journal.write() as tx:
            self._audit_in(tx, by, action, subject, detail)

    def _audit_in(self, tx: Tx, by: str, action: str, subject: str, detail: dict[str, Any]) -> None:
        tx.audit.append(at=self.clock.now(), actor=by, action=action, subject=subject, detail=detail)
