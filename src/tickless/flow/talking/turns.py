"""Whose turn it is in a conversation while a language model reads one of its messages. In the caller's transaction.

The rule. A conversation is heard in the order in which it was written. While a model reads a message, later words of the same
conversation wait behind it: they stand in the conversation at once, and are heard right after it, in their order, each as if it
had come then, except that they answer only what had been asked when they were written. No other conversation waits.

The wait ends at once, and everything that waits is heard by the brain alone, in order, before what came last,
- when the person takes something back (“never mind”): nobody waits to be stopped;
- when more than `MOST_BEHIND` messages wait;
- when it lasts longer than the time for an answer and `GRACE` more, whatever became of the model or of the process.
What the model says afterwards finds nobody and is dropped. Buttons name what they belong to, and never wait.

Whoever adds to a wait or ends it holds the lock of the message that is read, so that nothing is added to a wait that is over.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from tickless.ai.models.reconciling import is_unsure
from tickless.domain.finding import Finding
from tickless.domain.held import Held
from tickless.domain.signal import Signal
from tickless.flow import names
from tickless.flow.engine import Engine
from tickless.flow.rooms import Rooms
from tickless.journal import Tx
from tickless.stages.understand.dialogue import read_reply
from tickless.stages.understand.passed_on import HOSTILE

MOST_BEHIND = 10
GRACE = dt.timedelta(seconds=10)
FEW_WORDS = 8
"""A message that takes something back is at most so long."""
_PLACE = "held"


def reads(rooms: Rooms) -> bool:
    """Whether this house lets a model read messages; what an earlier one held is heard all the same."""
    return rooms.models is not None and "understand" in rooms.models.settings.uses


class Turns:
    """Keeps messages until it is their turn."""

    def __init__(self, rooms: Rooms, engine: Engine) -> None:
        self._rooms = rooms
        self._engine = engine

    def late_after(self) -> dt.timedelta:
        """How long a message may be held."""
        models = self._rooms.models
        return GRACE + dt.timedelta(seconds=models.settings.timeout_seconds if models is not None else 0.0)

    def is_late(self, held: Held, now: dt.datetime) -> bool:
        return now - held.since > self.late_after()

    def waiting(self, tx: Tx, conversation: str) -> list[Held]:
        """What waits in this conversation, in order, the message that is read first, and locked."""
        table = tx.held.table.c
        while found := tx.held.where(table.conversation == conversation, order=table.place):
            if tx.held.get(found[0].id, lock=True) is not None:
                return tx.held.where(table.conversation == conversation, order=table.place)
        return []

    def over_with(self, waiting: Sequence[Held], signal: Signal, *, now: dt.datetime) -> bool:
        """Whether this message ends the wait."""
        said = (signal.body or signal.title).tame(200)
        takes_back = read_reply(said) == "cancel" and len(said.split()) <= FEW_WORDS
        return takes_back or len(waiting) > MOST_BEHIND or self.is_late(waiting[0], now)

    def put_behind(self, tx: Tx, signal: Signal, conversation: str, *, now: dt.datetime) -> None:
        """It is heard after what waits already."""
        place = tx.coordination.next_number(_PLACE)
        tx.held.put(Held(id=signal.id, place=place, conversation=conversation, signal=signal, state="behind", came_at=now,
                         since=now))  # fmt: skip

    def may_hold(self, findings: Sequence[Finding]) -> bool:
        """Whether a model is to read what the brain made nothing of. What speaks to the machine is not shown to one."""
        models = self._rooms.models
        if models is None or not is_unsure(findings) or HOSTILE in findings[0].evidence:
            return False
        return not models.unavailable("understand")

    def hold(
        self, tx: Tx, signal: Signal, conversation: str, *, place: int | None, came_at: dt.datetime, now: dt.datetime
    ) -> None:
        """Let a model read it first: its durable run begins in this commit. `place`: that it has among those who wait."""
        at = tx.coordination.next_number(_PLACE) if place is None else place
        tx.held.put(
            Held(
                id=signal.id,
                place=at,
                conversation=conversation,
                signal=signal,
                state="read",
                came_at=came_at,
                since=now,
            )
        )
        self._engine.enqueue(
            tx, names.UNDERSTAND_MESSAGE, workflow=names.message_workflow(signal.id), args=(signal.id,)
        )
