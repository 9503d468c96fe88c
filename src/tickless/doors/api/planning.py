"""Planned work: single windows, series of them, and the calendar. Policy decides who may."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from fastapi import Query, Response
from pydantic import AwareDatetime, Field

from tickless.domain.known import Maintenance
from tickless.doors.api.guards import CaseReader, DeskHere, Reader, new_router
from tickless.doors.api.schemas import Given, Page, Shown
from tickless.doors.entrance.holding import keeper_of
from tickless.flow.desk.planning import SeriesDraft
from tickless.flow.desk.planning import SeriesShown as Standing
from tickless.kit.ids import new_id
from tickless.practices.known.calendar import MEDIA_TYPE

router = new_router("known")
Text = Annotated[str, Field(max_length=2_000)]
Line = Annotated[str, Field(min_length=1, max_length=200)]
Named = Annotated[str, Field(max_length=200)]
RULE = "A recurrence rule of RFC 5545: `FREQ=WEEKLY;BYDAY=SU`, `FREQ=MONTHLY;BYDAY=2SU`, `FREQ=MONTHLY;BYMONTHDAY=-1`"


class WindowGiven(Given):
    """Planned work on a service."""

    service: Named
    title: Line
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    note: Text = Field(default="", description="What works meanwhile, and what does not")
    owner: Named | None = None
    change: Named = Field(default="", description="The change record that it comes from")


class WindowShown(Shown):
    id: str
    service: str
    title: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    note: str
    owner: str | None
    change: str
    cancelled: bool
    series: str = Field(description="Id of the series that it is one of; empty: of none")


class SeriesGiven(Given):
    """Planned work that comes again. It begins by the clocks of its zone, whenever they are changed."""

    service: Named
    title: Line
    rule: Named = Field(description=RULE, examples=["FREQ=WEEKLY;BYDAY=SU"])
    zone: Named = Field(default="UTC", description="IANA name", examples=["Europe/Berlin"])
    at: dt.time = Field(description="When it begins, by the clocks of the zone", examples=["02:00"])
    minutes: int = Field(ge=1, le=10_080, description="How long one window takes")
    first_day: dt.date = Field(description="Nothing lies before it; every second week or month is counted from it")
    last_day: dt.date | None = None
    note: Text = ""
    owner: Named | None = None
    change: Named = ""


class SeriesShown(Shown):
    id: str
    service: str
    title: str
    rule: str
    zone: str
    at: dt.time
    minutes: int
    first_day: dt.date
    last_day: dt.date | None
    note: str
    owner: str | None
    change: str
    made_by: str
    ended_at: dt.datetime | None
    words: str = Field(description="When, in words")
    next: WindowShown | None = Field(description="The window that comes next; null: it is over")


@router.get("/maintenance", summary="List planned work")
def list_windows(
    desk: DeskHere, visitor: Reader, over: Annotated[bool, Query(description="What is over, too")] = False
) -> Page[WindowShown]:
    """By its beginning."""
    now = desk.clock.now()
    with desk.journal.read() as tx:
        table = tx.maintenance.table.c
        found = tx.maintenance.where(*([] if over else [table.ends_at > now]), order=table.starts_at)
    return Page(items=[_window(window) for window in found])


@router.post("/maintenance", summary="Plan work on a service", status_code=201)
def add_window(desk: DeskHere, visitor: CaseReader, given: WindowGiven) -> WindowShown:
    """Reports on the service, or on what needs it, join this work while it goes on; everybody hears when it is over."""
    window = Maintenance(**given.model_dump(), id=new_id("mnt"))
    return _window(desk.planning.plan(window, by=keeper_of(visitor)))


@router.post("/maintenance/{identity}/cancel", summary="Call planned work off, or end it early")
def cancel_window(desk: DeskHere, visitor: CaseReader, identity: str) -> WindowShown:
    return _window(desk.planning.call_off(identity, by=keeper_of(visitor)))


@router.get("/maintenance/calendar", summary="Planned work as a calendar",
            responses={200: {"content": {"text/calendar": {}}, "description": "iCalendar (RFC 5545)"}},
            response_class=Response)  # fmt: skip
def calendar(
    desk: DeskHere,
    visitor: Reader,
    service: Annotated[list[Named] | None, Query(max_length=50, description="Of these services only")] = None,
) -> Response:
    """The last month and what is planned ahead; each window is an event in UTC."""
    return Response(desk.planning.calendar(services=service or ()), media_type=MEDIA_TYPE)


@router.get("/maintenance/series", summary="List planned work that comes again")
def list_series(
    desk: DeskHere, visitor: Reader, over: Annotated[bool, Query(description="What has ended, too")] = False
) -> Page[SeriesShown]:
    """What comes next in front."""
    return Page(items=[_series(one) for one in desk.planning.series(over=over)])


@router.post("/maintenance/series", summary="Plan work that comes again", status_code=201)
def add_series(desk: DeskHere, visitor: CaseReader, given: SeriesGiven) -> SeriesShown:
    """Its windows are made some weeks ahead, and each holds alerts back and hands them back like any other."""
    return _series(desk.planning.repeat(SeriesDraft(**given.model_dump()), by=keeper_of(visitor)))


@router.post("/maintenance/series/{identity}/end", summary="End a series")
def end_series(desk: DeskHere, visitor: CaseReader, identity: str) -> SeriesShown:
    """Windows that are still to come are called off; one that goes on goes on."""
    return _series(desk.planning.end(identity, by=keeper_of(visitor)))


def _window(window: Maintenance) -> WindowShown:
    return WindowShown(**window.model_dump(exclude={"version"}))


def _series(shown: Standing) -> SeriesShown:
    kept = shown.series.model_dump(exclude={"version", "made_at", "planned_until"})
    return SeriesShown(**kept, words=shown.words, next=_window(shown.coming) if shown.coming else None)
