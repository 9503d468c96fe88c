"""Pages: whoever is on call is called for a case, and the next one when nobody answers. By the clock."""

from __future__ import annotations

import datetime as dt

from tickless.domain.case import LIVE_STATES, Case
from tickless.domain.oncall import PageOut, Schedule
from tickless.flow.keeping import Keeper, Keeping
from tickless.flow.paging import Paging
from tickless.journal import Tx
from tickless.practices.oncall.core import due_step

MOST = 200
RECENT = dt.timedelta(days=2)
"""Cases that have not been touched for longer call nobody."""


class OnCallPages:
    """One page a case and generation."""

    def __init__(self, keeping: Keeping) -> None:
        self._keeping = keeping
        self._journal = keeping.rooms.journal
        self._paging = Paging(keeping)

    def listed(self, *, state: str | None = None) -> list[PageOut]:
        """The latest first."""
        with self._journal.read() as tx:
            table = tx.oncall_pages.table.c
            wanted = [table.state == state] if state else []
            return tx.oncall_pages.where(*wanted, order=table.due.desc(), limit=MOST)

    def show(self, identity: str) -> PageOut:
        """Raises `NotFound`."""
        with self._journal.read() as tx:
            return tx.oncall_pages.need(identity)

    def schedule_for(self, service: str | None) -> Schedule | None:
        """The schedule of a service, else the one that is for whatever no other is for."""
        with self._journal.read() as tx:
            known = tx.oncall_schedules.by(state="active")
        own = next((one for one in known if service is not None and service in one.services), None)
        return own or next((one for one in known if not one.services), None)

    def acknowledge(self, identity: str, *, by: Keeper) -> PageOut:
        """Somebody has it: nobody else is called. Raises `NotFound`, `Conflict`, `Forbidden`."""
        with self._journal.write() as tx:
            return self._paging.acknowledge(tx, identity, by=by)

    def pass_on(self, identity: str, *, by: Keeper) -> PageOut:
        """Somebody cannot take it: the next one is called at once. Raises `NotFound`, `Conflict`, `Forbidden`."""
        with self._journal.write() as tx:
            return self._paging.pass_on(tx, identity, by=by)

    def look(self, now: dt.datetime) -> None:
        """Begin, go on with and end pages."""
        with self._journal.read() as tx:
            schedules = tx.oncall_schedules.by(state="active")
            going = [*tx.oncall_pages.by(state="calling"), *tx.oncall_pages.by(state="acknowledged"),
                     *tx.oncall_pages.by(state="unanswered")]  # fmt: skip
            cases = self._wanting(tx, now) if schedules else []
        for case in cases:
            schedule = self.schedule_for(case.service)
            if schedule is not None and (case.state == "handed_off" or case.impact.priority <= schedule.page_at):
                self._begin(case, schedule, now)
        for page in [*going, *self.listed(state="calling")]:
            self._go_on(page.id, now)

    def _wanting(self, tx: Tx, now: dt.datetime) -> list[Case]:
        """Incidents that may want somebody."""
        table = tx.cases.table.c
        return tx.cases.where(
            table.state.in_((*LIVE_STATES, "handed_off")), table.kind == "incident", table.updated_at >= now - RECENT,
            order=table.number.desc(), limit=MOST,
        )  # fmt: skip

    def _begin(self, case: Case, schedule: Schedule, now: dt.datetime) -> None:
        identity = f"page-{case.number}-{case.generation}"
        with self._journal.write() as tx:
            if tx.oncall_pages.get(identity) is not None:
                return
            page = PageOut(id=identity, title=case.title.tame(200) or f"Case {case.number}", service=case.service, case=case.id,
                           number=case.number, schedule=schedule.id, made_by="tickless", made_at=now)  # fmt: skip
            tx.oncall_pages.put(page)
            self._keeping.record(tx, "tickless", "page.begun", identity, {"schedule": schedule.id}, case=case.id)

    def _go_on(self, identity: str, now: dt.datetime) -> None:
        with self._journal.write() as tx:
            page = tx.oncall_pages.need(identity, lock=True)
            case = tx.cases.get(page.case)
            if page.state != "over" and (case is None or not (case.live or case.state == "handed_off")):
                over = (*page.story, self._keeping.event("tickless", "over", "The case is over."))
                tx.oncall_pages.put(page.model_copy(update={"state": "over", "story": over}))
                return
            schedule = tx.oncall_schedules.get(page.schedule)
            if page.state != "calling" or schedule is None or case is None:
                return
            step = due_step(schedule, page, now)
            if step is not None:
                self._paging.call(tx, page, schedule, case, step=step)
