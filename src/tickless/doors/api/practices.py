"""The routes of the practices, together."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import Field

from tickless.doors.api import changes, improvements, major, oncall, portfolio, problem_records, suppliers
from tickless.doors.api.guards import DeskHere, Reader, new_router
from tickless.doors.api.schemas import Page, Shown
from tickless.doors.api.sight import find_case
from tickless.flow.desk.practices.of_case import Kind

TAGS = {
    "changes": "Changes: their risk by its parts, approvals, collisions, and what came of them.",
    "on-call": "Who is called when: schedules, overrides, pages, calendars in and out.",
    "problems": "Causes behind incidents: what is worth looking into, known errors, reviews.",
    "improvements": "Actions with an owner, a date, an expected and a measured benefit.",
    "suppliers": "Contracts, operational level agreements, cases that are with others and their clocks.",
    "portfolio": "Services with support models, gates, recovery targets and evidence; material assets.",
    "major incidents": "Incidents that take a bridge: roles, news by a clock, reviews; and rehearsals that are scored.",
}
router = APIRouter()
cases = new_router("cases")


class CaseLineShown(Shown):
    """One thing that a practice knows of a case."""

    kind: Kind
    id: str
    title: str
    words: str
    href: str = Field(description="Its page in the console")
    urgent: bool = Field(description="Something is late")


@cases.get("/cases/{case}/practices", summary="What the practices know of a case")
def case_practices(desk: DeskHere, visitor: Reader, case: str) -> Page[CaseLineShown]:
    """Who is called, with whom it is, which major incident, change or problem it belongs to; what matters most in front."""
    with desk.journal.read() as tx:
        found = find_case(tx, case, visitor)
    return Page(items=[CaseLineShown(**vars(line)) for line in desk.practices.of_case.lines(found)])


router.include_router(cases)
for part in (changes, major, oncall, problem_records, improvements, suppliers, portfolio):
    router.include_router(part.router)
