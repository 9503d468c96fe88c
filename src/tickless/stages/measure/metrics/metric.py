"""What a metric is, what a figure is, and the few shapes that nearly all figures have. Pure."""

from __future__ import annotations

import datetime as dt
import inspect
import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from tickless.stages.measure.metrics.clock import SupportClock, elapsed, support_clock
from tickless.stages.measure.metrics.history import CaseHistory
from tickless.stages.measure.metrics.material import Material, OutageFact
from tickless.stages.measure.metrics.window import Window

Unit = Literal["count", "share", "seconds", "minutes", "hours", "money", "score", "ratio"]
Level = Literal["operational", "tactical", "strategic"]
Better = Literal["up", "down", "neither"]
Group = Literal["outcome", "flow", "speed", "quality", "experience", "value", "prevention", "change", "service"]
Row = tuple[str, float]
"""What went in, by its id (a case's, or `change:…`, `service:…`, `asked:…`, `limit:…`), and with what."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with its evidence. `value` None: there is nothing to tell it from. `of`: how many were counted; `missing`: how
    many belong to it and lack what it needs."""

    value: float | None
    of: int = 0
    rows: tuple[Row, ...] = ()
    lacking: tuple[str, ...] = ()

    @property
    def missing(self) -> int:
        return len(self.lacking)


NOTHING = Figure(None)


@dataclass(frozen=True)
class Scope:
    """What one figure is computed over: a window, the facts, and the cases of one part of it (all by default)."""

    window: Window
    material: Material
    cases: Sequence[CaseHistory]

    @cached_property
    def opened(self) -> list[CaseHistory]:
        """Opened in the window."""
        return [one for one in self.cases if self.window.holds(one.opened_at)]

    @cached_property
    def resolved(self) -> list[CaseHistory]:
        """Resolved in the window for the last time: one that came back counts when it was solved in the end."""
        return [one for one in self.cases if self.window.holds(one.resolved_at)]

    @cached_property
    def ended(self) -> list[CaseHistory]:
        """Ended in the window: resolved, or handed to people, or closed without a resolution."""
        return [one for one in self.cases if self.window.holds(one.over_at)]

    @cached_property
    def open_at_end(self) -> list[CaseHistory]:
        """Opened before the window's end and still to be worked on then."""
        return [one for one in self.cases if one.open_at(self.window.until)]

    @cached_property
    def outages(self) -> dict[tuple[str, bool], list[OutageFact]]:
        """Those that reach into the window, by service and whether it was only degraded."""
        found: dict[tuple[str, bool], list[OutageFact]] = {}
        for one in self.material.outages or ():
            if one.since < self.window.until and (one.until is None or one.until > self.window.since):
                found.setdefault((one.service, one.degraded), []).append(one)
        return found

    def clock(self, case: CaseHistory) -> SupportClock:
        """The support hours that count for a case: its service's, else the house's."""
        own = self._hours.get(case.service)
        return support_clock(own or self.material.hours)

    @cached_property
    def _hours(self) -> dict[str, str | None]:
        return {one.id: one.hours for one in self.material.services or ()}


def between(
    start: dt.datetime | None, end: dt.datetime | None, case: CaseHistory, *, paused: bool = False
) -> float | None:
    """Seconds from one stamp to another; None where one is missing or they are out of order. `paused`: less pauses, where
    somebody tells of them."""
    if start is None or end is None or end < start:
        return None
    return elapsed(start, end, (case.pauses or ()) if paused else ())


def count(rows: Iterable[CaseHistory]) -> Figure:
    """How many."""
    found = tuple((one.id, 1.0) for one in rows)
    return Figure(float(len(found)), len(found), found)


def share(among: Iterable[CaseHistory], of: Callable[[CaseHistory], bool | None]) -> Figure:
    """Which part is so; whoever cannot be told (None) is missing. The rows are those that are so."""
    yes, lacking, told = [], [], 0
    for one in among:
        verdict = of(one)
        if verdict is None:
            lacking.append(one.id)
        else:
            told += 1
            if verdict:
                yes.append((one.id, 1.0))
    return Figure(len(yes) / told if told else None, told, tuple(yes), tuple(lacking))


def mean(among: Iterable[CaseHistory], of: Callable[[CaseHistory], float | None]) -> Figure:
    """The mean, every case as heavy as another."""
    rows, lacking = _values(among, of)
    return Figure(statistics.fmean(value for _, value in rows) if rows else None, len(rows), rows, lacking)


def median(among: Iterable[CaseHistory], of: Callable[[CaseHistory], float | None]) -> Figure:
    """The middle value; of an even number the mean of the two in the middle."""
    rows, lacking = _values(among, of)
    return Figure(statistics.median(value for _, value in rows) if rows else None, len(rows), rows, lacking)


def total(among: Iterable[CaseHistory], of: Callable[[CaseHistory], float | None]) -> Figure:
    """The sum; None where there is nothing to add up."""
    rows, lacking = _values(among, of)
    return Figure(sum(value for _, value in rows) if rows else None, len(rows), rows, lacking)


def _values(
    among: Iterable[CaseHistory], of: Callable[[CaseHistory], float | None]
) -> tuple[tuple[Row, ...], tuple[str, ...]]:
    rows, lacking = [], []
    for one in among:
        value = of(one)
        if value is None:
            lacking.append(one.id)
        else:
            rows.append((one.id, float(value)))
    return tuple(rows), tuple(lacking)


Measure = Callable[[Scope], Figure]


@dataclass(frozen=True, kw_only=True)
class Metric:
    """A metric's definition. `counter`: the metric that would worsen if this one were improved the wrong way."""

    id: str
    name: str
    unit: Unit
    level: Level
    better: Better
    group: Group
    owner: str
    source: str
    words: str
    missing: str
    counter: str | None
    why_counter: str
    by_case: bool
    """Whether it is made of cases, and so can be broken down by what they are."""
    measure: Measure

    @property
    def code(self) -> str:
        """The formula as it is computed."""
        text = inspect.getsource(self.measure)
        return text[text.index("def ") :].rstrip()


_FOUND: dict[str, Metric] = {}


def metric(
    *, name: str, unit: Unit, level: Level, better: Better, group: Group, owner: str, words: str, source: str = "cases",
    missing: str = "A case without the stamps or words that it needs is left out and counted as missing.",
    counter: str | None = None, why_counter: str = "", by_case: bool = True,
) -> Callable[[Measure], Measure]:  # fmt: skip
    """Puts a definition into the registry under the function's own name. Raises ValueError for a second of that name."""

    def register(measure: Measure) -> Measure:
        identity = measure.__name__
        if identity in _FOUND:
            raise ValueError(f"there are two metrics called {identity}")
        _FOUND[identity] = Metric(
            id=identity, name=name, unit=unit, level=level, better=better, group=group, owner=owner, source=source,
            words=words, missing=missing, counter=counter, why_counter=why_counter, by_case=by_case, measure=measure,
        )  # fmt: skip
        return measure

    return register


def defined() -> dict[str, Metric]:
    """What was defined so far, in the order of definition."""
    return dict(_FOUND)
