"""Looks over all pairs of metrics and all patterns at once, and says in plain words what does not add up. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal
from zoneinfo import ZoneInfo

from tickless.stages.measure.guard.options import GuardSettings
from tickless.stages.measure.guard.patterns import Pattern, patterns_of
from tickless.stages.measure.guard.testing import false_discovery, more_often, rising
from tickless.stages.measure.metrics.material import Material
from tickless.stages.measure.metrics.metric import Metric
from tickless.stages.measure.metrics.registry import METRICS, near
from tickless.stages.measure.metrics.window import Window, periods
from tickless.stages.measure.metrics.wording import inside

WHOLE: Final = 6.9
"""Days of a week that counts: parts of one at the edges do not."""


Kept = Mapping[dt.datetime, Mapping[str, float | None]]
"""By the beginning of a week, the value of every metric in it."""


@dataclass(frozen=True)
class Warned:
    """One pair or pattern that was looked at. `q`: the rate of false warnings at which it would be one; `flagged`: it is.

    `before` and `after`: the figure in the first and the second half (of a pair: of its metric); `counter_*`: of its counter.
    """

    id: str
    kind: Literal["pair", "pattern"]
    title: str
    told: str
    do: str
    p: float
    q: float
    flagged: bool
    before: float | None
    after: float | None
    counter_before: float | None = None
    counter_after: float | None = None
    metric: str = ""
    counter: str = ""
    cases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Watch:
    """Everything that was looked at, warnings first. `skipped`: pairs and patterns with too little to tell, with the reason.
    `rules`: what held when it was looked at."""

    window: Window
    found: tuple[Warned, ...]
    skipped: tuple[tuple[str, str], ...]
    rules: GuardSettings = field(default_factory=GuardSettings)

    @property
    def rate(self) -> float:
        """Which share of the warnings may be chance."""
        return self.rules.rate

    @property
    def warnings(self) -> list[Warned]:
        return [one for one in self.found if one.flagged]


@dataclass(frozen=True)
class _Look:
    id: str
    kind: Literal["pair", "pattern"]
    p: float
    title: str
    told: str
    do: str
    before: float | None
    after: float | None
    counter_before: float | None = None
    counter_after: float | None = None
    metric: str = ""
    counter: str = ""
    cases: tuple[str, ...] = ()


def watch(
    material: Material, window: Window, *, metrics: Sequence[Metric] | None = None, kept: Kept | None = None,
    rules: GuardSettings | None = None,
) -> Watch:  # fmt: skip
    """Look at a window of some months: pairs week by week, patterns by its second half against its first. `kept`: figures of
    weeks that are known already, by the moment at which the week began; the others are computed. `rules` None: the usual."""
    rules = rules or GuardSettings()
    looks: list[_Look] = []
    skipped: list[tuple[str, str]] = []
    weeks = _Weeks(material, window, kept or {})
    for metric in metrics if metrics is not None else METRICS.values():
        counter = METRICS.get(metric.counter or "")
        if counter is None or "neither" in {metric.better, counter.better}:
            continue
        seen = _pair(metric, counter, weeks.values(metric), weeks.values(counter), least=rules.least_weeks)
        if isinstance(seen, _Look):
            looks.append(seen)
        else:
            skipped.append((f"{metric.name} / {counter.name}", seen))
    for pattern in patterns_of(rules):
        shown = _pattern(pattern, material, window, least=rules.least_cases)
        if isinstance(shown, _Look):
            looks.append(shown)
        else:
            skipped.append((pattern.name, shown))
    qs = false_discovery([one.p for one in looks])
    found = [
        Warned(one.id, one.kind, one.title, one.told, one.do, one.p, q, q <= rules.rate, one.before, one.after,
               one.counter_before, one.counter_after, one.metric, one.counter, one.cases)
        for one, q in zip(looks, qs, strict=True)
    ]  # fmt: skip
    return Watch(window, tuple(sorted(found, key=lambda one: (one.q, one.id))), tuple(skipped), rules)


class _Weeks:
    """Metrics in the whole weeks of a window, each computed once."""

    def __init__(self, material: Material, window: Window, kept: Kept) -> None:
        self._weeks = [one for one in periods(window, "week", ZoneInfo(material.zone)) if one.days > WHOLE]
        self._kept = kept
        self._scopes = {
            one.window: one for one in near(material, [one for one in self._weeks if one.since not in kept])
        }
        self._known: dict[str, list[float | None]] = {}

    def values(self, metric: Metric) -> list[float | None]:
        if metric.id not in self._known:
            self._known[metric.id] = [self._value(metric, week) for week in self._weeks]
        return self._known[metric.id]

    def _value(self, metric: Metric, week: Window) -> float | None:
        scope = self._scopes.get(week)
        return metric.measure(scope).value if scope else self._kept[week.since].get(metric.id)


def _pair(
    metric: Metric, counter: Metric, values: Sequence[float | None], counters: Sequence[float | None], *, least: int
) -> _Look | str:
    """Both must be so, the one better and the other worse: the less likely of the two to be chance does not count."""
    both = [(a, b) for a, b in zip(values, counters, strict=True) if a is not None and b is not None]
    if len(both) < least:
        return f"only {len(both)} whole weeks have both figures, {least} are needed"
    signs = (1.0 if metric.better == "up" else -1.0, -1.0 if counter.better == "up" else 1.0)
    p = max(rising([signs[0] * a for a, _ in both]), rising([signs[1] * b for _, b in both]))
    half = len(both) // 2
    a0, a1 = _mean([a for a, _ in both[:half]]), _mean([a for a, _ in both[half:]])
    b0, b1 = _mean([b for _, b in both[:half]]), _mean([b for _, b in both[half:]])
    told = f"{metric.name} gets better week by week while {inside(counter.name)} gets worse. {metric.why_counter}"
    do = f"Look at the cases behind {inside(counter.name)} before {inside(metric.name)} is called a success."
    return _Look(f"pair:{metric.id}", "pair", p, f"{metric.name} against {inside(counter.name)}", told, do, a0, a1, b0, b1,
                 metric.id, counter.id)  # fmt: skip


def _pattern(pattern: Pattern, material: Material, window: Window, *, least: int) -> _Look | str:
    middle = window.since + (window.until - window.since) / 2
    cases = [one for one in material.cases if window.holds(one.over_at)]
    verdicts = pattern.find(cases)
    halves: tuple[list[int], list[int]] = ([0, 0], [0, 0])
    so = []
    for case in cases:
        verdict, end = verdicts.get(case.id), case.over_at
        if verdict is None or end is None:
            continue
        half = halves[int(end >= middle)]
        half[0] += int(verdict)
        half[1] += 1
        if verdict and end >= middle:
            so.append(case.id)
    (earlier, earlier_of), (hits, of) = halves
    if min(of, earlier_of) < least:
        return f"only {earlier_of} and {of} cases in the halves tell of it, {least} are needed in each"
    p = more_often((hits, of), (earlier, earlier_of))
    flattered = inside(METRICS[pattern.flatters].name)
    told = f"{pattern.words} {hits} of {of} lately, {earlier} of {earlier_of} before. It flatters {flattered}."
    return _Look(f"pattern:{pattern.id}", "pattern", p, pattern.name, told, pattern.do, earlier / earlier_of, hits / of,
                 metric=pattern.flatters, cases=tuple(so))  # fmt: skip


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
