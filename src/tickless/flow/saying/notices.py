"""Private messages from a run to a person, wherever that person reads."""

from __future__ import annotations

from tickless.flow.rooms import Rooms
from tickless.flow.saying.conversation import personal, say
from tickless.stages.act.house import Notify


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
