"""A message that the brain makes nothing of is read once more, by a language model, before it is heard.

    intake      the brain is unsure → the message is held, and this run begins in the same commit
    ask_model   the model is asked, at most once; what it says is checked and kept with the message
    hear        in one transaction: brain and model reconciled, the message heard, what waited behind it heard, cases begun

Exactly once, wherever it is cut off: a message is heard in the commit in which it stops being held. A model that was asked when
the process died is not asked again: the brain's answer stands, as it does when the model fails, is late, has no budget left, is
braked, is asked by too many at once, or says something that `reconcile` does not take.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable

from tickless.ai.models import Heard, Models, Reading, reconcile
from tickless.domain.case import Case
from tickless.domain.errors import TicklessError
from tickless.domain.finding import Finding
from tickless.domain.held import Held
from tickless.domain.signal import Payload
from tickless.flow import names
from tickless.flow.engine import Engine, StepBroke
from tickless.flow.identity.bindings import recognise
from tickless.flow.rooms import Rooms
from tickless.flow.saying.notices import tell_put_aside
from tickless.flow.talking.hearing import Hearing
from tickless.flow.talking.in_turn import InTurn, Settle
from tickless.flow.talking.looking_up import reader_of, tools_for
from tickless.flow.talking.read_by_model import note_reading
from tickless.flow.talking.turns import Turns
from tickless.flow.talking.what_needs_mean import meanings
from tickless.journal import Tx
from tickless.journal.signal_log import OUR_DEFECT
from tickless.kit.log import get_logger
from tickless.practices.knowledge.library import Reader

AT_ONCE = 3
"""Models asked at a time by one process: a slow server must not take all of its threads."""
BUSY = "too many are asking it at once"
LOST = "it had been asked when the process ended, and is not asked twice"
LATE = "it came too late"
log = get_logger("flow")


class SecondReading:
    """The workflow `message.understand` and its steps. Every argument and result is an id or a word."""

    def __init__(self, rooms: Rooms, engine: Engine, *, wake: Callable[[], None]) -> None:
        """`wake`: what hearing posted is delivered at once."""
        self._rooms = rooms
        self._engine = engine
        self._wake = wake
        self._turns = Turns(rooms, engine)
        in_turn = Hearing(rooms, self._turns).in_turn
        assert in_turn is not None
        self._in_turn: InTurn = in_turn
        self._places = threading.BoundedSemaphore(AT_ONCE)

    def register(self) -> SecondReading:
        """Before the engine is launched."""
        self._engine.register(names.UNDERSTAND_MESSAGE, self.understand_message)
        return self

    async def understand_message(self, signal: str) -> str:
        """Ask, then hear; whatever breaks, the message neither gets lost nor stands in the way of the next."""
        step = self._engine.step
        try:
            await step(names.ASK_MODEL, self.ask, signal)
        except StepBroke as broke:
            log.error("a message could not be shown to the model", signal=signal, reason=str(broke))
        try:
            return str(await step(names.HEAR, self.hear, signal))
        except StepBroke as broke:
            return str(await step(names.PUT_ASIDE, self.put_aside, signal, str(broke)))

    def ask(self, signal: str) -> str:
        """Ask the model what the message says; keep what it says, or why it says nothing. Never twice."""
        begun = self._begin(signal)
        if begun is None:
            return "over"
        heard = self._ask(*begun)
        source = f"{heard.call.model} {heard.call.prompt}" if heard.call is not None else ""
        reading = heard.value.model_dump(mode="json") if heard.value is not None else None
        with self._rooms.journal.write() as tx:
            known = tx.held.get(signal, lock=True)
            if known is None:
                return "over"
            tx.held.put(known.model_copy(update={"reading": reading, "source": source, "why": heard.reason}))
        return "read" if reading is not None else "nothing"

    def _begin(self, signal: str) -> tuple[Held, Reader] | None:
        """The message and who wrote it, if the model may be asked now; that it is asked is written down before."""
        now = self._rooms.clock.now()
        with self._rooms.journal.write() as tx:
            held = tx.held.get(signal, lock=True)
            if held is None or held.reading is not None or held.why:
                return None
            why = LOST if held.asked else LATE if self._turns.is_late(held, now) else ""
            tx.held.put(held.model_copy(update={"asked": True, "why": why}))
            if why or held.signal.sender is None:
                return None
            sender = recognise(tx, held.signal.sender, self._rooms, now=now)
        return held, reader_of(self._rooms, sender)

    def _ask(self, held: Held, reader: Reader) -> Heard[Reading]:
        models = self._rooms.models
        if models is None:
            return Heard(None, "none is configured any more")
        if not self._places.acquire(blocking=False):
            return Heard(None, BUSY)
        try:
            return self._understand(models, held, reader)
        finally:
            self._places.release()

    def _understand(self, models: Models, held: Held, reader: Reader) -> Heard[Reading]:
        text = (held.signal.body or held.signal.title).tame(2_000)
        kinds = self._rooms.understanding().kinds
        tools = tools_for(self._rooms, reader)
        return models.understand(text, meanings(kinds, self._rooms.runbooks), tools=tools)

    def hear(self, signal: str) -> str:
        """Hear the message, and what waits behind it."""
        now = self._rooms.clock.now()
        with self._rooms.journal.write() as tx:
            held = tx.held.get(signal, lock=True)
            if held is None or held.state != "read":
                return "over"
            waiting = self._turns.waiting(tx, held.conversation)
            self._begin_cases(tx, self._in_turn.after_reading(tx, waiting, self._settle(held, now), now=now))
            note_reading(tx, held, now=now)
        self._wake()
        return "heard"

    def _settle(self, held: Held, now: dt.datetime) -> Settle:
        """The brain's findings with what the model may add."""
        late = self._turns.is_late(held, now)
        reading = Reading.model_validate(held.reading) if held.reading is not None and not late else None

        def settle(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
            kinds = self._rooms.understanding().kinds
            return reconcile(findings, reading, kinds=kinds, source=held.source)

        return settle

    def _begin_cases(self, tx: Tx, begun: list[Case]) -> None:
        for case in begun:
            workflow = names.case_workflow(case.id, case.generation)
            self._engine.enqueue(tx, names.RESOLVE_CASE, workflow=workflow, args=(case.id, case.generation))

    def put_aside(self, signal: str, reason: str) -> str:
        """It cannot be heard: it goes to the quarantine, as in the intake, and what waits behind it is heard."""
        now = self._rooms.clock.now()
        with self._rooms.journal.read() as tx:
            held = tx.held.get(signal)
        if held is None:
            return "over"
        payload = Payload(source=held.signal.source, received_at=now, body=held.signal.model_dump_json().encode())
        reason = f"it could not be taken in ({reason})"
        self._rooms.journal.signals.put_aside(payload, reason=reason, mend=OUR_DEFECT)
        with self._rooms.journal.write() as tx:
            waiting = self._turns.waiting(tx, held.conversation)
            tx.held.delete(signal)
            tell_put_aside(tx, held.signal, now=now)
            self._hear_alone(tx, [one for one in waiting if one.id != signal], now)
        return "put_aside"

    def _hear_alone(self, tx: Tx, waiting: list[Held], now: dt.datetime) -> None:
        self._begin_cases(tx, self._in_turn.by_the_brain(tx, waiting, now=now))

    def sweep(self, now: dt.datetime) -> None:
        """Whatever became of a run: nobody is kept waiting longer than `turns` promises."""
        with self._rooms.journal.read() as tx:
            late = {
                one.conversation
                for one in tx.held.where(limit=1_000)
                if one.state == "read" and self._turns.is_late(one, now)
            }
        for conversation in sorted(late):
            try:
                with self._rooms.journal.write() as tx:
                    waiting = self._turns.waiting(tx, conversation)
                    if waiting and self._turns.is_late(waiting[0], now):
                        self._hear_alone(tx, waiting, now)
            except TicklessError as error:
                log.error("a conversation that waited could not be heard", error=error.public)
        if late:
            self._wake()
