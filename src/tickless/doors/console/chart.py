"""A course drawn as a picture: values, the band they were expected in, a forecast with its band, a limit. Pure; the same input
gives the same picture. Colours are the page's, by class; every number is in the table beside it, for those who do not see."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tickless.domain.sighting import Ahead, Point
from tickless.stages.sense.telemetry.told import number

WIDTH, HEIGHT = 720.0, 240.0
LEFT, RIGHT, TOP, BOTTOM = 64.0, 14.0, 12.0, 26.0
PAST: Final = 0.58
"""Of the width, where there is a forecast too."""
ROWS: Final = 24
"""Of the table."""
_AIR: Final = 0.08


@dataclass(frozen=True)
class Tick:
    """A place on an axis and what stands there."""

    at: float
    label: str


@dataclass(frozen=True)
class Mark:
    """A point that stands out."""

    x: float
    y: float
    label: str


@dataclass(frozen=True)
class Row:
    """A line of the table: when, what was seen or is forecast, and between what."""

    when: dt.datetime
    value: str
    low: str
    high: str
    what: str


@dataclass(frozen=True)
class Chart:
    """Paths in the picture's own units, and what is said of it."""

    width: float
    height: float
    bottom: float
    left: float
    right: float
    line: str
    band: str
    ahead: str
    ahead_band: str
    limit: float | None
    limit_label: str
    now: float | None
    marks: tuple[Mark, ...]
    down: tuple[Tick, ...]
    across: tuple[Tick, ...]
    rows: tuple[Row, ...]
    said: str


class _Scale:
    """Times and values → places. The past and what is ahead each have their part of the width."""

    def __init__(self, times: tuple[float, float], end: float | None, values: tuple[float, float]) -> None:
        self.begin, self.now = times
        self.end = end
        self.low, self.high = values
        self.width = WIDTH - LEFT - RIGHT
        self.split = self.width * (PAST if end is not None else 1.0)

    def x(self, time: float) -> float:
        if self.end is not None and time > self.now:
            share = (time - self.now) / (self.end - self.now) if self.end > self.now else 1.0
            return LEFT + self.split + share * (self.width - self.split)
        share = (time - self.begin) / (self.now - self.begin) if self.now > self.begin else 1.0
        return LEFT + share * self.split

    def y(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)


def draw(
    points: Sequence[Point],
    *,
    ahead: Sequence[Ahead] = (),
    limit: float | None = None,
    marked: Sequence[float] = (),
    unit: str = "",
    zone: dt.tzinfo = dt.UTC,
) -> Chart | None:
    """The picture; None where there is nothing to draw. Times are shown in `zone`."""
    shown = [one for one in points if math.isfinite(one.value)]
    later = [one for one in ahead if shown and one.at > shown[-1].at and math.isfinite(one.middle)]
    if not shown:
        return None
    dated = unit.strip() == "days"
    values = [one.value for one in shown] + [edge for one in shown for edge in (one.low, one.high) if edge is not None]
    values += [edge for one in later for edge in (one.middle, one.low, one.high)] + (
        [limit] if limit is not None else []
    )
    scale = _Scale((shown[0].at, shown[-1].at), later[-1].at if later else None, _air(values))
    start = Ahead(at=shown[-1].at, middle=shown[-1].value, low=shown[-1].value, high=shown[-1].value)
    paths = [start, *later] if later else []
    banded = [one for one in shown if one.low is not None and one.high is not None]
    told = _Telling(unit, dated)
    return Chart(
        WIDTH, HEIGHT, HEIGHT - BOTTOM, LEFT, WIDTH - RIGHT,
        line=_line([(scale.x(one.at), scale.y(one.value)) for one in shown]),
        band=_area([(scale.x(p.at), scale.y(p.low or 0.0), scale.y(p.high or 0.0)) for p in banded]),
        ahead=_line([(scale.x(one.at), scale.y(one.middle)) for one in paths]),
        ahead_band=_area([(scale.x(one.at), scale.y(one.low), scale.y(one.high)) for one in paths]),
        limit=None if limit is None else round(scale.y(limit), 1), limit_label="" if limit is None else told(limit),
        now=round(scale.x(shown[-1].at), 1) if later else None,
        marks=tuple(Mark(round(scale.x(p.at), 1), round(scale.y(p.value), 1), told(p.value)) for p in shown if p.at in marked),
        down=_values(scale, told), across=_times(scale, zone), rows=_rows(shown, later, told, marked),
        said=_said(shown, later, limit, told),
    )  # fmt: skip


