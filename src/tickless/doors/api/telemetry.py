"""Telemetry: what is foreseen, what is unlike itself, one series with its picture, and what people answer to its alarms."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from fastapi import Query

from tickless.domain.record import Untrusted
from tickless.domain.sighting import Answer, Basis, Point, Sighting
from tickless.doors.api.guards import Actor, DeskHere, Reader, new_router
from tickless.doors.api.schemas import Given, Short, Shown
from tickless.doors.api.sight import find_case
from tickless.flow.desk.overseeing import factor_of
from tickless.stages.sense.telemetry.focus.telling import called
from tickless.stages.sense.telemetry.focus.views import Foreseen, SeriesView

router = new_router("telemetry")


class PointShown(Shown):
    """A value at a time, and the band that it was expected in, where one is known."""

    at: dt.datetime
    value: float
    low: float | None
    high: float | None


class AheadShown(Shown):
    """What is forecast for a time, and the band that holds nine values in ten."""

    at: dt.datetime
    middle: float
    low: float
    high: float


class ForecastShown(Shown):
    """A series with a limit. `measure` rises to `limit`: a share from 0 to 100, or for dates the days left as a negative."""

    series: str
    name: str
    source: str
    kind: str
    text: str
    measure: float | None
    limit: float
    basis: Basis | None
    likely: dt.datetime | None
    earliest: dt.datetime | None
    latest: dt.datetime | None
    pressing: bool
    since: dt.datetime | None
    points: list[PointShown]
    ahead: list[AheadShown]


class NamedSeries(Shown):
    series: str
    name: str
    source: str


class SightingShown(Shown):
    """What was seen of a series once: in words, with the points of its picture."""

    id: str
    kind: Literal["anomaly", "forecast", "missing"]
    text: str
    at: dt.datetime
    over_at: dt.datetime | None
    basis: Basis | None
    limit: float | None
    points: list[PointShown]
    ahead: list[AheadShown]


class AnswerShown(Shown):
    """What a person said of a series' alarms; one that was taken back counts no more."""

    id: str
    series: str
    said: Literal["useful", "noise"]
    by: str
    at: dt.datetime
    case: str | None
    undone_at: dt.datetime | None


class SeriesShown(Shown):
    """One series: its last points, what is expected of its next, how it is judged, what people said of it."""

    series: str
    name: str
    source: str
    unit: str
    tier: Literal["bank", "rich", "limit"]
    why: str | None
    last: dt.datetime
    expected_low: float
    expected_high: float
    unlike_since: dt.datetime | None
    alarms: list[dt.datetime]
    rarer_by_answers: float
    points: list[PointShown]
    forecast: ForecastShown | None
    sightings: list[SightingShown]
    answers: list[AnswerShown]


class PatternShown(Shown):
    """A pattern of messages of one service: new, in a burst, or known."""

    source: str
    service: str
    pattern: str
    example: str
    state: Literal["new", "burst", "known"]
    count: int


class BudgetShown(Shown):
    """Alarms a week that were asked for, and those of the last seven days."""

    asked_per_week: float
    delivered: int
    counted_since: dt.datetime | None
    series: int
    forecasts: int
    closely: int


class OverviewShown(Shown):
    """What telemetry has to say now."""

    budget: BudgetShown
    unlike: list[NamedSeries]
    pressing: list[ForecastShown]


class SaysGiven(Given):
    """What is said of a series' alarms; `case`: the number of the case that it was said in."""

    says: Literal["useful", "noise"]
    case: int | None = None


@router.get("/telemetry", summary="What telemetry has to say now")
def telemetry_overview(desk: DeskHere, visitor: Reader) -> OverviewShown:
    """The budget, the series that are unlike themselves, and the limits that press. 404 when telemetry is switched off."""
    overlook, now = desk.telemetry.overseeing.overlook, desk.clock.now()
    found = overlook.budget(now)
    budget = BudgetShown(
        asked_per_week=found.asked, delivered=found.delivered, counted_since=found.since, series=found.series,
        forecasts=found.forecasts, closely=found.closely,
    )  # fmt: skip
    room = desk.telemetry.room
    unlike = [] if room is None else room.unusual()
    named = [NamedSeries(series=one.series, name=_tame(called(one.labels)), source=one.source) for one in unlike]
    pressing = [show_forecast(one) for one in overlook.foreseen() if one.pressing]
    return OverviewShown(budget=budget, unlike=named, pressing=pressing)


