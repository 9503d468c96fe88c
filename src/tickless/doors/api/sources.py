"""The sources: when each was heard, what it may send, and whether it is silent."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import Field

from tickless.doors.api.guards import DeskHere, Reader, new_router
from tickless.doors.api.schemas import Page, Shown
from tickless.flow.desk.sources import SourceState

router = new_router("signals")


class SourceShown(Shown):
    name: str
    connector: str
    heartbeat: Literal["off", "alive", "silent"]
    expected_every: float | None = Field(description="Seconds; null: silence is fine")
    beat: str = Field(description="The alert that is its sign of life; empty: whatever it sends")
    heard_at: dt.datetime | None = Field(description="When its last payload came")
    beat_at: dt.datetime | None = Field(description="Its last sign of life")
    silent_since: dt.datetime | None
    payloads: int = Field(description="Since the beginning")
    rate: float = Field(description="Payloads a minute, over the last five")
    per_minute: int | None = Field(description="Its limit; null: none")
    refused: int = Field(description="Payloads that were answered with 429")
    quarantined: int = Field(description="Payloads that wait in quarantine")


@router.get("/sources", summary="List the sources with their heartbeats, rates and quarantine")
def list_sources(desk: DeskHere, visitor: Reader) -> Page[SourceShown]:
    """All of them, by name."""
    return Page(items=[_shown(one) for one in desk.sources.report()], next=None)


def _shown(one: SourceState) -> SourceShown:
    return SourceShown(
        name=one.name,
        connector=one.connector,
        heartbeat=one.condition,
        expected_every=one.rule.heartbeat,
        beat=one.rule.beat,
        heard_at=one.life.heard_at,
        beat_at=one.life.beat_at,
        silent_since=one.life.silent_since,
        payloads=one.life.payloads,
        rate=one.rate,
        per_minute=one.rule.per_minute,
        refused=one.life.refused,
        quarantined=one.waiting,
    )
