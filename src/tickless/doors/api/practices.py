"""The routes of the practices, together."""

from __future__ import annotations

from fastapi import APIRouter

from tickless.doors.api import changes, major

TAGS = {
    "changes": "Changes: their risk by its parts, approvals, collisions, and what came of them.",
    "major incidents": "Incidents that take a bridge: roles, news by a clock, reviews; and rehearsals that are scored.",
}
router = APIRouter()
for part in (changes, major):
    router.include_router(part.router)