class _Telling:
    """How a value is written."""

    def __init__(self, unit: str, dated: bool) -> None:
        self._unit, self._dated = unit, dated

    def __call__(self, value: float) -> str:
        return f"{number(-value if self._dated else value)}{self._unit}"


def _air(values: Sequence[float]) -> tuple[float, float]:
    """The ends of the axis: a little beyond what was seen, but not below nought where nothing is."""
    low, high = min(values), max(values)
    room = (high - low) * _AIR or abs(high) * _AIR or 1.0
    return max(low - room, 0.0) if low >= 0 else low - room, high + room


def _line(places: Sequence[tuple[float, float]]) -> str:
    if len(places) == 1:
        (x, y), *_ = places
        return f"M{x - 1:.1f} {y:.1f}H{x + 1:.1f}"
    return "".join(f"{'L' if place else 'M'}{x:.1f} {y:.1f}" for place, (x, y) in enumerate(places))


def _area(places: Sequence[tuple[float, float, float]]) -> str:
    """Between two edges, there and back."""
    if len(places) < 2:
        return ""
    there = "".join(f"{'L' if place else 'M'}{x:.1f} {low:.1f}" for place, (x, low, _) in enumerate(places))
    back = "".join(f"L{x:.1f} {high:.1f}" for x, _, high in reversed(places))
    return f"{there}{back}Z"


def _values(scale: _Scale, told: _Telling) -> tuple[Tick, ...]:
    """About five round numbers."""
    step = _round_step((scale.high - scale.low) / 6)
    first = math.ceil(scale.low / step) * step
    ticks = []
    for place in range(12):
        value = first + place * step
        if value <= scale.high:
            ticks.append(Tick(round(scale.y(value), 1), told(value if abs(value) > step / 1e6 else 0.0)))
    return tuple(ticks)


def _round_step(rough: float) -> float:
    size = 10.0 ** math.floor(math.log10(rough)) if rough > 0 else 1.0
    return next((size * part for part in (1, 2, 5, 10) if size * part >= rough), size * 10)


def _times(scale: _Scale, zone: dt.tzinfo) -> tuple[Tick, ...]:
    def ticks(begin: float, end: float, count: int) -> list[Tick]:
        form = "%H:%M:%S" if end - begin < 600 else "%H:%M" if end - begin < 2 * 86_400 else "%-d %b"
        times = [begin + (end - begin) * part / count for part in range(count + 1)]
        return [Tick(round(scale.x(at), 1), dt.datetime.fromtimestamp(at, zone).strftime(form)) for at in times]

    past = ticks(scale.now, scale.now, 1)[:1] if scale.now <= scale.begin else ticks(scale.begin, scale.now, 3)
    return tuple(past if scale.end is None else past + ticks(scale.now, scale.end, 2)[1:])


def _rows(shown: Sequence[Point], later: Sequence[Ahead], told: _Telling, marked: Sequence[float]) -> tuple[Row, ...]:
    every = max(1, -(-len(shown) // ROWS))
    kept = [one for place, one in enumerate(reversed(shown)) if place % every == 0 or one.at in marked]
    rows = [
        Row(_utc(one.at), told(one.value), "" if one.low is None else told(one.low),
            "" if one.high is None else told(one.high), "stands out" if one.at in marked else "seen")
        for one in reversed(kept)
    ]  # fmt: skip
    return (*rows, *(Row(_utc(one.at), told(one.middle), told(one.low), told(one.high), "forecast") for one in later))


def _said(shown: Sequence[Point], later: Sequence[Ahead], limit: float | None, told: _Telling) -> str:
    values = [one.value for one in shown]
    said = f"{len(shown)} values from {told(min(values))} to {told(max(values))}, the last one {told(values[-1])}"
    if later:
        last = later[-1]
        said += f"; forecast {told(last.middle)} at the end, between {told(last.low)} and {told(last.high)}"
    return said + (f"; the limit is {told(limit)}" if limit is not None else "")


def _utc(seconds: float) -> dt.datetime:
    return dt.datetime.fromtimestamp(min(max(seconds, 0.0), 4e9), dt.UTC)
