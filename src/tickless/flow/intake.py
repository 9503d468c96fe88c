"""The intake: signals in the order of the log → findings → cases, in micro-batches, one worker at a time.

The cursor moves in the transaction that writes the cases and starts their durable runs: a batch happens once, whole.
"""

from __future__ import annotations

import datetime as dt
import threading

from tickless.domain.case import Case
from tickless.domain.errors import TicklessError, Unreachable
from tickless.domain.finding import Finding
from tickless.domain.signal import Payload, Signal
from tickless.flow import names
from tickless.flow.ending import ends
from tickless.flow.engine import Engine
from tickless.flow.holding import Around, Holding, Returning
from tickless.flow.regroup.gathering import Gathering
from tickless.flow.rooms import Rooms
from tickless.flow.saying.notices import tell_put_aside
from tickless.flow.talking.hearing import Hearing
from tickless.flow.talking.turns import Turns, reads
from tickless.flow.tickets.relay import nudge
from tickless.journal import Tx
from tickless.journal.signal_log import OUR_DEFECT, Logged
from tickless.kit.log import get_logger
from tickless.stages.correlate.hygiene.judging import Rules
from tickless.stages.correlate.placing import Placement
from tickless.stages.correlate.suspects import keep_change, suspect_changes

CONSUMER = "intake"
LEASE = "intake"
LEASE_SECONDS = 10.0
BATCH = 100
"""Signals of one transaction: few enough that whoever else writes cases waits for a moment only."""
IDLE_SECONDS = 0.5
BREATH = 0.08
"""Seconds after a batch in which more may gather: a storm comes in single posts, and each transaction costs some
milliseconds of its own."""
STORM = 4
"""Signals of one batch, from which on more are to be expected. Fewer are followed by the next one at once."""

log = get_logger("flow")


