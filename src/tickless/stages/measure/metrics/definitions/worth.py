"""What cases cost: people's minutes, those of who helps and those of who waits."""

from __future__ import annotations

from tickless.stages.measure.metrics.history import CaseHistory
from tickless.stages.measure.metrics.metric import Figure, Scope, mean, metric, total


@metric(
    name="Handling time (AHT)",
    unit="minutes",
    level="operational",
    better="down",
    group="value",
    owner="service desk lead",
    words="Mean minutes of people's work on a case, of cases resolved in the window.",
    missing=(
        "A case on which nobody booked their time is left out and counted as missing: the time that it was "
        "open is not work."
    ),
    counter="first_level_resolution",
    why_counter="Passing it on quickly is quick.",
)
def aht(scope: Scope) -> Figure:
    return mean(scope.resolved, lambda case: case.handling_minutes)


@metric(
    name="Cost per ticket",
    unit="money",
    level="strategic",
    better="down",
    group="value",
    owner="IT leadership",
    words="Handling minutes of the cases resolved in the window times the cost of an hour of an agent, by those cases.",
    missing="A case on which nobody booked their time is left out and counted as missing.",
    counter="csat",
    why_counter="Cheap help that does not help is dear.",
)
def cost_per_ticket(scope: Scope) -> Figure:
    rate = scope.material.costs.agent_hour / 60
    return mean(scope.resolved, lambda case: None if case.handling_minutes is None else case.handling_minutes * rate)


@metric(
    name="Productivity lost",
    unit="hours",
    level="strategic",
    better="down",
    group="value",
    owner="IT leadership",
    words=(
        "For each case resolved in the window: the support hours that it lasted times the people it kept from"
        " their work, times the assumed share of their time; added up."
    ),
    missing="A case of which nobody knows how many people it hurt is missing.",
    counter="priority_lowered",
    why_counter="Whoever says that fewer people are hurt loses less.",
)
def productivity_lost(scope: Scope) -> Figure:
    return total(_hurting(scope), lambda case: lost_hours(scope, case))


@metric(
    name="Productivity lost per case",
    unit="hours",
    level="tactical",
    better="down",
    group="value",
    owner="service owner",
    words="The mean of the productivity lost in a case, of cases resolved in the window.",
    missing="A case of which nobody knows how many people it hurt is missing.",
    counter="mttr_resolve",
    why_counter="Many small cases make the mean small.",
)
def lost_per_case(scope: Scope) -> Figure:
    return mean(_hurting(scope), lambda case: lost_hours(scope, case))


@metric(
    name="Cases that cost most of it",
    unit="share",
    level="strategic",
    better="neither",
    group="value",
    owner="IT leadership",
    words=(
        "The smallest share of cases that together cost four fifths of the productivity lost: the fewer, the "
        "more it pays to look at just these."
    ),
    missing="A case of which nobody knows how many people it hurt is missing.",
    counter="productivity_lost",
    why_counter="It says where to look, not how much there is.",
)
def lost_concentration(scope: Scope) -> Figure:
    found = mean(_hurting(scope), lambda case: lost_hours(scope, case))
    ranked = sorted(found.rows, key=lambda row: (-row[1], row[0]))
    whole, sum_so_far, needed = sum(value for _, value in ranked), 0.0, []
    for row in ranked:
        if whole <= 0 or sum_so_far >= 0.8 * whole - 1e-9:
            break
        sum_so_far += row[1]
        needed.append(row)
    return Figure(len(needed) / len(ranked) if whole > 0 else None, len(ranked), tuple(needed), found.lacking)


def _hurting(scope: Scope) -> list[CaseHistory]:
    return [case for case in scope.resolved if case.kind in {"incident", "request", "alert"}]


def lost_hours(scope: Scope, case: CaseHistory) -> float | None:
    """Hours of work that people lost by a case; None where nobody knows whom it hurt, or when."""
    if case.people is None or case.opened_at is None or case.resolved_at is None or case.resolved_at < case.opened_at:
        return None
    lasted = scope.clock(case).seconds(case.opened_at, case.resolved_at)
    return lasted / 3_600 * case.people * scope.material.costs.lost_share
