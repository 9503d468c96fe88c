"""Bringing a case and its ticket together: their owner, the one move of the conflict rule, and where both stand then."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from tickless.domain.case import Case, Participant
from tickless.domain.ticket import OWN, OurSide, Ticket, TicketState
from tickless.flow.ending import ends
from tickless.flow.ending.handing_off import want_ticket
from tickless.flow.rooms import Rooms
from tickless.flow.routing import Routing
from tickless.flow.tickets.calls import TicketCalls
from tickless.flow.tickets.relay import TicketTalk
from tickless.journal import Tx
from tickless.practices.tickets.core import Move, Standing, after, bring_together
from tickless.sdk.capabilities.ticketing import TicketView

SOON, LATER, SELDOM = dt.timedelta(seconds=5), 12, 60
"""How often a ticket is read: just moved; moved within a day and resting, so many times as seldom."""
FORGOTTEN = dt.timedelta(days=30)
"""A solved case whose ticket rests this long is looked at no more: what comes back gets a new one."""
STILL_FIRING = dt.timedelta(minutes=10)
"""How long a monitor may take to say that it is over."""
HERE = frozenset({"none", "ask", "take_back", "replace"})
"""Moves for which nobody outside is called."""


@dataclass(frozen=True)
class TicketPace:
    """`poll`: how often a ticket that moves is read. `assume`: how long the person's silence takes to count as “assumed”."""

    poll: dt.timedelta = SOON
    assume: dt.timedelta = dt.timedelta(days=3)


@dataclass(frozen=True)
class _Scene:
    """Both sides at one moment, read under the case's lock."""

    case: Case
    ticket: Ticket
    view: TicketView
    standing: Standing
    move: Move


