"""What a criterion is, and what it may look at. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal
from zoneinfo import ZoneInfo

from tickless.stages.measure.metrics.material import Material
from tickless.stages.measure.metrics.metric import Figure, Scope, Unit
from tickless.stages.measure.metrics.registry import METRICS, near
from tickless.stages.measure.metrics.window import Window, periods

ModelName = Literal["zero_ticket", "cmmi", "excellence"]
Dimension = Literal["resolution", "prevention", "experience", "governance", ""]


@dataclass(frozen=True, kw_only=True)
class HouseFacts:
    """What is counted outside of cases. Shares are None where there is nothing to take a share of."""

    runbooks: int = 0
    verified_runbooks: int = 0
    """With a check of what they did."""
    automatic: int = 0
    """That may act by themselves somewhere."""
    earned: int = 0
    """Promotions that were granted on evidence."""
    services: int = 0
    owned: int = 0
    rated: int = 0
    """With a criticality that somebody has said."""
    articles: int = 0
    reviewed: int = 0
    """Whose review is not overdue."""
    policies: int = 0
    rehearsed: int = 0
    """Changes of policy or runbook that were tried on the past first."""
    monitors: int = 0
    """Sources that send."""
    forecasts: int = 0
    """Things with a limit that were foreseen, ever."""
    open_warnings: int | None = None
    """Of the Goodhart guard; None: there is too little to tell."""
    measured_share: float | None = None
    """Of the worth that is claimed: how much of it rests on a measured baseline."""
    told_first: float | None = None
    """Of incidents with people in them: how many were told before the end what is known."""
    better: float | None = None
    """Of people who say: how many say that it was better than they expected."""
    changes: int = 0
    judged_changes: int = 0
    problems: int = 0
    problems_measured: int = 0
    improvements: int = 0
    improvements_measured: int = 0


@dataclass(frozen=True)
class Evidence:
    """Facts, figures over the window, and what people answered. `answers`: 0 no, 1 in part, 2 yes."""

    material: Material
    window: Window
    house: HouseFacts = HouseFacts()
    answers: Mapping[str, int] = field(default_factory=dict)
    _known: dict[tuple[str, Window], Figure] = field(default_factory=dict)
    _scopes: dict[Window, Scope] = field(default_factory=dict)
    _weeks: list[Scope] = field(default_factory=list)

    def figure(self, metric: str) -> Figure:
        """A metric over the window; computed once."""
        return self._figure(metric, self.window)

    def halves(self, metric: str) -> tuple[float | None, float | None]:
        """The metric in the first and the second half of the window."""
        middle = self.window.since + (self.window.until - self.window.since) / 2
        first, second = Window(self.window.since, middle), Window(middle, self.window.until)
        return self._figure(metric, first).value, self._figure(metric, second).value

    def weeks(self, metric: str) -> int:
        """How many weeks of the window have that figure."""
        if not self._weeks:
            self._weeks.extend(near(self.material, periods(self.window, "week", ZoneInfo(self.material.zone))))
        return sum(METRICS[metric].measure(week).value is not None for week in self._weeks)

    def _figure(self, metric: str, window: Window) -> Figure:
        if (metric, window) not in self._known:
            scope = self._scopes.setdefault(window, Scope(window, self.material, self.material.cases))
            self._known[metric, window] = METRICS[metric].measure(scope)
        return self._known[metric, window]


@dataclass(frozen=True)
class Reading:
    """What a criterion's query found. `value` None: there is nothing to tell it from, so the criterion is not met."""

    value: float | None
    of: int
    told: str
    unit: Unit = "count"


@dataclass(frozen=True)
class Query:
    """What a criterion asks. `words`: as somebody reads it who wants to ask it themselves. `unit`: of what it finds; `most`:
    above it nothing can be found, None: there is no such bound."""

    ask: Callable[[Evidence], Reading]
    words: str
    unit: Unit = "count"
    most: float | None = None

    def __call__(self, evidence: Evidence) -> Reading:
        return self.ask(evidence)


@dataclass(frozen=True, kw_only=True)
class Criterion:
    """Met where the value is at least `threshold` (or at most, where `most`). `place`: its stage or level; `link`: where the
    evidence is. `question`: nothing measures it, people answer, and it is marked so. `shipped`: the threshold that ships, where
    another one holds here, and `because` why it does."""

    id: str
    model: ModelName
    place: int
    dimension: Dimension = ""
    says: str
    query: Query
    threshold: float
    most: bool = False
    reason: str
    step: str
    link: str
    question: str = ""
    shipped: float | None = None
    because: str = ""
