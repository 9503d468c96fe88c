"""What people see of telemetry: one series, everything with a limit, what is looked at closely, the patterns of messages.

Values made for one look; nothing is changed by them. All stand under both locks of the room."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from tickless.domain.sighting import Ahead, Basis, Crossing, Point
from tickless.stages.sense.detection.changes import Change
from tickless.stages.sense.forecast.limits import kind_of_limit
from tickless.stages.sense.telemetry.focus import telling
from tickless.stages.sense.telemetry.focus.limited import Course, Limited
from tickless.stages.sense.telemetry.focus.room import Focus
from tickless.stages.sense.telemetry.index import Series
from tickless.stages.sense.telemetry.labels import Kind, fingerprint_of
from tickless.stages.sense.telemetry.logs import Logs
from tickless.stages.sense.telemetry.metrics import Metrics

Tier = Literal["bank", "rich", "limit"]
MOST: Final = 200


@dataclass(frozen=True)
class Foreseen:
    """A series with a limit. `measure` is a share from 0 to 100, or the days left as a negative; None before it is known."""

    series: str
    name: str
    source: str
    kind: str
    noun: str
    text: str
    measure: float | None
    limit: float
    unit: str
    basis: Basis | None
    crossing: Crossing | None
    ahead: tuple[Ahead, ...]
    points: tuple[Point, ...]
    pressing: bool
    since: dt.datetime | None
    subject: str | None


@dataclass(frozen=True)
class SeriesView:
    """One series: its last points with their bands, what is expected of its next ones, how it is judged."""

    series: str
    name: str
    source: str
    counter: bool
    unit: str
    tier: Tier
    why: str | None
    last: dt.datetime
    points: tuple[Point, ...]
    expected_low: float
    expected_high: float
    said_then: bool
    """Whether the bands of the points are those of their time; else they are those of now."""
    day: tuple[Point, ...]
    """What is expected through the day, by quarters of an hour from midnight UTC; `at` is seconds of the day."""
    state: float
    since: dt.datetime | None
    """When it became unlike itself, if it is."""
    alarms: tuple[dt.datetime, ...]
    changes: tuple[Change, ...]
    correction: float
    """Powers of ten by which its alarms must be rarer than its own past says: by the budget and by what people answered."""
    per_week: float
    foreseen: Foreseen | None


@dataclass(frozen=True)
class CloseView:
    """A series that the rich detector looks at."""

    series: str
    name: str
    source: str
    why: str
    points: int
    decides: bool


@dataclass(frozen=True)
class PatternView:
    """A pattern of messages of one service: `new`: it was never written before; `burst`: far more often than it used to be."""

    source: str
    service: str
    text: str
    example: str
    state: Literal["new", "burst", "known"]
    count: int
    since: dt.datetime | None


@dataclass(frozen=True)
class BudgetView:
    """The knob, and what came of it: alarms a week asked for, and raised in the last seven days, or since `since`."""

    asked: float
    delivered: int
    since: dt.datetime | None
    series: int
    forecasts: int
    forecasts_refused: int
    closely: int
    unseen: int


def series_view(metrics: Metrics, focus: Focus, slot: int) -> SeriesView:
    """One series that has a place."""
    series = metrics.index.series[slot]
    assert series is not None
    bank, which = metrics.bank, np.array([slot])
    close, limited = focus.close.get(slot), focus.limited.get(slot)
    seen = float(metrics.index.seen[slot])
    points = focus.window(slot, bank)
    low, high = (float(one[0]) for one in bank.expected(which, seen))
    said_then = close is not None and len(close.points) > 1
    if close is not None and said_then:
        low, high = close.detector.expected(seen)
    print_ = fingerprint_of(series.source, series.labels)
    open_ = focus.open().get(slot, metrics.firing.get(slot))
    return SeriesView(
        series=print_, name=telling.called(series.labels), source=series.source, counter=series.kind is not Kind.GAUGE,
        unit="" if series.kind is Kind.GAUGE else " per second",
        tier="limit" if limited is not None else "rich" if close is not None and close.ready else "bank",
        why=close.why if close is not None else None, last=telling.utc(seen), points=tuple(points), expected_low=low,
        expected_high=high, said_then=said_then, day=_day(metrics, slot), state=float(bank.states(which)[0]),
        since=None if open_ is None else telling.utc(open_),
        alarms=tuple(telling.utc(at) for at in sorted(focus.alarms.get(print_, ()))),
        changes=tuple(close.changes) if close is not None else (),
        correction=_correction(metrics, focus, slot), per_week=metrics.per_week / max(1, len(metrics.index)),
        foreseen=None if limited is None else foreseen_view(focus, series, slot, limited),
    )  # fmt: skip


def foreseen_views(metrics: Metrics, focus: Focus) -> list[Foreseen]:
    """Everything with a limit, what is used up first in front."""
    found = []
    for slot, limited in focus.limited.items():
        series = metrics.index.series[slot]
        if series is not None:
            found.append(foreseen_view(focus, series, slot, limited))
    return sorted(found, key=_urgency)


def foreseen_view(focus: Focus, series: Series, slot: int, limited: Limited) -> Foreseen:
    """What is foreseen of one series."""
    course, rule, episode = limited.course(), limited.rule, focus.episodes.get(slot)
    return Foreseen(
        series=fingerprint_of(series.source, series.labels), name=telling.called(series.labels), source=series.source,
        kind=rule.kind, noun=kind_of_limit(rule.kind).noun, text=_told(limited, series, course),
        measure=limited.points[-1][1] if limited.points else None, limit=rule.full,
        unit=" days" if rule.dated else " %", basis=None if course is None else course.basis,
        crossing=None if course is None else telling.crossing_of(course),
        ahead=() if course is None else telling.ahead_of(course),
        points=tuple(Point(at=at, value=value) for at, value in telling.thinned(limited.points)),
        pressing=limited.pressing, since=None if episode is None else telling.utc(episode.since),
        subject=telling.subject_of(rule, series.labels),
    )  # fmt: skip


def close_views(metrics: Metrics, focus: Focus) -> list[CloseView]:
    """What the rich detector looks at."""
    found = []
    for slot, close in focus.close.items():
        series = metrics.index.series[slot]
        if series is not None:
            print_ = fingerprint_of(series.source, series.labels)
            found.append(
                CloseView(
                    print_, telling.called(series.labels), series.source, close.why, close.detector.seen, close.ready
                )
            )
    return sorted(found, key=lambda one: (one.why != "service_level", one.name))


def pattern_views(logs: Logs, *, most: int = MOST) -> list[PatternView]:
    """Patterns of messages: those that are new or burst, then the most frequent."""
    found: list[PatternView] = []
    for (source, service), stream in logs.streams.items():
        for pattern, example, last in stream.open.values():
            found.append(PatternView(source, service, pattern.text, example, "new", 0, telling.utc(last)))
        for pattern, example in stream.bursting.values():
            found.append(PatternView(source, service, pattern.text, example, "burst", 0, None))
        news = {one.text for one in found}
        kept = sorted(stream.miner.dump(), key=lambda one: -one.count)[: max(3, most // max(1, len(logs.streams)))]
        known = [PatternView(source, service, " ".join(one.words), "", "known", one.count, None) for one in kept]
        found += [one for one in known if one.text not in news]
    return sorted(found, key=lambda one: (one.state == "known", -one.count))[:most]


def budget_view(metrics: Metrics, focus: Focus, now: dt.datetime) -> BudgetView:
    """The budget and what was delivered."""
    return BudgetView(
        asked=metrics.per_week, delivered=focus.delivered(now.timestamp()),
        since=telling.utc(focus.since) if focus.since else None, series=len(metrics.index),
        forecasts=len(focus.limited), forecasts_refused=focus.refused, closely=len(focus.close), unseen=metrics.ear.unseen,
    )  # fmt: skip


def of_subject(
    metrics: Metrics, focus: Focus, subject: str, kinds: Iterable[str]
) -> tuple[Series, int, Limited] | None:
    """The series with a limit that a case is about."""
    wanted = frozenset(kinds)
    for slot, limited in focus.limited.items():
        series = metrics.index.series[slot]
        if series is None or limited.rule.kind not in wanted:
            continue
        if telling.subject_of(limited.rule, series.labels) == subject:
            return series, slot, limited
    return None


def _urgency(one: Foreseen) -> tuple[bool, float, float]:
    likely = one.crossing.likely.timestamp() if one.crossing and one.crossing.likely else float("inf")
    return not one.pressing, likely, -(one.measure if one.measure is not None else -1e9)


def _told(limited: Limited, series: Series, course: Course | None) -> str:
    if course is not None:
        return telling.said_of(limited.rule, series.labels, course)
    return "not known yet how much there is" if limited.whole is None and limited.rule.of else "too little is known yet"


def _day(metrics: Metrics, slot: int) -> tuple[Point, ...]:
    """What the bank expects through the day, a point each half hour."""
    which, shown = np.array([slot]), []
    for part in range(48):
        low, high = (float(one[0]) for one in metrics.bank.expected(which, part * 1_800.0))
        shown.append(Point(at=part * 1_800.0, value=(low + high) / 2, low=low, high=high))
    return tuple(shown)


def _correction(metrics: Metrics, focus: Focus, slot: int) -> float:
    close = focus.close.get(slot)
    if close is not None and close.ready:
        return close.detector.budget.correction
    return float(metrics.bank.corrections(np.array([slot]))[0])
