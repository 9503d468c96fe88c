"""How people say it was. Nobody's silence counts as contentment."""

from __future__ import annotations

from tickless.stages.measure.metrics.metric import Figure, Scope, mean, metric, share

_SAID = (
    "A case of which the person said nothing is left out and counted as missing: how many answer is shown beside it."
)


@metric(
    name="Satisfaction (CSAT)",
    unit="share",
    level="strategic",
    better="up",
    group="experience",
    owner="service desk lead",
    words="Answers of 4 or 5 out of 5, by all answers, of cases that ended in the window.",
    missing=_SAID,
    counter="answers_given",
    why_counter="Asking only those who are happy raises it.",
)
def csat(scope: Scope) -> Figure:
    return share(scope.ended, lambda case: None if case.satisfaction is None else case.satisfaction >= 4)


@metric(
    name="Effort (CES)",
    unit="score",
    level="strategic",
    better="down",
    group="experience",
    owner="service desk lead",
    words="The mean of the efforts that people say it cost them, 1 easy to 5 hard, of cases that ended in the window.",
    missing=_SAID,
    counter="answers_given",
    why_counter="Those who gave up do not answer.",
)
def ces(scope: Scope) -> Figure:
    return mean(scope.ended, lambda case: case.effort)


@metric(
    name="Net promoter score (NPS)",
    unit="score",
    level="strategic",
    better="up",
    group="experience",
    owner="IT leadership",
    words=(
        "The share of answers 9 and 10 less the share of answers 0 to 6, out of 10, times 100, of cases that "
        "ended in the window."
    ),
    missing=_SAID,
    counter="answers_given",
    why_counter="A score of the few who answer is no score of all.",
)
def nps(scope: Scope) -> Figure:
    found = mean(scope.ended, lambda case: case.recommend)
    if not found.rows:
        return found
    for_us = sum(value >= 9 for _, value in found.rows)
    against = sum(value <= 6 for _, value in found.rows)
    return Figure(100.0 * (for_us - against) / len(found.rows), found.of, found.rows, found.lacking)


@metric(
    name="Answers given",
    unit="share",
    level="operational",
    better="up",
    group="experience",
    owner="service desk lead",
    words="Cases of people that ended in the window and of which they said how it was, by all of them.",
    counter="ces",
    why_counter="Whoever asks until they answer makes it hard for them.",
)
def answers_given(scope: Scope) -> Figure:
    asked = [case for case in scope.ended if case.person]
    return share(asked, lambda case: any(one is not None for one in (case.satisfaction, case.effort, case.recommend)))
