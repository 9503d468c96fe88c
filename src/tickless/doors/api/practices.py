"""The routes of the practices, together."""

from __future__ import annotations

from fastapi import APIRouter

from tickless.doors.api import changes

TAGS = {
    "changes": "Changes: their risk by its parts, approvals, collisions, and what came of them.",
}
router = APIRouter()
for part in (changes,):
    router.include_router(part.router)
