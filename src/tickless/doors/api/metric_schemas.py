"""Shapes of metrics, value, maturity and the guard, and domain → shape."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from tickless.doors.api.schemas import Given, Shown
from tickless.flow.desk.steering_views import Drilled, MetricView, Seen
from tickless.stages.measure.facts import Thing


class FigureShown(Shown):
    """A number with what it rests on."""

    value: float | None = Field(description="null: there is nothing to tell it from")
    of: int = Field(description="How many were counted")
    missing: int = Field(description="How many belong to it and lack what it needs")


class MetricShown(Shown):
    """A metric's definition, its figure, and that of the span before."""

    id: str
    name: str
    group: str
    unit: str
    level: str
    better: Literal["up", "down", "neither"]
    owner: str
    source: str
    formula: str
    missing: str
    counter: str | None = Field(description="The metric that would worsen if this one were improved the wrong way")
    why_counter: str
    figure: FigureShown
    before: FigureShown


class MetricsShown(Shown):
    """Every metric over one window."""

    since: dt.datetime
    until: dt.datetime
    items: list[MetricShown]


class PointShown(Shown):
    """The figure of one day, week or month."""

    since: dt.datetime
    until: dt.datetime
    figure: FigureShown


class PartShown(Shown):
    """The figure of one part. An empty name: nobody has said."""

    name: str
    figure: FigureShown


class DrilledShown(Shown):
    """One case, or another thing (a change, a service, a limit), behind a figure."""

    ref: str
    number: str = Field(description="As people call it; empty where it is no case")
    name: str = Field(description="Of what is no case: its title; empty for cases")
    source: str
    category: str
    service: str
    link: str = Field(description="Its page in the console; empty where there is none")
    value: float | None = Field(description="What it adds to the figure; null: it lacks what the figure needs")


class MetricDetail(Shown):
    """One metric with its course, its parts and its cases."""

    metric: MetricShown
    code: str = Field(description="The formula as it is computed")
    counter: MetricShown | None
    trend: list[PointShown]
    by: str
    parts: list[PartShown]
    cases: list[DrilledShown]
    more: int


class LineShown(Shown):
    """One line of the ledger. Costs are negative."""

    id: str
    title: str
    kind: Literal["gain", "cost", "claimed"]
    basis: Literal["measured", "assumed", "declared"]
    minutes: float
    money: float
    low: float = Field(description="With `high`, the interval that holds it 95 times in 100")
    high: float
    told: str
    assumptions: list[str]
    cases: list[str]
    baseline_cases: int


class LedgerShown(Shown):
    """What a window was worth. `claimed` lines are not in the sum."""

    since: dt.datetime
    until: dt.datetime
    currency: str
    net: float
    low: float
    high: float
    minutes: float
    disruption_hours: float | None
    solved_cases: int
    unmeasured_cases: int
    lines: list[LineShown]


class AssumptionShown(Shown):
    """Something that figures take for granted."""

    name: str
    title: str
    value: str
    default: str
    unit: str
    why: str
    by: str | None = Field(description="null: the default holds")
    at: dt.datetime | None
    reason: str


class AssumptionGiven(Given):
    """A value as people write it, and why."""

    value: str = Field(min_length=1, max_length=200)
    reason: str = Field(min_length=1, max_length=500)


class WhyGiven(Given):
    """Why; goes on record."""

    reason: str = Field(min_length=1, max_length=500)


class CriterionShown(Shown):
    """One criterion of a model, and what was found."""

    id: str
    place: int
    dimension: str
    says: str
    met: bool
    value: float | None
    threshold: float = Field(description="The one that holds here")
    at_most: bool
    shipped: float | None = Field(description="The threshold that ships, where this house has set another one")
    because: str = Field(description="Why this house has set another threshold")
    told: str
    query: str = Field(description="What is asked, in words")
    reason: str = Field(description="Why the threshold that ships is what it is")
    step: str
    link: str
    by_word: bool = Field(description="It rests on what people say alone: no data can show it")


class StandingShown(Shown):
    """One model. `gap`: by how many levels the claim is above the evidence."""

    model: str
    name: str
    level: int
    top: int
    word: str
    toward: float
    dimensions: dict[str, int]
    claimed: int | None
    gap: int | None
    criteria: list[CriterionShown]
    next: list[str] = Field(description="Ids of the criteria that would raise it, the nearest first")


class MarkShown(Shown):
    """How a model stood on a day."""

    model: str
    at: dt.datetime
    level: float
    claimed: int | None


class QuestionShown(Shown):
    """A question that no data can answer, and what people said."""

    id: str
    question: str
    answer: int | None = Field(description="0 no, 1 in part, 2 yes")
    by: str | None
    at: dt.datetime | None
    note: str


class MaturityShown(Shown):
    """The three models on the evidence of a window."""

    since: dt.datetime
    until: dt.datetime
    models: list[StandingShown]
    history: list[MarkShown]
    questions: list[QuestionShown]


class LevelGiven(Given):
    """A level that somebody claims, or an answer (0 no, 1 in part, 2 yes), with a note."""

    level: int = Field(ge=0, le=5)
    note: str = Field(default="", max_length=500)


class AnswerShown(Shown):
    """What was written down."""

    id: str
    level: int
    by: str
    at: dt.datetime


class WarnedShown(Shown):
    """One pair of metrics, or one pattern, that was looked at."""

    id: str
    kind: Literal["pair", "pattern"]
    title: str
    told: str
    do: str
    flagged: bool
    p: float
    q: float = Field(description="The rate of false warnings at which it would be one")
    before: float | None
    after: float | None
    counter_before: float | None
    counter_after: float | None
    metric: str
    counter: str
    cases: list[str]


class WatchShown(Shown):
    """Everything that the guard looked at, warnings first."""

    since: dt.datetime
    until: dt.datetime
    rate: float = Field(description="Which share of the warnings may be chance (settings `guard.rate`)")
    items: list[WarnedShown]
    skipped: dict[str, str] = Field(description="What there is too little to tell of, and why")


def seen(one: Seen) -> MetricShown:
    metric = one.metric
    return MetricShown(
        id=metric.id, name=metric.name, group=metric.group, unit=metric.unit, level=metric.level, better=metric.better,
        owner=metric.owner, source=metric.source, formula=metric.words, missing=metric.missing, counter=metric.counter,
        why_counter=metric.why_counter, figure=number(one.figure.value, one.figure.of, one.figure.missing),
        before=number(one.before.value, one.before.of, one.before.missing),
    )  # fmt: skip


def number(value: float | None, of: int, missing: int) -> FigureShown:
    return FigureShown(value=value, of=of, missing=missing)


def drilled(one: Drilled, names: Mapping[str, str]) -> DrilledShown:
    case, thing = one.case, one.thing or Thing("")
    service = case.service if case else thing.service
    return DrilledShown(
        ref=one.ref, number=case.number if case else "", source=case.source if case else "", value=one.value,
        category=case.category if case else thing.about, link=case.link if case else thing.link,
        service=names.get(service, service), name="" if case else thing.name,
    )  # fmt: skip


def detail(view: MetricView) -> MetricDetail:
    return MetricDetail(
        metric=seen(view.seen), code=view.seen.metric.code, counter=seen(view.counter) if view.counter else None,
        trend=[PointShown(since=w.since, until=w.until, figure=number(f.value, f.of, f.missing)) for w, f in view.trend],
        by=view.by, parts=[PartShown(name=name, figure=number(f.value, f.of, f.missing)) for name, f in view.parts],
        cases=[drilled(one, view.names) for one in view.rows], more=view.more,
    )  # fmt: skip
