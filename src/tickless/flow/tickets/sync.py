"""Keeping a case and its ticket one: makes the ticket, carries errands there, brings back what was said and done. One thread.

No transaction is open while something outside is called, and all of it may be cut off anywhere: what was made is found again by
its key, what was said is looked for before it is said again, what was read is known by its id.
"""

from __future__ import annotations

import datetime as dt
import threading

from tickless.domain.case import Case
from tickless.domain.errors import OutsideError, TicklessError
from tickless.domain.ticket import OWN, Ticket
from tickless.flow.ending.handing_off import HandingOff
from tickless.flow.ending.summarising import Summarising
from tickless.flow.rooms import Rooms
from tickless.flow.routing import Routing
from tickless.flow.tickets.answered_for import answered_for
from tickless.flow.tickets.calls import CALL_SECONDS, TicketCalls
from tickless.flow.tickets.relay import TicketTalk
from tickless.flow.tickets.settling import Settling, TicketPace
from tickless.journal import Tx
from tickless.kit.log import get_logger
from tickless.practices.tickets.pack import as_text, held
from tickless.sdk.capabilities.ticketing import TicketView

LEASE = "tickets"
LEASE_SECONDS = 60.0
TICK_SECONDS = 1.0
PART_OF_INCIDENT = dt.timedelta(seconds=30)
"""How long a case that is part of a running incident waits before its ticket is thought of again."""
UNTIL_SUMMARY = dt.timedelta(seconds=1)
AT_ONCE = 20
"""Tickets looked at in one go."""
log = get_logger("flow")