class Intake:
    """Reads the signal log behind its cursor. Several processes may run one; the lease lets one of them work."""

    def __init__(self, *, rooms: Rooms, engine: Engine, node: str, rules: Rules | None = None) -> None:
        self._rooms = rooms
        self._engine = engine
        self._node = node
        self._holding = Holding(rooms, rules or Rules())
        self._hearing = Hearing(rooms, Turns(rooms, engine) if reads(rooms) else None)
        self._gathering = Gathering(rooms)
        self._explained: list[Placement] = []
        self._awake = threading.Event()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def wake(self) -> None:
        """There is something new in the log."""
        self._awake.set()

    def start(self) -> None:
        self._thread = threading.Thread(target=self._loop, name="intake", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._awake.set()
        if self._thread is not None:
            self._thread.join(timeout=10)
        with self._rooms.journal.write() as tx:
            tx.coordination.release(LEASE, holder=self._node)

    def _loop(self) -> None:
        self._recall()
        while not self._stop.is_set():
            self._awake.clear()
            try:
                busy = self._work()
            except Exception as error:  # ADR 0013
                log.error("the intake could not work", exc_info=error)
                busy = 0
            if not busy:
                self._awake.wait(IDLE_SECONDS)
            elif STORM <= busy < BATCH:
                self._stop.wait(BREATH)

    def _recall(self) -> None:
        try:
            with self._rooms.journal.read() as tx:
                self._rooms.correlate.recall(tx, now=self._rooms.clock.now())
        except Exception as error:  # ADR 0013: alerts are taken in without it
            log.error("what is remembered of storms could not be read", exc_info=error)

    def _work(self) -> int:
        try:
            return self.run_once()
        except Exception as error:  # ADR 0013
            log.error("the intake could not take in a batch", exc_info=error)
            return self._one_by_one()

    def run_once(self) -> int:
        """Take in the next batch and deliver what it posted; returns how many signals were taken in."""
        taken = self._take_in() + self._hand_back()
        self.deliver()
        return taken

    def _one_by_one(self) -> int:
        """Take in the next signal alone; one that can't be taken in is put aside with the reason, and the rest goes on."""
        try:
            return self._take_in(limit=1)
        except Unreachable as error:
            log.error("the journal cannot be reached", error=error.public)
            return 0
        except Exception as error:  # ADR 0013
            log.error("a signal could not be taken in", exc_info=error)
            return self._put_aside(type(error).__name__)

    def _put_aside(self, reason: str) -> int:
        """Only while nobody else works: a cursor that another process has moved on stays where it is."""
        journal, now = self._rooms.journal, self._rooms.clock.now()
        try:
            with journal.write() as tx:
                mine = tx.coordination.take_lease(LEASE, holder=self._node, now=now, seconds=LEASE_SECONDS)
                position = tx.coordination.cursor(CONSUMER)
            for logged in journal.signals.after(position, 1) if mine else []:
                body = logged.signal.model_dump_json().encode()
                payload = Payload(source=logged.signal.source, received_at=now, body=body)
                journal.signals.put_aside(payload, reason=f"it could not be taken in ({reason})", mend=OUR_DEFECT)
                with journal.write() as tx:
                    if tx.coordination.cursor(CONSUMER) == position:
                        tx.coordination.move_cursor(CONSUMER, logged.seq)
                with journal.write() as tx:  # by itself: whatever breaks here, the rest goes on
                    tell_put_aside(tx, logged.signal, now=now)
        except TicklessError as error:
            log.error("the journal cannot be reached", error=error.public)
        return 0

    def _take_in(self, *, limit: int = BATCH) -> int:
        journal, now = self._rooms.journal, self._rooms.clock.now()
        with journal.read() as tx:
            position = tx.coordination.cursor(CONSUMER)
        batch = journal.signals.after(position, limit)
        if not batch:
            return 0
        findings = [(logged, self._understand(logged.signal, now)) for logged in batch]
        with journal.write() as tx:
            mine = tx.coordination.take_lease(LEASE, holder=self._node, now=now, seconds=LEASE_SECONDS)
            if not mine or tx.coordination.cursor(CONSUMER) != position:
                return 0
            around = self._holding.around(tx, [logged.signal for logged in batch], now=now)
            self._explained = []
            with self._rooms.correlate.batch(tx, now=now):
                for logged, found in findings:
                    self._place(tx, logged, found, around, now)
            around.close()
            self._gather(tx, now)
            tx.coordination.move_cursor(CONSUMER, batch[-1].seq)
        return len(batch)

    def _hand_back(self) -> int:
        """What was held back, still fires and is held back no longer goes on as if it fired now. Returns how much."""
        now = self._rooms.clock.now()
        due = self._holding.due(now)
        try:
            return self._bring_back(due, now) if due else 0
        except TicklessError:
            raise
        except Exception as error:  # ADR 0013
            log.error("what was held back could not be handed back", exc_info=error)
        return sum(self._bring_back_alone(one, now) for one in due)

    def _bring_back_alone(self, returning: Returning, now: dt.datetime) -> int:
        """By itself; one that cannot is put off, and the rest goes on."""
        try:
            return self._bring_back([returning], now)
        except TicklessError:
            raise
        except Exception as error:  # ADR 0013
            log.error("an alert could not be handed back", exc_info=error, alert=returning.hold.fingerprint)
            self._holding.put_off(returning.hold, now)
            return 0

    def _bring_back(self, due: list[Returning], now: dt.datetime) -> int:
        with self._rooms.journal.write() as tx:
            if not tx.coordination.take_lease(LEASE, holder=self._node, now=now, seconds=LEASE_SECONDS):
                return 0
            around = self._holding.around(tx, (), now=now)
            self._explained = []
            for one in due:
                signal = around.returns(one)
                if signal is None:
                    continue
                tx.findings.put(one.finding)
                placement = self._rooms.correlate.alert(tx, signal, one.finding, now=now)
                around.handed_back(one.hold, placement)
                self._after_alert(tx, placement, signal, now)
            self._gather(tx, now)
        return len(due)

    def _gather(self, tx: Tx, now: dt.datetime) -> None:
        """Cases that turned out to be one become one; after the batch, which looks at the live cases once."""
        explained, self._explained = self._explained, []
        unions = {(one.into, one.gone): one for placement in explained for one in placement.unions}
        for one in unions.values():
            self._gathering.gather(tx, one, now=now)

    def _understand(self, signal: Signal, now: dt.datetime) -> tuple[Finding, ...]:
        if signal.kind == "message":
            return ()
        return self._rooms.understanding().understand(signal, now=now)

    def _place(self, tx: Tx, logged: Logged, found: tuple[Finding, ...], around: Around, now: dt.datetime) -> None:
        signal = logged.signal
        if signal.kind == "message":
            for case in self._hearing.hear(tx, signal, now=now):
                self._begin(tx, case)
            return
        if nudge(tx, signal, self._rooms.registry):
            return
        for finding in found:
            if finding.kind is not None and around.holds(signal, finding):
                continue
            tx.findings.put(finding)
            if finding.kind is None:
                keep_change(tx, signal, finding, self._rooms.world())
                around.heard_change(signal, finding)
                continue
            placement = self._rooms.correlate.alert(tx, signal, finding, now=now)
            around.placed(signal, placement)
            self._after_alert(tx, placement, signal, now)

    def _after_alert(self, tx: Tx, placement: Placement, signal: Signal, now: dt.datetime) -> None:
        case = placement.case
        if case is None:
            return
        if placement.unions:
            self._explained.append(placement)
        if placement.how == "reopen":
            ran = ends.mark_regressed(tx, case, by=signal.source, why=placement.why, now=now)
            if ran is not None:
                self._rooms.learn.after_failure(tx, ran, now=now)
        if placement.how in {"open", "reopen"}:
            self._audit(tx, case, placement, signal, now)
            suspect_changes(tx, tx.cases.need(case.id), at=signal.occurred_at, world=self._rooms.world())
            self._begin(tx, case)

    @staticmethod
    def _audit(tx: Tx, case: Case, placement: Placement, signal: Signal, now: dt.datetime) -> None:
        tx.audit.append(
            at=now,
            actor=f"source:{signal.source}",
            action=f"case.{placement.how}",
            subject=case.subject or case.id,
            case=case.id,
            detail={
                "signal": signal.id,
                "why": placement.why,
                "need": case.need,
                "kind": case.kind,
                "priority": case.impact.priority,
            },
        )

    def _begin(self, tx: Tx, case: Case) -> None:
        """Start the case's durable run in this very commit."""
        workflow = names.case_workflow(case.id, case.generation)
        self._engine.enqueue(tx, names.RESOLVE_CASE, workflow=workflow, args=(case.id, case.generation))

    def deliver(self) -> int:
        """Deliver what transactions posted to waiting workflows: at least once, heard once (the key)."""
        with self._rooms.journal.read() as tx:
            letters = tx.coordination.posted()
        for letter in letters:
            self._engine.send(letter.workflow, letter.message, key=letter.key)
            with self._rooms.journal.write() as tx:
                tx.coordination.delivered(letter.key)
        return len(letters)
