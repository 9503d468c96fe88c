"""Keeping a case and its ticket one: makes the ticket, carries errands there, brings back what was said and done. One thread.

No transaction is open while something outside is called, and everything may be cut off anywhere: what was made is found again by its
key, what was said is looked for before it is said again, what was read is known by its id.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tickless.domain.case import Case, Participant
from tickless.domain.errors import NotFound, OutsideError, Rejected, TicklessError
from tickless.domain.ticket import OWN, OurSide, Ticket
from tickless.flow import ends
from tickless.flow.handing_off import HandingOff, want_ticket
from tickless.flow.rooms import Rooms
from tickless.flow.tickets import TicketTalk
from tickless.journal import Tx
from tickless.kit.log import get_logger
from tickless.practices.tickets.core import Move, Standing, after, bring_together
from tickless.practices.tickets.pack import as_text
from tickless.sdk.capabilities.ticketing import Comments, TicketView
from tickless.sdk.connector import Call
from tickless.sdk.invoke import invoke

LEASE = "tickets"
LEASE_SECONDS = 60.0
TICK_SECONDS = 1.0
CALL_SECONDS = 15.0
AT_ONCE = 20
"""Tickets looked at in one go."""
SOON, LATER, SELDOM = dt.timedelta(seconds=5), dt.timedelta(seconds=60), dt.timedelta(seconds=300)
"""How often a ticket is read: just moved, moved within a day, resting."""
FORGOTTEN = dt.timedelta(days=30)
"""A solved case whose ticket rests this long is looked at no more: what comes back gets a new one."""
STILL_FIRING = dt.timedelta(minutes=10)
"""How long a monitor may take to say that it is over."""

log = get_logger("flow")


@dataclass(frozen=True)
class TicketPace:
    """`poll`: how often a ticket that moves is read. `assume`: how long the person's silence takes to count as “assumed”."""

    poll: dt.timedelta = SOON
    assume: dt.timedelta = dt.timedelta(days=3)


