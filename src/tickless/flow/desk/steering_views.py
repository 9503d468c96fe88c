"""What leadership is shown: the forms of it, without how it is had."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from tickless.domain.steering import Assumption, MarkedFigure, MaturityAnswer, MaturityMark
from tickless.practices.steering import Setting
from tickless.stages.measure.boards import Board
from tickless.stages.measure.facts import Thing
from tickless.stages.measure.maturity import Standing
from tickless.stages.measure.metrics import CaseHistory, Figure, Metric, Window
from tickless.stages.measure.metrics.registry import Dimension


@dataclass(frozen=True)
class Seen:
    """A metric over a window, and over the span of the same length before it."""

    metric: Metric
    figure: Figure
    before: Figure


@dataclass(frozen=True)
class Drilled:
    """One case, or another thing, behind a figure. `value`: what it adds; None: it lacks what the figure needs."""

    case: CaseHistory | None
    ref: str
    value: float | None
    thing: Thing | None = None


@dataclass(frozen=True)
class MetricView:
    """One metric with its course, its parts and its evidence."""

    seen: Seen
    counter: Seen | None
    trend: tuple[tuple[Window, Figure], ...]
    by: Dimension
    parts: tuple[tuple[str, Figure], ...]
    rows: tuple[Drilled, ...]
    more: int
    names: Mapping[str, str]


@dataclass(frozen=True)
class AssumptionView:
    """An assumption as it holds. `made` None: the default does."""

    setting: Setting
    value: str
    made: Assumption | None


@dataclass(frozen=True)
class MaturityView:
    """The three models, how they stood before, and what is asked because no data can show it."""

    window: Window
    standings: tuple[Standing, ...]
    marks: tuple[MaturityMark, ...]
    answers: Mapping[str, MaturityAnswer]
    questions: Mapping[str, str]


@dataclass(frozen=True)
class Tile:
    """One metric on a board: now, in the span before, and over whole weeks or months; its counter-metric beside it."""

    seen: Seen
    counter: Seen | None
    course: tuple[tuple[Window, MarkedFigure | None], ...]
    """The oldest first; None: not computed yet."""


@dataclass(frozen=True)
class BoardView:
    """A board as it stands. `window`: of its figures; `at`: when its courses were computed."""

    board: Board
    window: Window
    tiles: tuple[Tile, ...]
    at: dt.datetime | None


@dataclass(frozen=True)
class Computed:
    """Whether what takes long is computed by schedule here, and how that stands.

    `large`: there are so many cases that views are shown as they were at `at`, not computed at every look. `done` of `of`
    parts while it is `running`. `cut`: so many cases, and tickets of the past, are read at most, the newest, where there are
    more; 0: all are read. `failed`: why the last time broke off."""

    large: bool
    at: dt.datetime | None
    running: bool
    done: int
    of: int
    cut: int
    failed: str
