"""What people do with the cases handed to them: in their hours, with real work on the estate, so that checks read truth."""

from __future__ import annotations

import datetime as dt
import random
from contextlib import suppress

from tickless.app.accelerated.agenda import Agenda
from tickless.app.accelerated.hours import in_hours
from tickless.app.accelerated.machines import Machines
from tickless.app.accelerated.people import People
from tickless.app.accelerated.scene import Scene
from tickless.app.demo_faults import mend_it
from tickless.domain.case import Case
from tickless.domain.errors import TicklessError
from tickless.flow.ending.handing_off import newest_ticket
from tickless.sample.year_events import ByHand, Says

AGAIN = dt.timedelta(hours=2)
"""Until somebody looks again at a ticket that was not there yet."""
USUAL = ByHand("", dt.timedelta(hours=3), 20.0, "Done by hand.")
"""For a case behind which the story has nothing."""


class Hands:
    """`takes` is told of every case that went to people."""

    def __init__(self, scene: Scene, agenda: Agenda, people: People, machines: Machines, chance: random.Random) -> None:
        self._scene = scene
        self._agenda = agenda
        self._people = people
        self._machines = machines
        self._chance = chance
        self._desk = [one.id for one in scene.company.people if one.department == "IT" and one.active]

    def takes(self, case: Case) -> None:
        """Somebody takes it when they come to it, and is done after their work."""
        now = self._scene.clock.now()
        talk = self._people.talks.get(case.conversation or "")
        broken = self._machines.behind(case.need, case.service) if case.door == "machine" else None
        event: Says | None = talk.event if talk else None
        hand = (event.hand if event else broken.event.hand if broken else None) or USUAL
        if event is not None and event.gamed is not None and case.generation == 0:
            gamed = event.gamed
            self._agenda.at(now + gamed.closes_after, lambda: self._close_unsolved(case.id, gamed.by, gamed.reason))
            back = Says(f"{event.id}-back", now + gamed.closes_after + gamed.back_after, event.person, gamed.text, event.need,
                        event.faults, hand=event.hand, mood=event.mood / 2)  # fmt: skip
            self._agenda.at(in_hours(back.at), lambda: self._people.says(back))
            return
        due = in_hours(now + hand.wait, round_the_clock=hand.round_the_clock)
        by = hand.by or self._chance.choice(self._desk)
        self._agenda.at(
            due - min(dt.timedelta(minutes=hand.worked), due - now), lambda: self._move(case.id, "taken", by)
        )
        self._agenda.at(due, lambda: self._done(case.id, hand, by, event, broken.event.id if broken else ""))

    def _done(self, case: str, hand: ByHand, by: str, event: Says | None, broken: str) -> None:
        if not self._in_hand(case):
            return
        for fault in event.faults if event else ():
            with suppress(TicklessError):
                mend_it(self._scene.estate, fault)
        if event is not None and event.change is not None:
            with suppress(TicklessError):
                self._scene.estate.change(event.change.method, event.change.path, key=f"by-hand:{case}")
        if broken:
            self._machines.mend(broken)
        ticket = self._ticket(case)
        if ticket and hand.words:
            self._try(
                self._scene.house.desk.tickets.comment(ticket, hand.words, by=by, name=self._name(by), public=True)
            )
        self._move(case, "resolved", by)
        with self._scene.house.journal.read() as tx:
            made = newest_ticket(tx, case)
        if made is not None and made.state == "wanted":  # it waits for an incident, or for its turn
            self._agenda.at(self._scene.clock.now() + AGAIN, lambda: self._done(case, hand, by, event, ""))

    def _move(self, case: str, to: str, by: str) -> None:
        ticket = self._ticket(case)
        if ticket and self._in_hand(case):
            person = self._scene.company.person(by)
            self._try(self._scene.house.desk.tickets.change(ticket, to, by=person.username, person=person))  # type: ignore[arg-type]
            self._scene.look_after_tickets()

    def _close_unsolved(self, case: str, by: str, reason: str) -> None:
        if self._in_hand(case):
            person = self._scene.company.person(by)
            self._try(self._scene.house.desk.close(case, by=person.username, how="confirm", reason=reason))

    def _in_hand(self, case: str) -> bool:
        with self._scene.house.journal.read() as tx:
            return tx.cases.need(case).state == "handed_off"

    def _ticket(self, case: str) -> str:
        with self._scene.house.journal.read() as tx:
            ticket = newest_ticket(tx, case)
        return ticket.id if ticket is not None and ticket.state != "closed" else ""

    def _name(self, by: str) -> str:
        return self._scene.company.person(by).name

    def _try(self, deed: object) -> None:
        try:
            self._scene.do(deed)
        except TicklessError:  # somebody was quicker
            return
