"""The Goodhart guard: figures that improve while what they stand for worsens, and ways to make a figure look well."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import Query

from tickless.doors.api.guards import DeskHere, Reader, new_router
from tickless.doors.api.metric_schemas import WarnedShown, WatchShown
from tickless.stages.measure.guard import Warned, Watch

router = new_router("guard")
Weeks = Annotated[
    int | None, Query(ge=6, le=104, description="How many weeks are looked at; left out: `guard.weeks` of the settings")
]


@router.get("/guard", summary="What does not add up")
async def show_guard(desk: DeskHere, visitor: Reader, weeks: Weeks = None) -> WatchShown:
    """Every pair of a metric and its counter-metric, and every pattern, tested together: of all warnings the share `rate`
    may be chance (Benjamini and Hochberg)."""
    return shown(await asyncio.to_thread(lambda: desk.steering.guard(weeks=weeks)))


def shown(found: Watch) -> WatchShown:
    return WatchShown(since=found.window.since, until=found.window.until, rate=found.rate,
                      items=[_warned(one) for one in found.found], skipped=dict(found.skipped))  # fmt: skip


def _warned(one: Warned) -> WarnedShown:
    return WarnedShown(
        id=one.id, kind=one.kind, title=one.title, told=one.told, do=one.do, flagged=one.flagged, p=one.p, q=one.q,
        before=one.before, after=one.after, counter_before=one.counter_before, counter_after=one.counter_after,
        metric=one.metric, counter=one.counter, cases=list(one.cases),
    )  # fmt: skip
