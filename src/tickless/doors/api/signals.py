"""Signals and the quarantine."""

from __future__ import annotations

from tickless.doors.api.guards import Actor, DeskHere, Reader, new_router
from tickless.doors.api.paging import Cursor, Limit, number_in, page_of
from tickless.doors.api.schemas import Page
from tickless.doors.api.signal_schemas import QuarantineShown, Receipted, SignalShown
from tickless.doors.api.views import show_accepted, show_quarantined, show_signal

router = new_router("signals")


@router.get("/signals", summary="List signals of both doors")
def list_signals(desk: DeskHere, visitor: Reader, cursor: Cursor = None, limit: Limit = 50) -> Page[SignalShown]:
    """Newest first. To send signals use `POST /hooks/{source}`."""
    found = desk.journal.signals.newest(before=number_in(cursor), limit=limit + 1)
    return page_of(found, limit=limit, key=lambda logged: logged.seq, show=lambda logged: show_signal(logged.signal))


@router.get("/signals/{signal}", summary="One signal")
def get_signal(desk: DeskHere, visitor: Reader, signal: str) -> SignalShown:
    return show_signal(desk.journal.signals.get(signal))


@router.get("/quarantine", summary="List payloads that could not be read")
def list_quarantine(desk: DeskHere, visitor: Reader, cursor: Cursor = None, limit: Limit = 50) -> Page[QuarantineShown]:
    """Newest first, with the reason and how to mend it."""
    found = desk.journal.signals.quarantined(before=cursor, limit=limit + 1)
    return page_of(found, limit=limit, key=lambda one: one.id, show=show_quarantined)


@router.post("/quarantine/{quarantined}/replay", summary="Read a payload again, with today's mapping")
async def replay(desk: DeskHere, visitor: Actor, quarantined: str) -> Receipted:
    return show_accepted(await desk.replay(quarantined, by=visitor.actor))
