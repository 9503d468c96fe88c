"""What doors may ask about tickets: the pack, words to the person or to the agents, and the tickets that we keep ourselves."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable
from typing import Literal

from tickless.domain.case import Case
from tickless.domain.errors import BadInput, Conflict
from tickless.domain.person import Person
from tickless.domain.ticket import OWN, Ticket
from tickless.flow.ending.handing_off import HandingOff, newest_ticket
from tickless.flow.rooms import Rooms
from tickless.flow.tickets.relay import LONGEST, TicketTalk
from tickless.journal import Tx
from tickless.kit.ids import new_id
from tickless.practices.tickets.pack import Pack

MOST_MINUTES = 100_000


class TicketDesk:
    """Each method says who asks (`by`, and `name` as people call them), and writes one audit row where it changes something."""

    def __init__(self, rooms: Rooms, handing: HandingOff, talk: TicketTalk, *, wake: Callable[[], None]) -> None:
        self._rooms = rooms
        self._handing = handing
        self._talk = talk
        self._wake = wake

    def pack(self, tx: Tx, case: Case) -> Pack:
        """What people get with this case, as it stands now."""
        return self._handing.pack(tx, case)

    async def comment(self, ticket: str, text: str, *, by: str, name: str, public: bool) -> Ticket:
        """Say something in a ticket. What is `public` reaches the person in their conversation, the rest is for agents.

        Raises `NotFound`, `BadInput` (empty or too long), `Conflict` (closed).
        """
        if not text.strip() or len(text) > LONGEST:
            raise BadInput("a comment has between 1 and 8,000 characters")
        return await asyncio.to_thread(self._comment, ticket, text.strip(), by, name, public)

    def _comment(self, identity: str, text: str, by: str, name: str, public: bool) -> Ticket:
        now, key = self._rooms.clock.now(), new_id("cmt")
        with self._rooms.journal.write() as tx:
            ticket = self._open(tx, identity)
            case = tx.cases.need(ticket.case)
            self._audit(tx, ticket, "ticket.commented", by, now, public=public)
            self._talk.note(tx, ticket, f"{name} writes:\n{text}", key=key, now=now, public=public)
            if public:
                self._talk.speak(tx, case, name=name, text=text, key=key, now=now)
            done = tx.tickets.need(identity)
        self._wake()
        return done

    async def change(
        self,
        ticket: str,
        to: Literal["taken", "pending", "resolved", "open"],
        *,
        by: str,
        person: Person | None,
        minutes: float | None = None,
    ) -> Ticket:
        """Take a ticket that we keep ourselves, let it wait for somebody (`pending`), resolve it or open it again. `minutes`:
        what people have worked on it in all. Raises `Conflict` for one of an outside system, `BadInput`."""
        if minutes is not None and not 0 <= minutes <= MOST_MINUTES:
            raise BadInput(f"minutes of work are between 0 and {MOST_MINUTES:,}")
        return await asyncio.to_thread(self._change, ticket, to, by, person, minutes)

    def _change(
        self, identity: str, to: Literal["taken", "pending", "resolved", "open"], by: str, person: Person | None,
        minutes: float | None,
    ) -> Ticket:  # fmt: skip
        now = self._rooms.clock.now()
        with self._rooms.journal.write() as tx:
            ticket = self._open(tx, identity)
            if ticket.system != OWN:
                raise Conflict(f"{ticket.number or 'this ticket'} is kept in {ticket.system or 'another system'}",
                               mend="change it there: it is read within seconds")  # fmt: skip
            update: dict[str, object] = {"due_at": None, "moved_at": now}
            if minutes is not None:
                update["minutes"] = minutes
            if to == "taken":
                update["owner"] = person.email if person else by
            else:
                ticket = ticket.moved_to(to, now)
            self._audit(tx, ticket, f"ticket.{to}", by, now, **({} if minutes is None else {"minutes": minutes}))
            done = tx.tickets.put(ticket.model_copy(update=update))
            if to == "taken" and person is not None:
                self._handing.hand_to(tx, tx.cases.need(ticket.case), person.id, now=now)
        self._wake()
        return done

    async def invite(self, case: str, person: str, *, by: str, why: str) -> Person:
        """Call somebody in to work on a case together: they get the pack in their notices. Raises `BadInput`, `NotFound`."""
        return await asyncio.to_thread(self._invite, case, person, by, why)

    def _invite(self, case: str, person: str, by: str, why: str) -> Person:
        with self._rooms.journal.write() as tx:
            return self._handing.invite(tx, tx.cases.need(case), person, by=by, why=why, now=self._rooms.clock.now())

    async def refresh(self, ticket: str) -> Ticket:
        """Look at a ticket now."""

        def write() -> Ticket:
            with self._rooms.journal.write() as tx:
                return tx.tickets.put(tx.tickets.need(ticket, lock=True).model_copy(update={"due_at": None}))

        done = await asyncio.to_thread(write)
        self._wake()
        return done

    @staticmethod
    def of_case(tx: Tx, case: str) -> Ticket | None:
        """The ticket that stands for a case now."""
        return newest_ticket(tx, case)

    @staticmethod
    def _open(tx: Tx, identity: str) -> Ticket:
        ticket = tx.tickets.need(identity, lock=True)
        if ticket.state == "closed":
            raise Conflict(f"{ticket.number or 'this ticket'} is closed for good")
        return ticket

    @staticmethod
    def _audit(tx: Tx, ticket: Ticket, action: str, by: str, now: dt.datetime, **detail: object) -> None:
        tx.audit.append(
            at=now, actor=by, action=action, subject=f"ticket:{ticket.id}", case=ticket.case, detail=dict(detail)
        )
