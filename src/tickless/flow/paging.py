"""Pages: somebody is called for a case; they have it, or pass it on to whoever is next. In the caller's transaction.

Whoever is called is paged by rules of their own (`practices/oncall/rules.py`) until somebody has it.
Doors and buttons in a chat do the same here: policy is asked each time, with how surely it is known who asks.
"""

from __future__ import annotations

from dataclasses import dataclass

from tickless.domain.card import PageCard, store_card
from tickless.domain.case import Case, Participant
from tickless.domain.errors import Conflict
from tickless.domain.oncall import Call, Notice, PageOut, Schedule
from tickless.flow.keeping import Keeper, Keeping, names_person
from tickless.flow.paging_ways import send
from tickless.journal import Tx
from tickless.practices.oncall.core import next_step, whom
from tickless.practices.oncall.rules import Turn, begins_at, due_turns, ways_of


@dataclass(frozen=True)
class Due:
    """One of somebody's rules whose time has come. `call`: which of the page's calls it belongs to."""

    call: int
    person: str
    turn: Turn


class Paging:
    """What may happen to a page, whoever asks for it."""

    def __init__(self, keeping: Keeping) -> None:
        self._keeping = keeping

    def acknowledge(self, tx: Tx, identity: str, *, by: Keeper) -> PageOut:
        """Somebody has it: nobody else is called. Raises `NotFound`, `Conflict`, `Forbidden`."""
        page, now = self._open(tx, identity, by, "acknowledge"), self._keeping.now
        person = names_person(by)
        if person is not None:
            tx.alerts.set_owner(Participant(case=page.case, role="owner", ref=person, since=now))
        self._keeping.record(tx, by.by, "page.acknowledged", page.id, {"case": page.number}, case=page.case)
        return tx.oncall_pages.put(
            self._told(page, by.by, "acknowledged", "Has it.").model_copy(
                update={"state": "acknowledged", "acknowledged_at": now, "acknowledged_by": by.by, "owner": person}
            )
        )

    def pass_on(self, tx: Tx, identity: str, *, by: Keeper) -> PageOut:
        """Somebody cannot take it: the next step calls at once, without waiting. Raises `NotFound`, `Conflict`, `Forbidden`."""
        page = self._open(tx, identity, by, "pass_on")
        schedule, case = tx.oncall_schedules.get(page.schedule), tx.cases.get(page.case)
        step = next_step(schedule, page) if schedule is not None else None
        if schedule is None or case is None or step is None:
            raise Conflict("there is nobody further to call", mend="call somebody yourself, or say that you have it")
        self._keeping.record(tx, by.by, "page.passed_on", page.id, {"step": step}, case=page.case)
        passed = self._told(page, by.by, "passed_on", "Passes it on.")
        return self.call(tx, _rings_no_more(passed, names_person(by)), schedule, case, step=step)

    def call(self, tx: Tx, page: PageOut, schedule: Schedule, case: Case, *, step: int) -> PageOut:
        """Call whom a step names."""
        world, now = self._keeping.world, self._keeping.now
        called = [one.person for one in page.calls]
        found = whom(schedule.steps[step], schedule, service=case.service, called=called, world=world, at=now)
        if found is None:
            text = f"Step {step + 1} ({schedule.steps[step].whom}): there is nobody to call who was not called."
            page = self._told(page, "tickless", "nobody", text)
            if called:
                page = page.model_copy(
                    update={"calls": (*page.calls, Call(at=now, person=called[-1], step=step, rings=False))}
                )
            if step == len(schedule.steps) - 1:
                page = page.model_copy(update={"state": "unanswered"})
            return tx.oncall_pages.put(page)
        return self.remind(tx, self._called(tx, page, case, found, step), case)

    def _called(self, tx: Tx, page: PageOut, case: Case, person: str, step: int) -> PageOut:
        """Somebody is called from now on, or from the end of their quiet hours."""
        world, now = self._keeping.world, self._keeping.now
        begins = begins_at(tx.paging_rules.get(person), now, urgent=page.urgent)
        tx.alerts.add_participant(Participant(case=case.id, role="helper", ref=person, since=now))
        self._keeping.record(tx, "tickless", "page.called", page.id, {"person": person, "step": step}, case=case.id)
        name = world.people[person].name if person in world.people else person
        text = f"{name} was called." if begins == now else f"{name} is paged when their quiet hours end."
        waits = {"waits_until": begins} if begins > now else {}
        call = Call(at=now, person=person, step=step, begins_at=begins if begins > now else None)
        return self._told(page, "tickless", "called", text).model_copy(update={"calls": (*page.calls, call), **waits})

    def due(self, tx: Tx, page: PageOut) -> list[Due]:
        """Whom to page now, by which of their rules."""
        if page.state not in {"calling", "unanswered"}:
            return []
        found = []
        for number, call in enumerate(page.calls):
            if call.rings:
                sent = [one for one in page.notices if one.call == number]
                done, failed = {one.number for one in sent}, {one.number for one in sent if _failed(tx, one)}
                ways = ways_of(tx.paging_rules.get(call.person), urgent=page.urgent)
                turns = due_turns(ways, call.begins_at or call.at, self._keeping.now, done=done, failed=failed)
                found += [Due(number, call.person, turn) for turn in turns]
        return found

    def remind(self, tx: Tx, page: PageOut, case: Case) -> PageOut:
        """Page those whose rules say so now. Raises nothing: who is not reached by one channel is told in the usual one."""
        for due in self.due(tx, page):
            page = page.model_copy(update={"notices": (*page.notices, self._ring(tx, page, case, due))})
        return tx.oncall_pages.put(page)

    def rise(self, tx: Tx, page: PageOut) -> PageOut:
        """It has become urgent: quiet hours count no more."""
        now = self._keeping.now
        calls = tuple(
            call.model_copy(update={"begins_at": now}) if call.begins_at and call.begins_at > now else call
            for call in page.calls
        )
        waits = min(page.waits_until, now) if page.waits_until else None
        page = self._told(page, "tickless", "urgent", "It is urgent now: quiet hours do not count.")
        return tx.oncall_pages.put(page.model_copy(update={"urgent": True, "calls": calls, "waits_until": waits}))

    def _ring(self, tx: Tx, page: PageOut, case: Case, due: Due) -> Notice:
        """A notice with two buttons, by the channel that the rule names."""
        now, turn = self._keeping.now, due.turn
        first = not any(one.call == due.call for one in page.notices)
        called = "You are called" if first else "Nobody has it yet: you are called"
        text = (
            f"{called} for case {case.number}, priority {case.impact.priority}: {page.title}. "
            f"Say that you have it: /on-call/pages/{page.id}, or tickless on-call ack {page.id}"
        )
        card = PageCard(page=page.id, number=case.number, title=page.title)
        gone = send(tx, self._keeping.rooms, person=due.person, by=turn.by, case=case, text=text, card=store_card(card),
                    key=f"{page.id}:{due.call}:{turn.number}", at=now)  # fmt: skip
        if not first or gone.why:
            detail = {"person": due.person, "rule": turn.rule, "channel": gone.channel, "why": gone.why}
            self._keeping.record(tx, "tickless", "page.notified", page.id, detail, case=case.id)
        return Notice(at=now, person=due.person, call=due.call, number=turn.number, rule=turn.rule, channel=gone.channel,
                      why=gone.why, delivery=gone.delivery)  # fmt: skip

    def _open(self, tx: Tx, identity: str, by: Keeper, deed: str) -> PageOut:
        page = tx.oncall_pages.need(identity, lock=True)
        called = names_person(by) in {one.person for one in page.calls}
        self._keeping.allow(by, "on_call", deed, services=[page.service], mine=called)
        if page.state == "acknowledged":
            raise Conflict(f"{page.acknowledged_by} has it already")
        if page.state == "over":
            raise Conflict("this is over already")
        return page

    def _told(self, page: PageOut, by: str, kind: str, text: str) -> PageOut:
        return page.model_copy(update={"story": (*page.story, self._keeping.event(by, kind, text))})


def _failed(tx: Tx, notice: Notice) -> bool:
    """Whether a notice will never get there."""
    delivery = tx.deliveries.get(notice.delivery) if notice.delivery else None
    return delivery is not None and delivery.state == "failed"


def _rings_no_more(page: PageOut, person: str | None) -> PageOut:
    """Whoever passed it on is not paged any more; where somebody else did it for them, whoever was called last."""
    theirs = {one.person for one in page.calls if one.person == person} or {one.person for one in page.calls[-1:]}
    calls = tuple(one.model_copy(update={"rings": False}) if one.person in theirs else one for one in page.calls)
    return page.model_copy(update={"calls": calls})
