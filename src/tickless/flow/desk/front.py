"""The desk as it stands in a running house: see `promise.Desk` for what each call promises."""

from __future__ import annotations

import asyncio
import dataclasses
import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any, get_args

from tickless.domain.case import Case, Message
from tickless.domain.decision import ApprovalRequest
from tickless.domain.errors import BadInput, Conflict, Forbidden, NotFound
from tickless.domain.known import Bulletin
from tickless.domain.person import Person
from tickless.domain.record import Untrusted
from tickless.domain.runbook import Runbook
from tickless.domain.signal import Deed, Payload, Sender, Signal
from tickless.flow import names
from tickless.flow.approvals.approving import Approving
from tickless.flow.approvals.links import ApprovalLinks
from tickless.flow.desk.architecting import ArchitectDesk
from tickless.flow.desk.assisting import Assisting, labels_of
from tickless.flow.desk.autonomy import AutonomyDesk
from tickless.flow.desk.brakes import BrakesDesk
from tickless.flow.desk.doctor import examine
from tickless.flow.desk.drafting import Drafting, DryRun
from tickless.flow.desk.erasing import ErasingDesk
from tickless.flow.desk.following import Following
from tickless.flow.desk.history import HistoryDesk
from tickless.flow.desk.holding import HoldingDesk
from tickless.flow.desk.identity import IdentityDesk
from tickless.flow.desk.knowledge import KnowledgeCare
from tickless.flow.desk.manual import lost_names, manual_case, not_bound
from tickless.flow.desk.map_health import map_checks
from tickless.flow.desk.mining import MiningDesk
from tickless.flow.desk.opening import Opening
from tickless.flow.desk.planning import PlanningDesk
from tickless.flow.desk.policy import PolicyDesk
from tickless.flow.desk.policy_health import policy_check
from tickless.flow.desk.practices import PracticesDesk
from tickless.flow.desk.promise import Accepted, Check, Greeting, Numbers, Said
from tickless.flow.desk.record_health import record_checks
from tickless.flow.desk.record_keeping import RecordKeeping
from tickless.flow.desk.regroup import RegroupDesk
from tickless.flow.desk.report_subscriptions import ReportSubscriptions
from tickless.flow.desk.reports import Reports
from tickless.flow.desk.source_health import source_checks
from tickless.flow.desk.sources import Sources
from tickless.flow.desk.speaking import Draft, Speaking
from tickless.flow.desk.steering import SteeringDesk
from tickless.flow.desk.telemetry import TelemetryDesk
from tickless.flow.desk.telemetry_health import telemetry_check
from tickless.flow.desk.tickets import TicketDesk
from tickless.flow.desk.tools import ToolsDesk
from tickless.flow.desk.tools_health import tool_checks
from tickless.flow.desk.trying import Trying
from tickless.flow.ending import ends
from tickless.flow.ending.taking_back import can_be_taken_back, open_take_back, standing, underway
from tickless.flow.engine import Engine
from tickless.flow.inventory import MapDesk
from tickless.flow.lessons import Lessons
from tickless.flow.refusing import Refusing
from tickless.flow.regroup.bulletins import tell_bulletin
from tickless.flow.rooms import Rooms
from tickless.flow.routing import Routing
from tickless.flow.saying import words
from tickless.flow.talking.person_words import STOPPABLE
from tickless.journal import Tx
from tickless.kit.ids import new_id
from tickless.practices.knowledge.library import Library
from tickless.practices.knowledge.service import Taken
from tickless.practices.known import announce
from tickless.stages.decide.binding import bind
from tickless.stages.measure.metrics.metric import Level
from tickless.stages.sense.core import message_fingerprint
from tickless.stages.sense.reading import plain
from tickless.stages.understand.intents import IntentReport

MAX_MESSAGE = 8_000