class TicketSync:
    """Works while it holds the lease; several processes may run one."""

    def __init__(
        self, *, rooms: Rooms, handing: HandingOff, talk: TicketTalk, node: str, pace: TicketPace = TicketPace()
    ) -> None:
        self._rooms = rooms
        self._handing = handing
        self._talk = talk
        self._node = node
        self._pace = pace
        self._stop = threading.Event()
        self._awake = threading.Event()
        self._thread: threading.Thread | None = None
        self._after = ""

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
        """Some of those that are due, going round in the order of their ids so that none waits for ever."""
        table = tx.tickets.table.c
        live = table.state.in_(("wanted", "open", "pending", "resolved"))
        found = tx.tickets.where(live, table.id > self._after, limit=500)
        self._after = found[-1].id if len(found) == 500 else ""
        return [one for one in found if one.due_at is None or one.due_at <= now][:AT_ONCE]

    def _look_after(self, ticket: str) -> None:
        """One ticket; what goes wrong outside is written down with it and tried again, later and later."""
        try:
            self._bring_together(ticket)
        except OutsideError as error:
            self._put_off(ticket, error)
        except TicklessError as error:
            log.error("a ticket could not be brought together", ticket=ticket, exc_info=error)
            self._put_off(ticket, error)

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
        ticket = self._make(known) if known.state == "wanted" else known
        if ticket is None:
            return
        view = self._own_view(ticket) if ticket.system == OWN else self._read(ticket)
        ticket = self._carry_errands(ticket)
        if ticket.system != OWN:
            ticket = self._bring_comments(ticket)
        self._settle(ticket, view)

    # Making it

    def _system(self) -> str:
        """The connector behind `ticket`, or our own record where there is none."""
        try:
            found = self._rooms.registry.find("ticket.create")
        except NotFound:
            return OWN
        return str(found.instance.name)

    def _make(self, ticket: Ticket) -> Ticket | None:
        now = self._rooms.clock.now()
        system = ticket.system or self._system()
        with self._rooms.journal.write() as tx:
            record = tx.tickets.need(ticket.id, lock=True)
            case = tx.cases.need(ticket.case)
            if case.parent is not None and not record.external:
                tx.tickets.delete(record.id)  # the incident that it joined has one
                return None
            self._handing.name_owner(tx, case, now=now)
            before = record.first_tried_at
            record = record.model_copy(update={"system": system, "first_tried_at": before or now})
            if system == OWN:
                record = record.model_copy(
                    update={"state": "open", "external": str(case.number), "number": f"#{case.number}"}
                )
            tx.tickets.put(record)
            pack = self._handing.pack(tx, case)
        if system == OWN:
            self._audit(record, "ticket.made", {"system": OWN})
            return record
        wanted = {
            "key": record.key,
            "title": f"{pack.title or pack.hypothesis}"[:160] or f"Case {pack.number}",
            "body": as_text(pack),
            "kind": "request" if case.kind == "request" else "incident",
            "priority": case.impact.priority,
            "group": self._handing.team(case),
            "requester": pack.contact,
        }
        made = self._ask(record, "create", wanted, first_started=before)
        return self._made(record, made)

    def _made(self, ticket: Ticket, made: Any) -> Ticket:
        now = self._rooms.clock.now()
        with self._rooms.journal.write() as tx:
            record = tx.tickets.need(ticket.id, lock=True)
            record = record.model_copy(
                update={"external": made.ticket, "number": made.number, "url": made.url, "state": made.state,
                        "owner": made.owner, "trouble": "", "moved_at": now}
            )  # fmt: skip
            tx.tickets.put(record)
            self._audit_in(tx, record, "ticket.made", {"system": record.system, "number": record.number})
        return record

    # Reading and writing

    def _read(self, ticket: Ticket) -> TicketView:
        view = self._ask(ticket, "read", {"ticket": ticket.external})
        if not isinstance(view, TicketView) or not view.exists:
            raise Rejected(f"{ticket.number or 'the ticket'} is gone", mend="it may have been deleted or merged there")
        return view

    @staticmethod
    def _own_view(ticket: Ticket) -> TicketView:
        return TicketView(exists=True, ticket=ticket.external, number=ticket.number, state=_phase(ticket),
                          state_at=ticket.moved_at, owner=ticket.owner)  # fmt: skip

    def _carry_errands(self, ticket: Ticket) -> Ticket:
        """Say what waits to be said, oldest first; what was said leaves the list."""
        for errand in ticket.errands:
            if ticket.system != OWN:
                params = {"ticket": ticket.external, "key": errand.key, "text": errand.text, "public": errand.public}
                self._ask(ticket, "comment", params, first_started=errand.at)
            with self._rooms.journal.write() as tx:
                record = tx.tickets.need(ticket.id, lock=True)
                left = tuple(one for one in record.errands if one.key != errand.key)
                ticket = tx.tickets.put(record.model_copy(update={"errands": left}))
        return ticket

    def _bring_comments(self, ticket: Ticket) -> Ticket:
        found = self._ask(ticket, "comments", {"ticket": ticket.external, "since": ticket.marker})
        if not isinstance(found, Comments):
            return ticket
        now = self._rooms.clock.now()
        with self._rooms.journal.write() as tx:
            record = tx.tickets.need(ticket.id, lock=True)
            for said in found.comments:
                record = self._talk.bring(tx, record, said, now=now)
            return tx.tickets.put(record.model_copy(update={"marker": found.mark}))

    # Bringing together

    def _settle(self, ticket: Ticket, view: TicketView) -> None:
        """Take their owner, find the one move, make it, and write down where both stand now."""
        now = self._rooms.clock.now()
        with self._rooms.journal.write() as tx:
            case = tx.cases.need(ticket.case, lock=True)
            record = tx.tickets.need(ticket.id, lock=True)
            record = self._take_owner(tx, case, record, view, now=now)
            record = self._quiet(tx, case, record, now=now)
            case = tx.cases.need(ticket.case)
            before = Standing(ours=record.ours, theirs=_phase(record))
            standing = Standing(ours=_our_side(case, record), theirs=view.state)
            move = bring_together(before, standing, our_change_at=_changed_at(case, record),
                                  their_change_at=view.state_at or now)  # fmt: skip
            if move in {"none", "ask", "take_back", "replace"}:
                self._here(tx, case, record, view, move, standing, now=now)
                return
        self._there(record, case, move)
        with self._rooms.journal.write() as tx:
            record = tx.tickets.need(ticket.id, lock=True)
            self._agree(tx, record, after(move, standing), moved=True, now=now)
            self._audit_in(
                tx, record, f"ticket.{'resolved' if move == 'resolve_there' else 'reopened'}", {"number": record.number}
            )

    def _here(
        self, tx: Tx, case: Case, ticket: Ticket, view: TicketView, move: Move, standing: Standing, *, now: dt.datetime
    ) -> None:
        """The moves on our side, each in this transaction."""
        if move == "ask":
            ticket = self._talk.ask(tx, case, ticket, note=view.resolution, now=now)
            self._audit_in(tx, ticket, "ticket.resolved_there", {"number": ticket.number, "by": view.owner})
        elif move == "take_back":
            ticket = self._taken_back(tx, case, ticket, now=now)
        elif move == "replace":
            self._agree(tx, ticket.model_copy(update={"state": "closed"}), standing, moved=True, now=now)
            want_ticket(tx, case, now=now)
            return
        changed = view.state != ticket.state or move != "none"
        self._agree(tx, ticket, after(move, standing), moved=changed, now=now)

    def _taken_back(self, tx: Tx, case: Case, ticket: Ticket, *, now: dt.datetime) -> Ticket:
        """They opened it again: the case is with people, whatever the person's silence had made of it."""
        if case.state != "handed_off":
            back = case.model_copy(update={"resolved_at": None, "updated_at": now})
            why = f"{ticket.number} was opened again there"
            ends.end_case(tx, back, state="handed_off", outcome="handed_off", now=now, why=why)
            ticket = tx.tickets.need(ticket.id)
        return ticket.model_copy(update={"asked_at": None, "answered_at": None})

    def _there(self, ticket: Ticket, case: Case, move: Move) -> None:
        """The moves on their side. Our own record needs nobody to be called."""
        if ticket.system == OWN:
            return
        wanted = "resolved" if move == "resolve_there" else "open"
        note = f"Tickless: case {case.number} is {case.outcome or case.state}." if wanted == "resolved" else ""
        self._ask(ticket, "set_state", {"ticket": ticket.external, "state": wanted, "note": note})

    def _agree(self, tx: Tx, ticket: Ticket, standing: Standing, *, moved: bool, now: dt.datetime) -> None:
        update: dict[str, Any] = {"ours": standing.ours, "state": standing.theirs, "synced_at": now, "trouble": ""}
        update |= {"moved_at": now} if moved else {}
        ticket = ticket.model_copy(update=update)
        if standing.ours == "solved" and now - (ticket.moved_at or ticket.made_at) > FORGOTTEN:
            ticket = ticket.model_copy(update={"state": "closed"})
        pause = self._pause(ticket, now)
        tx.tickets.put(ticket.model_copy(update={"due_at": None if ticket.errands else now + pause}))

    def _pause(self, ticket: Ticket, now: dt.datetime) -> dt.timedelta:
        rest = now - (ticket.moved_at or ticket.made_at)
        if rest < dt.timedelta(minutes=10) or ticket.ours == "asked":
            return self._pace.poll
        return LATER if rest < dt.timedelta(days=1) else SELDOM

    def _take_owner(self, tx: Tx, case: Case, ticket: Ticket, view: TicketView, *, now: dt.datetime) -> Ticket:
        """Who works on it is theirs to say; if we know that person, they keep the case's story from now on."""
        if view.owner == ticket.owner:
            return ticket
        person = self._rooms.world().person_called(view.owner) if view.owner else None
        if person is not None:
            tx.alerts.set_owner(Participant(case=case.id, role="owner", ref=person.id, since=now))
        self._audit_in(tx, ticket, "ticket.assigned", {"number": ticket.number, "to": view.owner})
        return tx.tickets.put(ticket.model_copy(update={"owner": view.owner, "moved_at": now}))

    def _quiet(self, tx: Tx, case: Case, ticket: Ticket, *, now: dt.datetime) -> Ticket:
        """Nobody answered “does it work now?”. A machine's case asks its monitor instead."""
        if ticket.asked_at is None or case.state != "handed_off":
            return ticket
        waited = now - ticket.asked_at
        if case.conversation is None:
            firing = [one for one in tx.alerts.of_case(case.id) if one.state == "firing"]
            if not firing:
                self._talk.silence(tx, case, ticket, why=f"{ticket.number} was resolved, and no alert fires", now=now)
            elif waited > STILL_FIRING:
                text = f"The monitor still says: {firing[0].title.tame(300)}"
                self._talk.note(tx, ticket, text, key=f"firing:{ticket.asked_at}", now=now)
                record = tx.tickets.need(ticket.id)
                return tx.tickets.put(record.model_copy(update={"asked_at": None, "answered_at": now}))
        elif waited > self._pace.assume:
            why = f"{ticket.number} was resolved, the person was asked, and nobody objected"
            self._talk.silence(tx, case, ticket, why=why, now=now)
        return tx.tickets.need(ticket.id)

    # Outside

    def _ask(
        self, ticket: Ticket, operation: str, params: Mapping[str, Any], *, first_started: dt.datetime | None = None
    ) -> Any:
        """Call an operation of the ticket's own system: it stays there, whatever is bound later."""
        bound = self._rooms.registry.find(f"{ticket.system}.{operation}")
        call = Call(instance=bound.instance, key=f"{ticket.id}:{operation}", now=self._rooms.clock.now(), timeout=CALL_SECONDS,
                    first_started=first_started)  # fmt: skip
        return invoke(bound, params, call).output

    def _audit(self, ticket: Ticket, action: str, detail: dict[str, Any]) -> None:
        with self._rooms.journal.write() as tx:
            self._audit_in(tx, ticket, action, detail)

    def _audit_in(self, tx: Tx, ticket: Ticket, action: str, detail: dict[str, Any]) -> None:
        tx.audit.append(at=self._rooms.clock.now(), actor="tickless", action=action, subject=f"ticket:{ticket.id}",
                        case=ticket.case, detail=detail)  # fmt: skip


def _phase(ticket: Ticket) -> Any:
    return "open" if ticket.state == "wanted" else ticket.state


def _our_side(case: Case, ticket: Ticket) -> OurSide:
    """Where our side stands: over, the person asked, or in the works."""
    if not case.live and case.state != "handed_off":
        return "solved"
    return "asked" if ticket.asked_at is not None and case.state == "handed_off" else "open"


def _changed_at(case: Case, ticket: Ticket) -> dt.datetime:
    moments = [case.opened_at, case.reopened_at, case.resolved_at, ticket.answered_at]
    return max(one for one in moments if one is not None)
