"""Notices to people: private messages from a run, and that a message could not be taken in."""

from __future__ import annotations

import datetime as dt

from tickless.domain.signal import Signal
from tickless.flow.rooms import Rooms
from tickless.flow.saying import phrases
from tickless.flow.saying.conversation import personal, say
from tickless.journal import Tx
from tickless.stages.act.house import Notify


def tell_put_aside(tx: Tx, signal: Signal, *, now: dt.datetime) -> None:
    """Tell a person that their message could not be taken in, where it is, and what to do when it can't wait."""
    if signal.sender is not None and not signal.sender.automatic:
        say(
            tx,
            conversation=signal.sender.conversation,
            case=None,
            text=phrases.PUT_ASIDE,
            key=f"{signal.id}:put_aside",
            at=now,
        )


def notifier(rooms: Rooms) -> Notify:
    """Puts a private message where a person reads: into the case's conversation if it is theirs, else into their notices."""

    def notify(run: str, key: str, person: str, text: str) -> None:
        now = rooms.clock.now()
        with rooms.journal.write() as tx:
            record = tx.runs.get(run)
            case = tx.cases.get(record.case) if record else None
            own = case is not None and case.requester == person
            place = case.conversation if case is not None and own else personal(person)
            say(tx, conversation=place, case=case, text=text, key=key, at=now, private=True)

    return notify