class FrontDesk:
    """`wake` tells the intake that something new stands in the log, `renew` reads the records again."""

    tickets: TicketDesk
    """Set by the composition root: it wakes the thread that speaks with ticket systems."""
    telemetry: TelemetryDesk
    """Set by the composition root, too."""
    sources: Sources
    """Set by the composition root, too: one that also watches them."""
    holding: HoldingDesk
    """Set by the composition root, too: it has the rules of this house."""
    planning: PlanningDesk
    """Set by the composition root, too."""
    map: MapDesk
    """Set by the composition root, too."""
    erasing: ErasingDesk
    """Set by the composition root, too."""
    practised: frozenset[str] | None = None
    """First parts of the addresses of practices that this house has chosen; None: all."""
    metric_levels: tuple[Level, ...] = get_args(Level)
    """Of which levels the console lists metrics until somebody asks for all."""
    subscriptions: ReportSubscriptions
    """Set by the composition root, too: it knows where the house is."""
    architect: ArchitectDesk
    """Set by the composition root, too: it can start the sample company."""
    history: HistoryDesk
    mining: MiningDesk
    opening: Opening
    record: RecordKeeping
    """Set by the composition root, too: it has the key."""
    following: Following | None = None
    """Keeps up with git checkouts, where there are any. Set by the composition root, too."""

    def __init__(self, *, rooms: Rooms, engine: Engine, wake: Callable[[], None], renew: Callable[[], None],
                 care: KnowledgeCare, lessons: Lessons, routing: Routing,
                 refusing: Refusing, steering: SteeringDesk) -> None:  # fmt: skip
        self._rooms = rooms
        self._engine = engine
        self._wake = wake
        self._renew = renew
        self._care = care
        self.lessons = lessons
        self.routing = routing
        self.refusing = refusing
        self._approving = Approving(rooms)
        self.approval_links = ApprovalLinks(rooms)
        self.policy = PolicyDesk(rooms)
        self.autonomy = AutonomyDesk(rooms)
        self._speaking = Speaking(rooms)
        self.identity = IdentityDesk(rooms)
        self.assisting = Assisting(rooms)
        self.trying = Trying(rooms)
        self.regroup = RegroupDesk(rooms, engine, wake=wake)
        self.brakes = BrakesDesk(rooms)
        self.drafting = Drafting(rooms)
        self.tools = ToolsDesk(rooms)
        self.steering = steering
        self.reports = Reports(rooms, watch=steering.guard)
        self.practices = PracticesDesk.of(rooms)
        self.journal = rooms.journal
        self.clock = rooms.clock
        self.runbooks = rooms.runbooks

    async def receive(self, payload: Payload) -> Accepted:
        got = await self._rooms.sense.receive(payload)
        return Accepted(got.received, got.new, got.quarantined, got.reason, got.mend)

    def signed(self, source: str) -> bool:
        return self._rooms.sense.signed(source)

    def greet(self, payload: Payload) -> Greeting:
        return Greeting(*self._rooms.sense.greet(payload))

    async def replay(self, quarantined: str, *, by: str) -> Accepted:
        log = self.journal.signals
        now = self.clock.now()
        ours = await asyncio.to_thread(log.quarantined_signal, quarantined)
        if ours is not None:
            await self._rooms.sense.take_again(ours, now=now)
            got = Accepted(1, 1, None, None, None)
        else:
            payload = await asyncio.to_thread(log.quarantined_payload, quarantined)
            got = await self.receive(payload.model_copy(update={"received_at": now}))
        if got.quarantined is None:
            await asyncio.to_thread(log.mark_replayed, quarantined, at=now)
        else:
            await asyncio.to_thread(log.still_aside, quarantined, again=got.quarantined)
            got = dataclasses.replace(got, quarantined=quarantined)
        await asyncio.to_thread(self._audit, by, "quarantine.replayed", quarantined, {"new": got.new})
        return got

    async def say(self, sender: Sender, text: str, *, key: str = "", triage: Mapping[str, str] | None = None) -> Said:
        said = plain(text).strip()
        if not said:
            raise BadInput("the message is empty", mend="write what is wrong or what you need")
        if len(said) > MAX_MESSAGE:
            raise BadInput(f"the message is longer than {MAX_MESSAGE} characters", mend="say it shorter")
        now = self.clock.now()
        identity = new_id("sig")
        signal = Signal(
            id=identity,
            source=f"chat:{sender.channel}",
            event_key=key or identity,
            kind="message",
            fingerprint=message_fingerprint(sender.conversation, said),
            occurred_at=now,
            received_at=now,
            title=Untrusted(said[:200]),
            body=Untrusted(said),
            labels=labels_of(triage or {}),
            sender=sender,
        )
        await self._rooms.sense.store([signal], None)
        return Said(identity, sender.conversation)

    async def press(self, sender: Sender, deed: Deed, *, key: str = "") -> Said:
        now = self.clock.now()
        identity = new_id("sig")
        pressed = words.pressed(deed)
        signal = Signal(
            id=identity,
            source=f"chat:{sender.channel}",
            event_key=key or identity,
            kind="message",
            fingerprint=message_fingerprint(sender.conversation, f"{deed.kind}:{deed.ref}"),
            occurred_at=now,
            received_at=now,
            title=Untrusted(pressed),
            body=Untrusted(pressed),
            sender=sender,
            deed=deed,
        )
        await self._rooms.sense.store([signal], None)
        return Said(identity, sender.conversation)

    async def speak(self, conversation: str, text: str, *, by: str, person: Person | None, name: str) -> Message:
        done = await asyncio.to_thread(
            lambda: self._speaking.speak(conversation, text, by=by, person=person, name=name)
        )
        self._wake()
        return done

    def rewords(self) -> bool:
        return self._rooms.models is not None and "tone" in self._rooms.models.settings.uses

    async def reword(self, text: str) -> Draft:
        return await asyncio.to_thread(self._speaking.reword, text)

    async def take_over(self, conversation: str, *, by: str, person: Person | None, name: str) -> list[Case]:
        done = await asyncio.to_thread(lambda: self._speaking.take_over(conversation, by=by, person=person, name=name))
        self._wake()
        return done

    def intents(self) -> IntentReport | None:
        return self._rooms.intents()

    async def answer_approval(
        self, approval: str, *, by: Person | None, user: str, approve: bool, reason: str
    ) -> ApprovalRequest:
        return await asyncio.to_thread(self._answer_approval, approval, by, approve, reason)

    def _answer_approval(self, approval: str, by: Person | None, approve: bool, reason: str) -> ApprovalRequest:
        if by is None:
            raise Forbidden("approvals are given by people", mend="sign in with an account that belongs to a person")
        with self.journal.write() as tx:
            asked, ruling = self._approving.answer(
                tx, approval, by=by, assurance="signed_in", approve=approve, reason=reason, now=self.clock.now()
            )
        if not ruling.allowed:
            raise Forbidden(" ".join(reason.text for reason in ruling.reasons))
        self._wake()
        return asked

    async def answer_by_link(self, token: str, *, approve: bool, reason: str) -> ApprovalRequest:
        done = await asyncio.to_thread(lambda: self.approval_links.answer(token, approve=approve, reason=reason))
        self._wake()
        return done

    async def rehearse(self, runbook: str, inputs: dict[str, str], *, by: str) -> DryRun:
        return await asyncio.to_thread(lambda: self.drafting.rehearse(self._runbook(runbook), inputs, by=by))

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
            world = self._rooms.world()
            case = manual_case(tx, known, inputs, world=world, by=by, reason=reason, now=now)
            if lost := lost_names(known, bind(known, case, world), inputs, world):
                raise not_bound(known, lost, inputs)
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
            if how == "withdraw" and not record.live:
                return self._take_back(tx, record, by, reason, now)
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

    async def withdraw(self, case: str, *, by: str, reason: str) -> Case:
        return await asyncio.to_thread(self._withdraw, case, by, reason)

    def _withdraw(self, case: str, by: str, reason: str) -> Case:
        with self.journal.read() as tx:
            record = tx.cases.need(case)
        if record.live and record.state not in STOPPABLE:
            raise Conflict(f"case {record.number} is being worked on right now", mend="withdraw it when it is done")
        return self._close(case, by, "withdraw", reason)

    def _take_back(self, tx: Tx, case: Case, by: str, reason: str, now: dt.datetime) -> Case:
        """Begin to take a finished case back; returns the case that does it."""
        if not can_be_taken_back(case, now=now) or not any(one.receipt.undo for one in standing(tx, case)):
            raise Conflict(f"case {case.number} is {case.state} already, and nothing of it can be taken back",
                           mend="ask for what has to be different")  # fmt: skip
        if (running := underway(tx, case)) is not None:
            return running
        speaker = by if by in self._rooms.world().people else None
        back = open_take_back(
            tx,
            self._rooms,
            case,
            speaker=speaker,
            assurance="signed_in",
            conversation=case.conversation,
            by=by,
            now=now,
        )
        tx.audit.append(at=now, actor=by, action="case.withdraw", subject=case.subject or case.id, case=case.id,
                        detail={"why": reason, "taken_back_by": back.id})  # fmt: skip
        self._begin(tx, back)
        return back

    async def announce(self, case: str, text: str, *, next_update_at: dt.datetime | None, by: str) -> Bulletin:
        def write() -> Bulletin:
            now = self.clock.now()
            with self.journal.write() as tx:
                record = tx.cases.need(case)
                made = Bulletin(id=new_id("bul"), case=case, text=text, next_update_at=next_update_at, by=by, at=now)
                done = announce(tx, made, record, by=by, now=now)
                tell_bulletin(tx, record, done, now=now)
            return done

        return await asyncio.to_thread(write)

    async def reopen(self, case: str, *, by: str, reason: str) -> Case:
        return await asyncio.to_thread(self._reopen, case, by, reason)

    def _reopen(self, case: str, by: str, reason: str) -> Case:
        with self.journal.write() as tx:
            record = tx.cases.need(case, lock=True)
            if record.live:
                raise Conflict(f"case {record.number} is open already")
            if record.state == "merged":
                raise Conflict(f"case {record.number} is part of another case", mend="undo the merge instead")
            back = ends.reopen(tx, record, by=by, why=reason, learn=self._rooms.learn, now=self.clock.now())
            self._begin(tx, back)
        return back

    async def set_switch(self, name: str, *, on: bool, by: str, reason: str) -> None:
        await asyncio.to_thread(lambda: self.brakes.set_switch(name, on=on, by=by, reason=reason))

    async def open_secret(
        self, identity: str, *, person: str | None, conversation: str | None = None, shown: str = ""
    ) -> str:
        vault = self._rooms.vault
        return await asyncio.to_thread(
            lambda: vault.hand_out(identity, person=person, conversation=conversation, shown=shown)
        )

    def library(self) -> Library:
        return self._rooms.library()

    def sync_knowledge(self, *, by: str, dry_run: bool = False) -> list[Taken]:
        return self._care.sync(by=by, dry_run=dry_run)

    def follow(self) -> None:
        if self.following is not None:
            self.following.now()

    def renew(self) -> None:
        self._renew()

    def numbers(self) -> Numbers:
        return Numbers(**self._rooms.measure.numbers().__dict__)

    def doctor(self) -> list[Check]:
        return [*examine(self._rooms, self._engine), self._care.check(), telemetry_check(self.telemetry.state()),
                *source_checks(self.sources.report(), self.clock.now()), *map_checks(self.map.sources()),
                policy_check(self.policy.state()), *tool_checks(self.tools.boxes()),
                *record_checks(self.record, self.journal), *(self.following.checks() if self.following else [])]  # fmt: skip

    def _audit(self, by: str, action: str, subject: str, detail: dict[str, Any]) -> None:
        with self.journal.write() as tx:
            self._audit_in(tx, by, action, subject, detail)

    def _audit_in(self, tx: Tx, by: str, action: str, subject: str, detail: dict[str, Any]) -> None:
        tx.audit.append(at=self.clock.now(), actor=by, action=action, subject=subject, detail=detail)
