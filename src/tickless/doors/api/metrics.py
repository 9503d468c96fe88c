"""Metrics: what each is, its figure over a window, by parts and over time, down to its cases."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import Query
from pydantic import AwareDatetime, Field

from tickless.doors.api.guards import DeskHere, Reader, new_router
from tickless.doors.api.metric_schemas import MetricDetail, MetricsShown, detail, seen
from tickless.doors.api.schemas import Given
from tickless.flow.desk.steering import filters
from tickless.flow.desk.steering_computing import MOST_DAYS
from tickless.stages.measure.metrics.registry import Dimension
from tickless.stages.measure.metrics.window import Grain

router = new_router("metrics")
Days = Annotated[int, Query(ge=1, le=MOST_DAYS, description="How many days before `until`")]
Part = Annotated[str | None, Field(max_length=200, description="Only cases that are so; `-`: of which nobody has said")]


class Over(Given):
    """A window, and which cases count."""

    days: int = Field(default=30, ge=1, le=MOST_DAYS, description="How many days before `until`")
    until: AwareDatetime | None = None
    service: Part = None
    category: Part = None
    channel: Part = None
    team: Part = None
    priority: Part = None
    kind: Part = None
    source: Part = None

    def where(self) -> dict[Dimension, str]:
        return filters({"service": self.service, "category": self.category, "channel": self.channel, "team": self.team,
                        "priority": self.priority, "kind": self.kind, "source": self.source})  # fmt: skip


class Looked(Over):
    """And how one metric is looked at."""

    by: Dimension = "category"
    grain: Grain = "week"
    limit: int = Field(default=50, ge=1, le=500)
    offset: int = Field(default=0, ge=0, le=10_000_000)


@router.get("/metrics", summary="Every metric over a window")
async def list_metrics(desk: DeskHere, visitor: Reader, over: Annotated[Over, Query()]) -> MetricsShown:
    """Each with its definition, what it rests on, and the figure of the span before. A case that lacks what a figure needs is
    counted as missing, never guessed."""
    window = desk.steering.window(days=over.days, until=over.until)
    found = await asyncio.to_thread(lambda: desk.steering.metrics(window, where=over.where()))
    return MetricsShown(since=window.since, until=window.until, items=[seen(one) for one in found])


@router.get("/metrics/{metric}", summary="One metric: its course, its parts, its cases")
async def show_metric(desk: DeskHere, visitor: Reader, metric: str, over: Annotated[Looked, Query()]) -> MetricDetail:
    """The cases that weigh most come first, those that lack something last."""
    window = desk.steering.window(days=over.days, until=over.until)
    view = await asyncio.to_thread(
        lambda: desk.steering.metric(
            metric, window, by=over.by, grain=over.grain, where=over.where(), limit=over.limit, offset=over.offset
        )
    )
    return detail(view)
