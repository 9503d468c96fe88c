"""What the practices know of one case: who is called, with whom it is, which change, problem and bridge it belongs to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from tickless.domain.case import Case
from tickless.domain.hours import read_hours
from tickless.domain.supplier import Agreement
from tickless.flow.desk.practices.changes import ChangesDesk
from tickless.flow.desk.practices.major import MajorDesk
from tickless.flow.desk.practices.oncall_pages import OnCallPages
from tickless.flow.desk.practices.problems import ProblemsDesk
from tickless.flow.desk.practices.suppliers import SuppliersDesk
from tickless.flow.keeping import Keeping
from tickless.journal import Tx
from tickless.practices.oncall.core import on_call

RECENT = dt.timedelta(hours=24)
Kind = Literal["major_incident", "on_call", "page", "referral", "agreement", "change", "problem"]


@dataclass(frozen=True)
class CaseLine:
    """One thing: what kind, its id and title, what to know of it, and where its page is. `urgent`: something is late."""

    kind: Kind
    id: str
    title: str
    words: str
    href: str
    urgent: bool = False


class CasePractices:
    """Reads only."""

    def __init__(
        self, keeping: Keeping, *, changes: ChangesDesk, major: MajorDesk, problems: ProblemsDesk, suppliers: SuppliersDesk,
        pages: OnCallPages,
    ) -> None:  # fmt: skip
        self._keeping = keeping
        self._changes = changes
        self._major = major
        self._problems = problems
        self._suppliers = suppliers
        self._pages = pages

    def lines(self, case: Case) -> list[CaseLine]:
        """What matters most in front."""
        with self._keeping.rooms.journal.read() as tx:
            return [
                *self._bridge(tx, case),
                *self._called(tx, case),
                *self._given(tx, case),
                *self._altered(tx, case),
                *self._behind(tx, case),
            ]

    def _bridge(self, tx: Tx, case: Case) -> Iterator[CaseLine]:
        found = self._major.of_case(tx, case.id)
        if found is not None:
            late = found.overdue(self._keeping.now)
            then = f"Next news {found.next_update_at:%H:%M} UTC." if found.next_update_at else "It is over."
            words = f"Led by {self._name(found.owner)}. {'News are overdue.' if late else then}"
            yield CaseLine("major_incident", found.id, found.title, words, f"/major/{found.id}", late)

    def _called(self, tx: Tx, case: Case) -> Iterator[CaseLine]:
        pages = tx.oncall_pages.by(ref=case.id)
        for page in pages[-1:]:
            called = ", ".join(self._name(call.person) for call in page.calls) or "nobody yet"
            has = f" {self._name(page.acknowledged_by)} has it." if page.acknowledged_by else ""
            words = f"Called: {called}.{has}"
            yield CaseLine(
                "page", page.id, "On call", words, f"/on-call/pages/{page.id}", page.state in {"calling", "unanswered"}
            )
        schedule = None if pages or case.kind != "incident" else self._pages.schedule_for(case.service)
        if schedule is not None:
            person = on_call(schedule, self._keeping.now)
            words = f"{self._name(person)} is on call now." if person else "Nobody is on call now."
            yield CaseLine("on_call", schedule.id, schedule.title, words, f"/on-call/{schedule.id}", person is None)

    def _given(self, tx: Tx, case: Case) -> Iterator[CaseLine]:
        referrals = self._suppliers.of_case(tx, case.id)
        for shown in referrals:
            one = shown.referral
            due = (
                f" An answer is due {one.respond_by:%Y-%m-%d %H:%M} UTC."
                if one.respond_by and one.state == "waiting"
                else ""
            )
            turn = f" Turn to {shown.contacts[-1].name}: {shown.contacts[-1].how}." if shown.contacts else ""
            words = f"With {self._party(tx, one.party)}, {one.state}.{due}{turn}"
            yield CaseLine("referral", one.id, one.title, words, "/suppliers", bool(shown.late))
        if case.kind == "incident" and not any(shown.referral.state != "over" for shown in referrals):
            for agreement in self._suppliers.fitting(tx, case)[:3]:
                href = f"/suppliers?case={case.number}"
                yield CaseLine("agreement", agreement.id, agreement.title, self._terms(tx, agreement, case), href)

    def _terms(self, tx: Tx, agreement: Agreement, case: Case) -> str:
        here = not agreement.hours or read_hours(agreement.hours).covers(self._keeping.now)
        target = next((one for one in agreement.targets if one.priority == case.impact.priority), None)
        answer = f" They answer within {target.respond} minutes of it." if target and target.respond else ""
        contact = f" {agreement.escalation[0].name}: {agreement.escalation[0].how}." if agreement.escalation else ""
        window = f"support window {agreement.hours or 'always'}, {'open' if here else 'closed'} now"
        return f"{self._party(tx, agreement.party)}, {window}.{answer}{contact}"

    def _altered(self, tx: Tx, case: Case) -> Iterator[CaseLine]:
        """Changes at its service from a day before it began."""
        if case.service is None or case.kind != "incident":
            return
        table = tx.change_records.table.c
        found = tx.change_records.where(
            table.service == case.service, table.due >= case.opened_at - RECENT, table.due <= case.opened_at,
            order=table.due.desc(), limit=5,
        )  # fmt: skip
        for one in found:
            if one.state not in {"draft", "rejected", "cancelled"}:
                state = (one.result or one.state).replace("_", " ")
                words = f"{one.kind} change, {state}, from {one.starts_at:%Y-%m-%d %H:%M} UTC."
                yield CaseLine("change", one.id, one.title, words, f"/changes/{one.id}")

    def _behind(self, tx: Tx, case: Case) -> Iterator[CaseLine]:
        if case.kind == "incident":
            for one in self._problems.behind(tx, case):
                words = f"Workaround: {one.workaround}" if one.workaround else "Its cause is being looked for."
                yield CaseLine("problem", one.id, one.title, words, f"/problems/{one.id}")

    def _name(self, person: str | None) -> str:
        known = self._keeping.world.people.get(person or "")
        return known.name if known else person or "nobody"

    @staticmethod
    def _party(tx: Tx, party: str) -> str:
        known = tx.suppliers.get(party)
        return known.name if known else party