class TicketSync:
    """Works while it holds the lease; several processes may run one."""

    def __init__(
        self, *, rooms: Rooms, handing: HandingOff, talk: TicketTalk, node: str, pace: TicketPace,
        short: Summarising | None = None,
    ) -> None:  # fmt: skip
        """`short`: puts a case in short before its ticket is made; None: nobody does."""
        self._rooms = rooms
        self._handing = handing
        self._short = short
        self._talk = talk
        self._node = node
        self._calls = TicketCalls(rooms)
        self._routing = Routing(rooms)
        self._settling = Settling(rooms, talk, self._calls, pace, self._routing)
        self._stop = threading.Event()
        self._awake = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        self._thread = threading.Thread(target=self._loop, name="tickets", daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """Something was written that has to go out."""
        self._awake.set()

    def stop(self) -> None:
        self._stop.set()
        self._awake.set()
        if self._thread is not None:
            self._thread.join(timeout=CALL_SECONDS + 2)
        with self._rooms.journal.write() as tx:
            tx.coordination.release(LEASE, holder=self._node)

    def _loop(self) -> None:
        while not self._stop.is_set():
            self._awake.clear()
            try:
                self.work()
            except Exception as error:  # ADR 0013
                log.error("tickets could not be brought together", exc_info=error)
            self._awake.wait(TICK_SECONDS)

    def work(self) -> int:
        """Look at the tickets that are due; returns how many."""
        now = self._rooms.clock.now()
        with self._rooms.journal.read() as tx:
            due = self._due(tx, now)
        if not due:
            return 0
        with self._rooms.journal.write() as tx:
            if not tx.coordination.take_lease(LEASE, holder=self._node, now=now, seconds=LEASE_SECONDS):
                return 0
        for ticket in due:
            if self._stop.is_set() or not self._hold():
                break
            self._look_after(ticket.id)
        return len(due)

    def _hold(self) -> bool:
        now = self._rooms.clock.now()
        with self._rooms.journal.write() as tx:
            return tx.coordination.take_lease(LEASE, holder=self._node, now=now, seconds=LEASE_SECONDS)

    def _due(self, tx: Tx, now: dt.datetime) -> list[Ticket]:
        """Some of those that are due: first what people do not have yet, then what has waited longest."""
        table = tx.tickets.table.c
        found = tx.tickets.where(table.state == "wanted", table.due_at <= now, order=table.due_at, limit=AT_ONCE)
        made = table.state.in_(("open", "pending", "resolved"))
        return found + tx.tickets.where(made, table.due_at <= now, order=table.due_at, limit=AT_ONCE)

    def _look_after(self, ticket: str) -> None:
        """One ticket; what goes wrong outside is written down with it and tried again, later and later."""
        try:
            self._bring_together(ticket)
        except OutsideError as error:
            self._put_off(ticket, error)
        except TicklessError as error:
            log.error("a ticket could not be brought together", ticket=ticket, exc_info=error)
            self._put_off(ticket, error)
        except Exception as error:  # ADR 0013
            log.error("a ticket could not be brought together", ticket=ticket, exc_info=error)
            self._put_off(ticket, TicklessError(f"Tickless itself failed ({type(error).__name__})"))

    def _put_off(self, ticket: str, error: TicklessError) -> None:
        now = self._rooms.clock.now()
        pause = max(2.0, error.retry.seconds) if error.retry.when == "after" else 300.0
        with self._rooms.journal.write() as tx:
            record = tx.tickets.need(ticket, lock=True)
            if not record.trouble:
                log.warning(
                    "the ticket system did not do what was asked",
                    ticket=ticket,
                    reason=error.public,
                    detail=error.detail,
                )
            trouble = f"{error.public}{f': {error.mend}' if error.mend else ''}"
            due = now + dt.timedelta(seconds=pause)
            tx.tickets.put(record.model_copy(update={"trouble": trouble, "due_at": due}))

    def _bring_together(self, identity: str) -> None:
        with self._rooms.journal.read() as tx:
            known = tx.tickets.need(identity)
        if self._short is not None and self._short.awaited(known):
            self._wait_for_summary(known)
            return
        ticket = self._make(known) if known.state == "wanted" else known
        if ticket is None:
            return
        view = _own_view(ticket) if ticket.system == OWN else self._calls.read(ticket)
        ticket = self._carry_errands(ticket)
        if ticket.system != OWN:
            ticket = self._bring_comments(ticket)
        self._settling.settle(ticket, view)

    def _wait_for_summary(self, ticket: Ticket) -> None:
        """Others come first meanwhile."""
        with self._rooms.journal.write() as tx:
            record = tx.tickets.need(ticket.id, lock=True)
            tx.tickets.put(record.model_copy(update={"due_at": self._rooms.clock.now() + UNTIL_SUMMARY}))

    # Making it

    def _make(self, ticket: Ticket) -> Ticket | None:
        now = self._rooms.clock.now()
        system = ticket.system or self._calls.bound()
        with self._rooms.journal.write() as tx:
            record = tx.tickets.need(ticket.id, lock=True)
            case = tx.cases.need(ticket.case)
            if not self._needs_its_own(tx, case, record, now=now):
                return None
            self._handing.name_owner(tx, case, now=now)
            before = record.first_tried_at
            team, why = self._routing.first_team(tx, case) if system != OWN else ("", "")
            record = record.model_copy(
                update={"system": system, "first_tried_at": before or now, "sent_to": team, "sent_why": why}
            )
            if system == OWN:
                record = record.model_copy(
                    update={"state": "open", "external": str(case.number), "number": f"#{case.number}"}
                )
            tx.tickets.put(record)
            if system == OWN:
                self._audit(tx, record, now)
        if system == OWN:
            return record
        with self._rooms.journal.read() as tx:
            pack = self._handing.pack(tx, tx.cases.need(ticket.case))
        wanted = {
            "key": record.key,
            "title": f"{pack.title or pack.hypothesis}"[:160] or f"Case {pack.number}",
            "body": as_text(pack),
            "kind": "request" if case.kind == "request" else "incident",
            "priority": case.impact.priority,
            "group": record.sent_to,
            "requester": pack.contact,
        }
        return self._made(record, self._calls.create(record, wanted, tried_before=before))

    @staticmethod
    def _needs_its_own(tx: Tx, case: Case, ticket: Ticket, *, now: dt.datetime) -> bool:
        """A report that an incident answers for waits for it: what mends the incident may mend it, and one ticket is enough."""
        incident = answered_for(tx, case)
        if incident is None:
            return True
        if incident.live:
            tx.tickets.put(ticket.model_copy(update={"due_at": now + PART_OF_INCIDENT}))
        else:
            tx.tickets.delete(ticket.id)
        return False

    def _made(self, ticket: Ticket, made: TicketView) -> Ticket:
        now = self._rooms.clock.now()
        with self._rooms.journal.write() as tx:
            record = tx.tickets.need(ticket.id, lock=True)
            record = record.model_copy(
                update={"external": made.ticket, "number": made.number, "url": made.url,
                        "owner": made.owner, "team": made.team, "trouble": "", "moved_at": now}
            )  # fmt: skip
            record = tx.tickets.put(record.moved_to(made.state, now))
            self._audit(tx, record, now)
        return record

    @staticmethod
    def _audit(tx: Tx, ticket: Ticket, now: dt.datetime) -> None:
        tx.audit.append(at=now, actor="tickless", action="ticket.made", subject=f"ticket:{ticket.id}", case=ticket.case,
                        detail={"system": ticket.system, "number": ticket.number})  # fmt: skip

    # Reading and writing

    def _carry_errands(self, ticket: Ticket) -> Ticket:
        """Say what waits to be said, oldest first; what was said leaves the list."""
        for errand in ticket.errands:
            if ticket.system != OWN:
                said = errand.model_dump(include={"key", "text", "public"})
                self._calls.say(ticket, since=errand.at, **said)
            with self._rooms.journal.write() as tx:
                record = tx.tickets.need(ticket.id, lock=True)
                left = tuple(one for one in record.errands if one.key != errand.key)
                ticket = tx.tickets.put(record.model_copy(update={"errands": left}))
        return ticket

    def _bring_comments(self, ticket: Ticket) -> Ticket:
        found = self._calls.comments(ticket)
        fresh = [one for one in found.comments if one.id not in ticket.comments_seen]
        if not fresh and found.mark == ticket.marker:
            return ticket
        answers: tuple[tuple[str, str], ...] = ()
        if any(one.public and not one.own for one in fresh):
            with self._rooms.journal.read() as tx:
                answers = held(self._handing.pack(tx, tx.cases.need(ticket.case)))
        now = self._rooms.clock.now()
        with self._rooms.journal.write() as tx:
            record = tx.tickets.need(ticket.id, lock=True)
            for said in fresh:
                record = self._talk.bring(tx, record, said, answers=answers, now=now)
            return tx.tickets.put(record.model_copy(update={"marker": found.mark}))


def _own_view(ticket: Ticket) -> TicketView:
    """Our own record, as an outside system would tell it."""
    return TicketView(
        exists=True,
        ticket=ticket.external,
        number=ticket.number,
        state="open" if ticket.state == "wanted" else ticket.state,
        state_at=ticket.moved_at,
        owner=ticket.owner,
    )