class Settling:
    """`settle` is called with what the ticket system says; it makes at most one call of its own."""

    def __init__(self, rooms: Rooms, talk: TicketTalk, calls: TicketCalls, pace: TicketPace, routing: Routing) -> None:
        self._rooms = rooms
        self._routing = routing
        self._talk = talk
        self._calls = calls
        self._pace = pace

    def settle(self, ticket: Ticket, view: TicketView) -> None:
        """Take their owner, find the one move, make it, and write down where both stand now."""
        now = self._rooms.clock.now()
        with self._rooms.journal.write() as tx:
            scene = self._look(tx, ticket, view, now=now)
            if scene.move in HERE:
                self._here(tx, scene, now=now)
                return
        wanted = "resolved" if scene.move == "resolve_there" else "open"
        if ticket.system != OWN:
            case = scene.case
            note = f"Tickless: case {case.number} is {case.outcome or case.state}." if wanted == "resolved" else ""
            self._calls.set_state(scene.ticket, wanted, note=note)
        with self._rooms.journal.write() as tx:
            record = tx.tickets.need(ticket.id, lock=True)
            self._agree(tx, record, after(scene.move, scene.standing), moved=True, now=now)
            self._audit(tx, record, "ticket.resolved" if wanted == "resolved" else "ticket.reopened", now)

    def _look(self, tx: Tx, ticket: Ticket, view: TicketView, *, now: dt.datetime) -> _Scene:
        case = tx.cases.need(ticket.case, lock=True)
        record = self._take_owner(tx, case, tx.tickets.need(ticket.id, lock=True), view, now=now)
        if view.worked_minutes is not None:
            record = record.model_copy(update={"minutes": view.worked_minutes})
        record = self._silence(tx, case, record, now=now)
        case = tx.cases.need(ticket.case)
        before = Standing(ours=record.ours, theirs=_state(record))
        standing = Standing(ours=our_side(case, record), theirs=view.state)
        move = bring_together(
            before, standing, our_change_at=_changed_at(case, record), their_change_at=view.state_at or now
        )
        return _Scene(case, record, view, standing, move)

    def _here(self, tx: Tx, scene: _Scene, *, now: dt.datetime) -> None:
        """The moves on our side, each in this transaction."""
        case, ticket, standing = scene.case, scene.ticket, scene.standing
        if scene.move == "replace":
            self._agree(tx, ticket.model_copy(update={"state": "closed"}), standing, moved=True, now=now)
            want_ticket(tx, case, now=now)
            return
        if scene.move == "ask":
            ticket = self._talk.ask(tx, case, ticket, note=scene.view.resolution, now=now)
            self._audit(tx, ticket, "ticket.resolved_there", now, by=scene.view.owner)
            self._routing.solved(tx, case, ticket, now=now)
        elif scene.move == "take_back":
            ticket = self._taken_back(tx, case, ticket, now=now)
        moved = scene.view.state != ticket.state or scene.move != "none"
        self._agree(tx, ticket, after(scene.move, standing), moved=moved, now=now)

    def _taken_back(self, tx: Tx, case: Case, ticket: Ticket, *, now: dt.datetime) -> Ticket:
        """They opened it again: the case is with people, whatever the person's silence had made of it."""
        if case.state != "handed_off":
            back = case.model_copy(update={"resolved_at": None, "updated_at": now})
            why = f"{ticket.number} was opened again there"
            ends.end_case(tx, back, state="handed_off", outcome="handed_off", now=now, why=why)
            ticket = tx.tickets.need(ticket.id)
        self._talk.nothing_asked(tx, ticket)
        tx.routings.delete(ticket.id)
        return ticket.model_copy(update={"asked_at": None, "answered_at": None})

    def _agree(self, tx: Tx, ticket: Ticket, standing: Standing, *, moved: bool, now: dt.datetime) -> None:
        update: dict[str, Any] = {"ours": standing.ours, "synced_at": now, "trouble": ""}
        update |= {"moved_at": now} if moved else {}
        ticket = ticket.moved_to(standing.theirs, now).model_copy(update=update)
        if standing.ours == "solved" and now - (ticket.moved_at or ticket.made_at) > FORGOTTEN:
            ticket = ticket.model_copy(update={"state": "closed"})
        pause = self._pause(ticket, now)
        tx.tickets.put(ticket.model_copy(update={"due_at": None if ticket.errands else now + pause}))

    def _pause(self, ticket: Ticket, now: dt.datetime) -> dt.timedelta:
        rest = now - (ticket.moved_at or ticket.made_at)
        if rest < dt.timedelta(minutes=10) or ticket.ours == "asked":
            return self._pace.poll
        return self._pace.poll * (LATER if rest < dt.timedelta(days=1) else SELDOM)

    def _take_owner(self, tx: Tx, case: Case, ticket: Ticket, view: TicketView, *, now: dt.datetime) -> Ticket:
        """Which team and who works on it is theirs to say; if we know that person, they keep the case's story from now on."""
        if view.team and view.team != ticket.team:
            if ticket.team:
                self._audit(tx, ticket, "ticket.rerouted", now, before=ticket.team, to=view.team)
            ticket = tx.tickets.put(ticket.model_copy(update={"team": view.team, "moved_at": now}))
        if view.owner == ticket.owner:
            return ticket
        person = self._rooms.world().person_called(view.owner) if view.owner else None
        if person is not None:
            tx.alerts.set_owner(Participant(case=case.id, role="owner", ref=person.id, since=now))
        self._audit(tx, ticket, "ticket.assigned", now, to=view.owner)
        return tx.tickets.put(ticket.model_copy(update={"owner": view.owner, "moved_at": now}))

    def _silence(self, tx: Tx, case: Case, ticket: Ticket, *, now: dt.datetime) -> Ticket:
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

    @staticmethod
    def _audit(tx: Tx, ticket: Ticket, action: str, now: dt.datetime, **detail: object) -> None:
        tx.audit.append(at=now, actor="tickless", action=action, subject=f"ticket:{ticket.id}", case=ticket.case,
                        detail={"number": ticket.number, **detail})  # fmt: skip


def _state(ticket: Ticket) -> TicketState:
    return "open" if ticket.state == "wanted" else ticket.state


def our_side(case: Case, ticket: Ticket) -> OurSide:
    """Where our side stands: over, the person asked, or in the works."""
    if not case.live and case.state != "handed_off":
        return "solved"
    return "asked" if ticket.asked_at is not None and case.state == "handed_off" else "open"


def _changed_at(case: Case, ticket: Ticket) -> dt.datetime:
    moments = [case.opened_at, case.reopened_at, case.resolved_at, ticket.answered_at]
    return max(one for one in moments if one is not None)
