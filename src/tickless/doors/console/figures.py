"""Metrics: what each is, its figure, its course, its parts, down to its cases."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import get_args
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from starlette.routing import BaseRoute

from tickless.domain.sighting import Point
from tickless.domain.steering import MarkedFigure
from tickless.doors.console.chart import Chart, draw
from tickless.doors.console.frame import Frame, Screen, Visit
from tickless.flow.desk.steering import filters
from tickless.flow.desk.steering_computing import MOST_DAYS
from tickless.flow.desk.steering_views import MetricView
from tickless.stages.measure.metrics import Figure, Window
from tickless.stages.measure.metrics.metric import Metric, Unit
from tickless.stages.measure.metrics.registry import DIMENSIONS, Dimension
from tickless.stages.measure.metrics.window import Grain
from tickless.stages.measure.metrics.wording import SCALE, course, told

SPANS = (7, 30, 90, 365)
PAGE = 50
GROUPS = {
    "outcome": "How cases ended", "flow": "Flow", "speed": "Speed", "quality": "Quality", "experience": "Experience",
    "prevention": "Prevention", "change": "Changes", "service": "Services", "value": "Cost",
}  # fmt: skip


def routes(frame: Frame) -> list[BaseRoute]:
    return [frame.show("/figures", "read", page), frame.show("/figures/{metric}", "read", one)]


def page(visit: Visit) -> Screen:
    """Every metric, by what it is about."""
    days, until = span_of(visit)
    where = conditions(visit)
    every = visit.desk.steering.metrics(visit.desk.steering.window(days=days, until=until), where=where)
    found = (
        every
        if visit.asked("levels") == "all"
        else [one for one in every if one.metric.level in visit.desk.metric_levels]
    )
    groups = [(title, [seen for seen in found if seen.metric.group == group]) for group, title in GROUPS.items()]
    known = [(title, [seen for seen in rows if seen.figure.value is not None]) for title, rows in groups]
    unknown = [seen for seen in found if seen.figure.value is None]
    shown = {"groups": known, "unknown": unknown, "left_out": len(every) - len(found)}
    return Screen("figures.html", {**around(visit, days, where), **shown})


def one(visit: Visit) -> Screen:
    """One metric. Raises `NotFound`."""
    days, until = span_of(visit)
    where = conditions(visit)
    by: Dimension = next((name for name in DIMENSIONS if name == visit.asked("by")), "category")
    grain: Grain = "day" if days <= 14 else "week" if days <= 200 else "month"
    grain = next((name for name in get_args(Grain) if name == visit.asked("grain")), grain)
    at = visit.number("page") or 0
    desk = visit.desk.steering
    view = desk.metric(visit.path("metric"), desk.window(days=days, until=until), by=by, grain=grain, where=where, limit=PAGE,
                       offset=PAGE * at)  # fmt: skip
    zone = ZoneInfo(desk.zone())
    return Screen("figure.html", {
        **around(visit, days, where), "view": view, "metric": view.seen.metric, "by": by, "grain": grain, "at_page": at,
        "chart": drawn(view.trend, view.seen.metric, zone), "dimensions": DIMENSIONS,
        "counter_chart": None, "base": f"/figures/{view.seen.metric.id}", "names": view.names,
        "adds": lambda value: adds(view, value),
    })  # fmt: skip


def span_of(visit: Visit) -> tuple[int, dt.datetime | None]:
    """The days that were asked for, and until when; what cannot be read is the usual."""
    return min(max(visit.number("days") or 30, 1), MOST_DAYS), moment(visit.asked("until") or "")


def moment(asked: str) -> dt.datetime | None:
    try:
        found = dt.datetime.fromisoformat(asked)
        return (found if found.tzinfo else found.replace(tzinfo=dt.UTC)).astimezone(dt.UTC)
    except (ValueError, OverflowError):
        return None


def conditions(visit: Visit) -> dict[Dimension, str]:
    return filters({name: visit.asked(name) for name in DIMENSIONS})


def around(visit: Visit, days: int, where: Mapping[Dimension, str]) -> dict[str, object]:
    """What both pages need: the span, what was narrowed to, and how figures are written."""
    kept = {"days": str(days), **({"until": visit.asked("until") or ""} if visit.asked("until") else {})}
    narrowed: dict[str, str] = {name: value or "-" for name, value in where.items()}

    def address(path: str, **changes: str | int | None) -> str:
        asked = {**kept, **narrowed, **{name: str(value) for name, value in changes.items() if value is not None}}
        return f"{path}?{urlencode(asked)}"

    def without(path: str, name: str) -> str:
        return f"{path}?{urlencode({**kept, **{key: value for key, value in narrowed.items() if key != name}})}"

    currency = visit.desk.steering.currency()
    return {
        "days": days, "cut": visit.desk.steering.computed().cut,
        "spans": SPANS, "where": where, "address": address, "without": without,
        "figure": lambda found, unit: told(found.value, unit, currency=currency),
        "course": lambda seen: course(seen.figure, seen.before, seen.metric.better),
    }  # fmt: skip


def drawn(found: Sequence[tuple[Window, Figure | MarkedFigure]], metric: Metric, zone: ZoneInfo) -> Chart | None:
    """The course of a figure; a period without one is left out."""
    factor, unit = SCALE[metric.unit]
    points = [
        Point(at=window.until.timestamp(), value=one.value * factor) for window, one in found if one.value is not None
    ]
    return draw(points, unit=unit, zone=zone) if len(points) > 1 else None


def adds(view: MetricView, value: float | None) -> str:
    """What one case adds to the figure."""
    if value is None:
        return "lacks it"
    unit: Unit = view.seen.metric.unit
    return "yes" if unit in {"share", "count", "ratio"} and value == 1.0 else told(value, unit)
