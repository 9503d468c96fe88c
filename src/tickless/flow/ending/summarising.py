"""A handed-off case in short, in a language model's words: for whoever takes it over. Optional, and never waited for long.

A durable run of its own, begun by whoever makes tickets; a ticket that is not made yet waits for it, `PATIENCE` longer than
an answer may take. The model is asked once for each time that a case is handed off; what it says is checked against the pack,
kept, and marked as its words wherever it is shown. Without it the pack speaks as it always did.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable

from tickless.domain.case import Case
from tickless.domain.held import CaseSummary
from tickless.domain.ticket import Ticket
from tickless.flow import names
from tickless.flow.ending.abstracting import for_a_model
from tickless.flow.ending.handing_off import HandingOff, newest_ticket, summary_id
from tickless.flow.engine import Engine, StepBroke
from tickless.flow.rooms import Rooms
from tickless.journal import Tx
from tickless.kit.log import get_logger
from tickless.practices.tickets.pack import as_text

PATIENCE = dt.timedelta(seconds=10)
RECENT = dt.timedelta(hours=1)
"""What was handed off longer ago is not summed up any more: a model that is switched on does not read the whole past."""
AT_ONCE = 2
LOST = "it had been asked when the process ended, and is not asked twice"
log = get_logger("flow")


class Summarising:
    """The workflow `case.summarise` and its step."""

    def __init__(self, rooms: Rooms, engine: Engine, handing: HandingOff) -> None:
        self._rooms = rooms
        self._engine = engine
        self._handing = handing
        self._places = threading.BoundedSemaphore(AT_ONCE)
        self.wake: Callable[[], None] = lambda: None
        """A ticket need not wait any longer. Set by the composition root."""

    def register(self) -> Summarising:
        """Before the engine is launched."""
        self._engine.register(names.SUMMARISE_CASE, self.summarise_case)
        return self

    async def summarise_case(self, case: str, generation: int) -> str:
        """Put it in short; where that breaks, the ticket is made without."""
        try:
            return str(await self._engine.step(names.SUMMARISE, self.summarise, case, generation))
        except StepBroke as broke:
            log.error("a case could not be summed up", case=case, reason=str(broke))
            return "nothing"

    def awaited(self, ticket: Ticket) -> bool:
        """Whether a ticket that is to be made waits for its summary, which is asked for here if nobody did."""
        models, now = self._rooms.models, self._rooms.clock.now()
        if models is None:
            return False
        with self._rooms.journal.read() as tx:
            case = tx.cases.need(ticket.case)
            known = tx.summaries.get(summary_id(case))
        if case.state != "handed_off" or (known is not None and (known.text or known.why)):
            return False
        if known is None and (now - case.updated_at > RECENT or models.unavailable("summarise")):
            return False
        due = (
            (known.at if known is not None else now) + PATIENCE + dt.timedelta(seconds=models.settings.timeout_seconds)
        )
        waits = ticket.state == "wanted" and now < due
        with self._rooms.journal.write() as tx:
            if known is None:
                self._begin(tx, case, now)
            if waits:
                record = tx.tickets.need(ticket.id, lock=True)
                tx.tickets.put(record.model_copy(update={"due_at": due}))
        return waits

    def _begin(self, tx: Tx, case: Case, now: dt.datetime) -> None:
        made = CaseSummary(id=summary_id(case), case=case.id, generation=case.generation, text="", at=now)
        tx.summaries.put(made)
        workflow = names.summary_workflow(made.id)
        self._engine.enqueue(tx, names.SUMMARISE_CASE, workflow=workflow, args=(case.id, case.generation))

    def summarise(self, case: str, generation: int) -> str:
        """Ask the model, at most once; keep what it says, or why it says nothing that can be used."""
        with self._rooms.journal.write() as tx:
            record = tx.cases.need(case)
            known = tx.summaries.get(summary_id(record), lock=True)
            if record.generation != generation or known is None or known.text or known.why:
                return "over"
            tx.summaries.put(known.model_copy(update={"asked": True}))
            text = as_text(for_a_model(self._handing.pack(tx, record), machine=record.door == "machine"))
        made = known.model_copy(update={"why": LOST}) if known.asked else self._asked(known, text)
        with self._rooms.journal.write() as tx:
            tx.summaries.put(made.model_copy(update={"asked": True}))
            ticket = newest_ticket(tx, case)
            if ticket is not None and ticket.state == "wanted":
                tx.tickets.put(ticket.model_copy(update={"due_at": None}))
        self.wake()
        return "summed_up" if made.text else "nothing"

    def _asked(self, summary: CaseSummary, text: str) -> CaseSummary:
        models = self._rooms.models
        if models is None or not self._places.acquire(blocking=False):
            return summary.model_copy(update={"why": "nobody could be asked"})
        try:
            heard = models.summarise(text)
        finally:
            self._places.release()
        if heard.value is None or heard.call is None:
            return summary.model_copy(update={"why": heard.reason or "it said nothing"})
        return summary.model_copy(
            update={"text": heard.value.text, "source": f"{heard.call.model} {heard.call.prompt}"}
        )
