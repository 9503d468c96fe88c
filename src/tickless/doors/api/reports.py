"""Reports: a span as an operator wants to read it on Monday, or an owner in a review; to read, to print, to take along."""

from __future__ import annotations

import asyncio
import datetime as dt
from typing import Annotated

from fastapi import Query, Response
from pydantic import AwareDatetime, Field

from tickless.domain.errors import SettingsInvalid
from tickless.doors.api.guards import DeskHere, Reader, new_router
from tickless.doors.api.schemas import Given, Shown
from tickless.flow.desk.promise import Desk
from tickless.flow.desk.reports import MOST_DAYS
from tickless.kit.pdf import MEND, NoPdf, as_pdf
from tickless.stages.measure.week import Section, Week, as_html, as_markdown

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
    case: int | None = Field(description="Number of a case to look at: the first of `cases`")
    cases: list[int] = Field(description="Numbers of the cases that it speaks of, the newest first, at most 20")
    service: str | None
    edge: EdgeAsked | None = Field(description="An edge to confirm or reject, at `/map/edges/{service}/{needs}/…`")


class SectionShown(Shown):
    """An answer to one question."""

    id: str
    title: str
    told: str
    rows: list[RowShown]
    more: int = Field(description="Rows that are not listed")


class DayShown(Shown):
    """Cases that began on a day (UTC), and ends."""

    began: dt.datetime
    machines: int
    people: int
    handed_off: int
    regressed: int
    held: int


class WeekShown(Shown):
    """`figures`: null where there is nothing to tell it from."""

    since: dt.datetime
    until: dt.datetime
    headline: list[str]
    figures: dict[str, float | None]
    outcomes: dict[str, int]
    sections: list[SectionShown]
    markdown: str = Field(description="The same to read: for a mail or a wiki")
    title: str
    before: dict[str, float | None] = Field(description="Some of the figures, of as long a span before")
    days: list[DayShown]


class OwnerShown(Shown):
    """Somebody who answers for services."""

    id: str
    name: str


class _Asked(Given):
    days: int = Field(default=7, ge=1, le=MOST_DAYS)
    until: AwareDatetime | None = None
    since: AwareDatetime | None = Field(default=None, description="Beginning of the span, instead of `days`")
    owner: str = Field(
        default="", max_length=200, description="Id of a person: only what concerns the services that are theirs"
    )


Asked = Annotated[_Asked, Query()]


@router.get("/reports/week", summary="What repeats, is risky, is ageing or unclear")
async def read_week(desk: DeskHere, visitor: Reader, asked: Asked) -> WeekShown:
    """The days before `until` (else now), from the journal: alerts against cases, what repeats, what only makes noise and how
    that could be mended, what was held back and why, who told late, edges to confirm, what to automate next; beside the same
    time before. Of an `owner` it is a review of their services."""
    return _shown(await asyncio.to_thread(_week, desk, asked))


@router.get("/reports/week/page", summary="The same as one HTML page, to print or to send on",
            responses={200: {"content": {"text/html": {}}, "description": "A page that loads nothing"}},
            response_class=Response)  # fmt: skip
async def read_page(desk: DeskHere, visitor: Reader, asked: Asked) -> Response:
    html = as_html(await asyncio.to_thread(_week, desk, asked), home=desk.reports.home)
    return Response(html, media_type="text/html", headers=_named("html"))


@router.get("/reports/week/pdf", summary="The same as a PDF",
            responses={200: {"content": {"application/pdf": {}}, "description": "A PDF, A4"}},
            response_class=Response)  # fmt: skip
async def read_pdf(desk: DeskHere, visitor: Reader, asked: Asked) -> Response:
    """Needs the extra `pdf`; where it is missing the refusal says how to mend that."""
    week = await asyncio.to_thread(_week, desk, asked)
    paper = await asyncio.to_thread(on_paper, week, desk.reports.home)
    return Response(paper, media_type="application/pdf", headers=_named("pdf"))


@router.get("/reports/owners", summary="Who answers for services: each can have a review")
def list_owners(desk: DeskHere, visitor: Reader) -> list[OwnerShown]:
    return [OwnerShown(id=one, name=name) for one, name in desk.reports.owners()]


def on_paper(week: Week, home: str = "") -> bytes:
    """The report as PDF, linked to `home`. Raises `SettingsInvalid` where none can be made."""
    try:
        return as_pdf(as_html(week, home=home))
    except NoPdf as error:
        raise SettingsInvalid(str(error), mend=MEND) from error


def _named(ending: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="report.{ending}"'}


def _week(desk: Desk, asked: _Asked) -> Week:
    if asked.since is None:
        return desk.reports.week(days=asked.days, until=asked.until, owner=asked.owner)
    return desk.reports.span(asked.since, asked.until or desk.clock.now(), owner=asked.owner)


def _shown(week: Week) -> WeekShown:
    return WeekShown(
        since=week.since, until=week.until, headline=list(week.headline), figures=dict(week.figures),
        outcomes=dict(week.outcomes), sections=[_section(one) for one in week.sections], markdown=as_markdown(week),
        title=week.title, before=dict(week.before), days=[DayShown(**vars(one)) for one in week.days],
    )  # fmt: skip


def _section(section: Section) -> SectionShown:
    rows = [
        RowShown(
            what=one.what,
            count=one.count,
            told=one.told,
            do=one.do,
            case=one.case,
            cases=list(one.cases),
            service=one.service,
            edge=EdgeAsked(service=one.edge[0], needs=one.edge[1]) if one.edge is not None else None,
        )
        for one in section.rows
    ]
    return SectionShown(id=section.id, title=section.title, told=section.told, rows=rows, more=section.more)
