"""How the ticket system is: what could not be brought there, and why. For the doctor."""

from __future__ import annotations

import datetime as dt

from tickless.domain.ticket import OWN
from tickless.flow.desk.promise import Check
from tickless.flow.rooms import Rooms
from tickless.flow.tickets.calls import TicketCalls
from tickless.journal import Tx

LATE = dt.timedelta(minutes=5)
_MANY = 1_000


def ticket_checks(tx: Tx, rooms: Rooms) -> list[Check]:
    """One line where a ticket system is bound; none where tickets are kept here."""
    system = TicketCalls(rooms).bound()
    if system == OWN:
        return []
    now, table = rooms.clock.now(), tx.tickets.table.c
    found = tx.tickets.where(table.state.in_(("wanted", "open", "pending", "resolved")), limit=_MANY)
    troubled = [one for one in found if one.trouble]
    late = [one for one in found if one.state == "wanted" and now - one.made_at > LATE and not one.trouble]
    if troubled or late:
        why = troubled[0].trouble if troubled else "nobody makes them: does a worker run?"
        detail = f"{len(troubled)} tickets could not be brought together, {len(late)} wait to be made: {why}"
        return [Check(f"tickets in {system}", ok=False, detail=detail, mend="`tickless ticket list` shows which")]
    return [Check(f"tickets in {system}", ok=True, detail=f"{len(found)} are followed, none is in trouble")]