@router.get("/telemetry/series", summary="Find series by their names and labels")
def find_series(
    desk: DeskHere,
    visitor: Reader,
    q: Annotated[str, Query(max_length=200, description="Words that name or labels hold")] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> list[NamedSeries]:
    """At most `limit`, in no order that means anything."""
    found = desk.telemetry.overseeing.overlook.named(q, limit=limit)
    return [NamedSeries(series=series, name=_tame(called(labels)), source=source) for series, source, labels in found]


@router.get("/telemetry/forecasts", summary="Everything with a limit, what is used up first in front")
def telemetry_forecasts(desk: DeskHere, visitor: Reader) -> list[ForecastShown]:
    """Disks, certificates, memory …: what each is at, and when it meets its limit."""
    return [show_forecast(one) for one in desk.telemetry.overseeing.overlook.foreseen()]


@router.get("/telemetry/patterns", summary="Patterns of messages: new ones and bursts first")
def telemetry_patterns(desk: DeskHere, visitor: Reader) -> list[PatternShown]:
    """Templates as they were learnt, with `<*>` for what differs; at most 200."""
    found = desk.telemetry.overseeing.overlook.patterns()
    return [
        PatternShown(source=one.source, service=_tame(one.service), pattern=_tame(one.text), example=_tame(one.example),
                     state=one.state, count=one.count)
        for one in found
    ]  # fmt: skip


@router.get("/telemetry/series/{series}", summary="One series with its window, baseline and forecast")
def one_series(desk: DeskHere, visitor: Reader, series: Short) -> SeriesShown:
    """404 for one that is not sent any more: what was seen of it stays in its cases."""
    overseeing = desk.telemetry.overseeing
    return _show_series(overseeing.overlook.series(series), overseeing.sightings(series), overseeing.answers(series))


@router.post(
    "/telemetry/series/{series}/answers", status_code=201, summary="Say whether its alarms are useful or noise"
)
def answer_series(desk: DeskHere, visitor: Actor, series: Short, given: SaysGiven) -> AnswerShown:
    """Noise makes its next alarms rarer, useful makes them easier; it wears off, and can be taken back."""
    case = None
    if given.case is not None:
        with desk.journal.read() as tx:
            case = find_case(tx, str(given.case), visitor).id
    return show_answer(desk.telemetry.overseeing.answer(series, given.says, by=visitor.actor, case=case))


@router.delete("/telemetry/answers/{answer}", summary="Take an answer back")
def take_back_answer(desk: DeskHere, visitor: Actor, answer: Short) -> AnswerShown:
    """It counts no more."""
    return show_answer(desk.telemetry.overseeing.take_back(answer, by=visitor.actor))


def show_forecast(one: Foreseen) -> ForecastShown:
    crossing = one.crossing
    return ForecastShown(
        series=one.series, name=_tame(one.name), source=one.source, kind=one.kind, text=_tame(one.text),
        measure=one.measure, limit=one.limit, basis=one.basis, likely=crossing.likely if crossing else None,
        earliest=crossing.earliest if crossing else None, latest=crossing.latest if crossing else None,
        pressing=one.pressing, since=one.since, points=[_point(point) for point in one.points],
        ahead=[AheadShown(at=_time(a.at), middle=a.middle, low=a.low, high=a.high) for a in one.ahead],
    )  # fmt: skip


def show_sighting(one: Sighting) -> SightingShown:
    return SightingShown(
        id=one.id, kind=one.kind, text=one.text.tame(500), at=one.at, over_at=one.over_at, basis=one.basis, limit=one.limit,
        points=[_point(point) for point in one.points],
        ahead=[AheadShown(at=_time(a.at), middle=a.middle, low=a.low, high=a.high) for a in one.ahead],
    )  # fmt: skip


def show_answer(one: Answer) -> AnswerShown:
    return AnswerShown(
        id=one.id, series=one.series, said=one.said, by=one.by, at=one.at, case=one.case, undone_at=one.undone_at
    )


def _show_series(one: SeriesView, sightings: list[Sighting], answers: list[Answer]) -> SeriesShown:
    return SeriesShown(
        series=one.series, name=_tame(one.name), source=one.source, unit=one.unit.strip(), tier=one.tier, why=one.why,
        last=one.last, expected_low=one.expected_low, expected_high=one.expected_high, unlike_since=one.since,
        alarms=list(one.alarms), rarer_by_answers=factor_of(answers), points=[_point(point) for point in one.points],
        forecast=None if one.foreseen is None else show_forecast(one.foreseen),
        sightings=[show_sighting(sighting) for sighting in sightings], answers=[show_answer(each) for each in answers],
    )  # fmt: skip


def _point(one: Point) -> PointShown:
    return PointShown(at=_time(one.at), value=one.value, low=one.low, high=one.high)


def _time(seconds: float) -> dt.datetime:
    return dt.datetime.fromtimestamp(min(max(seconds, 0.0), 4e9), dt.UTC)


def _tame(text: str) -> str:
    return Untrusted(text).tame(300)
