"""The registry: every metric once, and how its figure is had: over a window, by parts, over time. Pure."""

from __future__ import annotations

import bisect
import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final, Literal, get_args
from zoneinfo import ZoneInfo

from tickless.stages.measure.metrics import definitions
from tickless.stages.measure.metrics.history import CaseHistory
from tickless.stages.measure.metrics.material import Material
from tickless.stages.measure.metrics.metric import Figure, Metric, Scope, defined
from tickless.stages.measure.metrics.window import Grain, Window, periods

REACH: Final = dt.timedelta(days=40)
"""What happened so long before a period says whether something in it is a repeat, or can be solved by the house."""
Dimension = Literal["service", "category", "channel", "team", "priority", "kind", "source"]
DIMENSIONS: Final[tuple[Dimension, ...]] = get_args(Dimension)
METRICS: Final[Mapping[str, Metric]] = defined() if definitions.__all__ else {}
"""By id, in the order in which they are defined."""
_OF: Final[Mapping[Dimension, Callable[[CaseHistory], str]]] = {
    "service": lambda case: case.service,
    "category": lambda case: case.category,
    "channel": lambda case: case.channel,
    "team": lambda case: case.team,
    "priority": lambda case: str(case.priority or ""),
    "kind": lambda case: case.kind,
    "source": lambda case: case.source,
}


def figure(
    metric: Metric, material: Material, window: Window, *, where: Mapping[Dimension, str] | None = None
) -> Figure:
    """The metric over a window, of the cases that are so in every dimension named. Of metrics that are not made of cases,
    `where` leaves nothing out."""
    return metric.measure(Scope(window, material, only(material.cases, where or {})))


def figures(material: Material, window: Window, *, where: Mapping[Dimension, str] | None = None) -> dict[str, Figure]:
    """Every metric over a window, by id: what they share is looked up once."""
    scope = Scope(window, material, only(material.cases, where or {}))
    return {name: metric.measure(scope) for name, metric in METRICS.items()}


def only(cases: Sequence[CaseHistory], where: Mapping[Dimension, str]) -> Sequence[CaseHistory]:
    """The cases that are so; the empty word stands for those of which nobody has said."""
    for dimension, value in where.items():
        cases = [one for one in cases if _OF[dimension](one) == value]
    return cases


def parts(
    metric: Metric, material: Material, window: Window, *, by: Dimension, where: Mapping[Dimension, str] | None = None
) -> list[tuple[str, Figure]]:
    """The figure of each part that has one, the one with the most cases first. The empty name: nobody has said."""
    if not metric.by_case:
        return []
    of: dict[str, list[CaseHistory]] = {}
    for case in only(material.cases, where or {}):
        of.setdefault(_OF[by](case), []).append(case)
    found = [(name, metric.measure(Scope(window, material, cases))) for name, cases in of.items()]
    return sorted(
        ((name, one) for name, one in found if one.of or one.missing), key=lambda part: (-part[1].of, part[0])
    )


def trend(
    metric: Metric, material: Material, window: Window, *, grain: Grain, where: Mapping[Dimension, str] | None = None
) -> list[tuple[Window, Figure]]:
    """The figure of every day, week or month in the window, as people of the material's time zone count them."""
    return [(scope.window, metric.measure(scope)) for scope in scopes(material, window, grain=grain, where=where)]


def scopes(
    material: Material, window: Window, *, grain: Grain, where: Mapping[Dimension, str] | None = None
) -> list[Scope]:
    """A scope for every day, week or month: for whoever wants several metrics of the same periods."""
    cases = only(material.cases, where or {})
    return [Scope(part, material, cases) for part in periods(window, grain, ZoneInfo(material.zone))]


def near(material: Material, windows: Sequence[Window]) -> list[Scope]:
    """A scope for each of these windows, which follow each other, of the cases near it alone: opened before its end, and with
    somebody or moved since `REACH` before its beginning."""
    ends = [one.until for one in windows]
    starts = [one.since - REACH for one in windows]
    found: list[list[CaseHistory]] = [[] for _ in windows]
    for case in material.cases:
        first = bisect.bisect_right(ends, case.opened_at) if case.opened_at else 0
        last = case.moved_at
        for place in range(first, len(windows) if last is None else bisect.bisect_right(starts, last)):
            found[place].append(case)
    return [Scope(window, replace(material, cases=cases), cases) for window, cases in zip(windows, found, strict=True)]
