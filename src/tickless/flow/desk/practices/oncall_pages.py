"""Pages: whoever is on call is called for a case, and the next one when nobody answers. By the clock."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from tickless.domain.case import LIVE_STATES, Case
from tickless.domain.channel import Delivery
from tickless.domain.oncall import Notice, PageOut, Schedule
from tickless.flow.keeping import Keeper, Keeping
from tickless.flow.paging import Paging
from tickless.journal import Tx
from tickless.practices.oncall.core import due_step

MOST = 200
RECENT = dt.timedelta(days=2)
"""Cases that have not been touched for longer call nobody."""


@dataclass(frozen=True)
class NoticeShown:
    """A notice and what came of it. `sent_at` None: it is not there yet; `failed`: it will never be, with the reason."""

    notice: Notice
    sent_at: dt.datetime | None
    failed: bool = False
    reason: str = ""


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

    def sent(self, page: PageOut) -> list[NoticeShown]:
        """What was sent for a page, the oldest first, and what came of it."""
        with self._journal.read() as tx:
            return [_shown(one, tx.deliveries.get(one.delivery) if one.delivery else None) for one in page.notices]

    def schedule_for(self, service: str | None) -> Schedule | None:
        """The schedule of a service, else the one that is for whatever no other is for."""
        with self._journal.read() as tx:
            return _for(tx.oncall_schedules.by(state="active"), service)

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
            cases = self._wanting(tx, now) if schedules else []
        for case in cases:
            schedule = _for(schedules, case.service)
            if schedule is not None and (case.state == "handed_off" or case.impact.priority <= schedule.page_at):
                self._begin(case, schedule, now)
        with self._journal.read() as tx:
            going = [
                page for state in ("calling", "acknowledged", "unanswered") for page in tx.oncall_pages.by(state=state)
            ]
            due = [page.id for page in going if self._wants(tx, page, now)]
        for identity in due:  # whoever waits for nothing costs no writer its turn
            self._go_on(identity, now)

    def _wants(self, tx: Tx, page: PageOut, now: dt.datetime) -> bool:
        """Whether anything is to be done about a page now."""
        if _over(tx, page) or _next(tx, page, now) is not None or _rises(tx, page):
            return True
        return bool(self._paging.due(tx, page))

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
                           number=case.number, schedule=schedule.id, urgent=_urgent(schedule, case), made_by="tickless",
                           made_at=now)  # fmt: skip
            tx.oncall_pages.put(page)
            self._keeping.record(tx, "tickless", "page.begun", identity, {"schedule": schedule.id}, case=case.id)

    def _go_on(self, identity: str, now: dt.datetime) -> None:
        with self._journal.write() as tx:
            page = tx.oncall_pages.need(identity, lock=True)
            if page.state != "over" and _over(tx, page):
                over = (*page.story, self._keeping.event("tickless", "over", "The case is over."))
                tx.oncall_pages.put(page.model_copy(update={"state": "over", "story": over}))
                return
            if _rises(tx, page):
                page = self._paging.rise(tx, page)
            called, case = _next(tx, page, now), tx.cases.get(page.case)
            if called is not None:
                schedule, case, step = called
                page = self._paging.call(tx, page, schedule, case, step=step)
            if case is not None and self._paging.due(tx, page):
                self._paging.remind(tx, page, case)


def _shown(notice: Notice, delivery: Delivery | None) -> NoticeShown:
    if notice.delivery is None:
        return NoticeShown(notice, notice.at)
    if delivery is None:
        return NoticeShown(notice, None, reason="its delivery is not on record any more")
    return NoticeShown(notice, delivery.sent_at, delivery.state == "failed", delivery.reason)


def _for(schedules: list[Schedule], service: str | None) -> Schedule | None:
    """The one of a service, else the one that is for whatever no other is for."""
    own = next((one for one in schedules if service is not None and service in one.services), None)
    return own or next((one for one in schedules if not one.services), None)


def _urgent(schedule: Schedule, case: Case) -> bool:
    return case.impact.priority <= schedule.page_at


def _rises(tx: Tx, page: PageOut) -> bool:
    """Whether it has become urgent since it began."""
    if page.urgent or page.state not in {"calling", "unanswered"}:
        return False
    schedule, case = tx.oncall_schedules.get(page.schedule), tx.cases.get(page.case)
    return schedule is not None and case is not None and _urgent(schedule, case)


def _over(tx: Tx, page: PageOut) -> bool:
    case = tx.cases.get(page.case)
    return case is None or not (case.live or case.state == "handed_off")


def _next(tx: Tx, page: PageOut, now: dt.datetime) -> tuple[Schedule, Case, int] | None:
    """Whom to call now, by which step of what schedule; None while somebody may still answer."""
    schedule, case = tx.oncall_schedules.get(page.schedule), tx.cases.get(page.case)
    if page.state != "calling" or schedule is None or case is None:
        return None
    step = due_step(schedule, page, now)
    return None if step is None else (schedule, case, step)
