"""Pages: somebody is called for a case; they have it, or pass it on to whoever is next. In the caller's transaction.

Doors and buttons in a chat do the same here: policy is asked each time, with how surely it is known who asks.
"""

from __future__ import annotations

from tickless.domain.card import PageCard, store_card
from tickless.domain.case import Case, Participant
from tickless.domain.errors import Conflict
from tickless.domain.oncall import Call, PageOut, Schedule
from tickless.flow.keeping import Keeper, Keeping, names_person
from tickless.flow.saying.conversation import personal, say
from tickless.journal import Tx
from tickless.practices.oncall.core import next_step, whom


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
        return self.call(tx, self._told(page, by.by, "passed_on", "Passes it on."), schedule, case, step=step)

    def call(self, tx: Tx, page: PageOut, schedule: Schedule, case: Case, *, step: int) -> PageOut:
        """Call whom a step names."""
        world, now = self._keeping.world, self._keeping.now
        called = [one.person for one in page.calls]
        found = whom(schedule.steps[step], schedule, service=case.service, called=called, world=world, at=now)
        if found is None:
            text = f"Step {step + 1} ({schedule.steps[step].whom}): there is nobody to call who was not called."
            page = self._told(page, "tickless", "nobody", text)
            if called:
                page = page.model_copy(update={"calls": (*page.calls, Call(at=now, person=called[-1], step=step))})
        else:
            self._ring(tx, page, case, found, step)
            name = world.people[found].name if found in world.people else found
            page = self._told(page, "tickless", "called", f"{name} was called.").model_copy(
                update={"calls": (*page.calls, Call(at=now, person=found, step=step))}
            )
        if found is None and step == len(schedule.steps) - 1:
            page = page.model_copy(update={"state": "unanswered"})
        return tx.oncall_pages.put(page)

    def _ring(self, tx: Tx, page: PageOut, case: Case, person: str, step: int) -> None:
        """A notice with two buttons, in the channel in which they were heard last."""
        now = self._keeping.now
        text = (
            f"You are called for case {case.number}, priority {case.impact.priority}: {page.title}. "
            f"Say that you have it: /on-call/pages/{page.id}, or tickless on-call ack {page.id}"
        )
        card = PageCard(page=page.id, number=case.number, title=page.title)
        say(tx, conversation=personal(person), case=case, text=text, key=f"{page.id}:{step}:{person}", at=now, private=True,
            card=store_card(card))  # fmt: skip
        tx.alerts.add_participant(Participant(case=case.id, role="helper", ref=person, since=now))
        self._keeping.record(tx, "tickless", "page.called", page.id, {"person": person, "step": step}, case=case.id)

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
