"""The routes of the practices, together."""

from __future__ import annotations

from fastapi import APIRouter

from tickless.doors.api import changes, improvements, major, oncall, portfolio, problem_records, suppliers

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
for part in (changes, major, oncall, problem_records, improvements, suppliers, portfolio):
    router.include_router(part.router)
