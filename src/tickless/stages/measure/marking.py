"""Figures of whole weeks and months, computed once and kept: which are due, on what they rest, and what is kept. Pure."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final, Literal
from zoneinfo import ZoneInfo

from tickless.domain.steering import MarkedFigure, PeriodMark
from tickless.stages.measure.metrics.material import Material
from tickless.stages.measure.metrics.metric import Scope
from tickless.stages.measure.metrics.registry import METRICS, near
from tickless.stages.measure.metrics.window import Window, periods

MarkGrain = Literal["week", "month"]
KEPT: Final[Mapping[MarkGrain, int]] = {"week": 53, "month": 24}
"""So many whole periods before now are kept current."""
SETTLES: Final = dt.timedelta(days=35)
"""So long after its end a period is taken anew: cases come back, people end what was handed to them. Then it stands."""


@lru_cache(1)
def definitions() -> str:
    """All definitions as a hash."""
    return hashlib.sha256("".join(one.code for one in METRICS.values()).encode()).hexdigest()[:16]


def basis_of(material: Material, *, imports: str) -> str:
    """What figures rest on beside cases: definitions, what is assumed, and which past was imported."""
    told = (definitions(), material.hours, material.zone, repr(material.costs), imports)
    return hashlib.sha256("|".join(told).encode()).hexdigest()[:16]


def whole(grain: MarkGrain, now: dt.datetime, zone: str, *, count: int | None = None) -> list[Window]:
    """The last whole weeks or months before now, the oldest first."""
    wanted = count or KEPT[grain]
    reach = dt.timedelta(days=(wanted + 2) * (7 if grain == "week" else 31))
    found = periods(Window(now - reach, now), grain, ZoneInfo(zone))
    return found[1:-1][-wanted:]


def due(
    windows: Sequence[Window], kept: Mapping[str, PeriodMark], grain: MarkGrain, zone: str, basis: str
) -> list[Window]:
    """Those that have no mark, one on another basis, or one from before they were settled."""
    found = []
    for window in windows:
        mark = kept.get(mark_id(grain, window, zone))
        if mark is None or mark.basis != basis or mark.at < window.until + SETTLES:
            found.append(window)
    return found


def mark_id(grain: MarkGrain, window: Window, zone: str) -> str:
    return f"{grain}:{window.since.astimezone(ZoneInfo(zone)):%Y-%m-%d}"


def marks(
    grain: MarkGrain, windows: Sequence[Window], material: Material, *, at: dt.datetime, basis: str
) -> Iterator[PeriodMark]:
    """Every metric over each period; the periods follow each other, the oldest first."""
    for scope in near(material, windows):
        yield _mark(grain, scope, at=at, basis=basis)


def _mark(grain: MarkGrain, scope: Scope, *, at: dt.datetime, basis: str) -> PeriodMark:
    window, zone = scope.window, scope.material.zone
    found = {name: one.measure(scope) for name, one in METRICS.items()}
    figures = {
        name: MarkedFigure(value=one.value, of=one.of, missing=one.missing)
        for name, one in found.items() if one.value is not None or one.missing
    }  # fmt: skip
    return PeriodMark(id=mark_id(grain, window, zone), grain=grain, since=window.since, until=window.until, at=at,
                      basis=basis, figures=figures)  # fmt: skip
