"""Reports: the week as an operator wants to read it on Monday."""

from __future__ import annotations

import asyncio
import datetime as dt
from typing import Annotated

from fastapi import Query
from pydantic import AwareDatetime, Field

from tickless.doors.api.guards import DeskHere, Reader, new_router
from tickless.doors.api.schemas import Shown
from tickless.flow.desk.reports import MOST_DAYS
from tickless.stages.measure.week import Section, Week, as_markdown

router = new_router("reports")


class EdgeAsked(Shown):
    """An edge of the map."""

    service: str
    needs: str


class RowShown(Shown):
    """One line of a section."""

    what: str
    count: int = Field(description="What the section ranks by: cases, onsets, days, per cent …")
    told: str
    do: str = Field(description="What could be done; empty when nothing speaks for a change")
    case: int | None = Field(description="Number of a case to look at")
    service: str | None
    edge: EdgeAsked | None = Field(description="An edge to confirm or reject, at `/map/edges/{service}/{needs}/…`")


class SectionShown(Shown):
    """An answer to one question."""

    id: str
    title: str
    told: str
    rows: list[RowShown]
    more: int = Field(description="Rows that are not listed")


class WeekShown(Shown):
    """`figures`: null where there is nothing to tell it from."""

    since: dt.datetime
    until: dt.datetime
    headline: list[str]
    figures: dict[str, float | None]
    outcomes: dict[str, int]
    sections: list[SectionShown]
    markdown: str = Field(description="The same to read: for a mail or a wiki")


Days = Annotated[int, Query(ge=1, le=MOST_DAYS)]


@router.get("/reports/week", summary="What repeats, is risky, is ageing or unclear")
async def read_week(desk: DeskHere, visitor: Reader, days: Days = 7, until: AwareDatetime | None = None) -> WeekShown:
    """The days before `until` (else now), from the journal: alerts against cases, what repeats, what only makes noise and how
    that could be mended, what was held back and why, who told late, edges to confirm, what to automate next."""
    return _shown(await asyncio.to_thread(lambda: desk.reports.week(days=days, until=until)))


def _shown(week: Week) -> WeekShown:
    return WeekShown(
        since=week.since, until=week.until, headline=list(week.headline), figures=dict(week.figures),
        outcomes=dict(week.outcomes), sections=[_section(one) for one in week.sections], markdown=as_markdown(week),
    )  # fmt: skip


def _section(section: Section) -> SectionShown:
    rows = [
        RowShown(
            what=one.what,
            count=one.count,
            told=one.told,
            do=one.do,
            case=one.case,
            service=one.service,
            edge=EdgeAsked(service=one.edge[0], needs=one.edge[1]) if one.edge is not None else None,
        )
        for one in section.rows
    ]
    return SectionShown(id=section.id, title=section.title, told=section.told, rows=rows, more=section.more)
