"""What was seen coming."""

from __future__ import annotations

import datetime as dt

from tickless.stages.measure.metrics.metric import Figure, Scope, metric, share, total

SOON = dt.timedelta(days=30)


@metric(
    name="Proactive to reactive",
    unit="ratio",
    level="strategic",
    better="up",
    group="prevention",
    owner="service owner",
    words=(
        "Cases opened because of a forecast, an anomaly or an alert before anybody complained, for each case "
        "that a person had to open because something was broken."
    ),
    missing="Without a case that a person opened there is nothing to compare with.",
    counter="noise",
    why_counter="Cases that nobody needed are proactive, too.",
)
def proactive_ratio(scope: Scope) -> Figure:
    broken = [case for case in scope.opened if case.kind in {"incident", "risk", "alert"}]
    first = tuple((case.id, 1.0) for case in broken if case.channel == "machine" or case.kind == "risk")
    late = sum(1 for case in broken if case.person and case.channel != "machine" and case.kind != "risk")
    return Figure(len(first) / late if late else None, len(broken), first)


@metric(
    name="Disruption hours prevented",
    unit="hours",
    level="strategic",
    better="up",
    group="prevention",
    owner="service owner",
    words=(
        "For each risk that was prevented: the people who use the service times the middle length of the "
        "disruptions of that service that were over before it was seen coming; of those by the same trouble, where "
        "there were any."
    ),
    missing="A prevented risk whose users or whose earlier disruptions nobody knows adds nothing and is missing.",
    counter="foreseen_rightly",
    why_counter="A forecast that never comes true prevents nothing.",
)
def disruption_prevented(scope: Scope) -> Figure:
    return total([case for case in scope.ended if case.outcome == "prevented"], lambda case: case.prevented_hours)


@metric(
    name="Foreseen rightly",
    unit="share",
    level="tactical",
    better="up",
    group="prevention",
    owner="monitoring owner",
    words="Risks that ended in the window and were prevented or verified with a change, by all risks that ended.",
    missing="A risk that is not over is not counted.",
    counter="proactive_ratio",
    why_counter="Warning only of what is certain warns late.",
)
def foreseen_rightly(scope: Scope) -> Figure:
    return share(
        [case for case in scope.ended if case.kind == "risk"],
        lambda case: None if case.outcome is None else case.outcome in {"prevented", "verified", "confirmed"},
    )


@metric(
    name="Noise",
    unit="share",
    level="operational",
    better="down",
    group="prevention",
    owner="monitoring owner",
    words="Cases of machines that were muted or withdrawn, by all cases of machines that ended in the window.",
    counter="mttd",
    why_counter="Silencing a monitor removes its noise, and what it would have found.",
)
def noise(scope: Scope) -> Figure:
    return share(
        [case for case in scope.ended if case.channel == "machine"],
        lambda case: None if case.outcome is None else case.outcome in {"muted", "withdrawn"},
    )


@metric(
    name="Capacity at its limit soon",
    unit="count",
    level="tactical",
    better="down",
    group="prevention",
    owner="capacity manager",
    words="Things whose limit is likely met within thirty days of the end of the window.",
    source="forecasts",
    missing="Where no forecasts are kept there is no figure.",
    by_case=False,
    counter="cost_per_ticket",
    why_counter="Capacity that is bought far ahead costs.",
)
def capacity(scope: Scope) -> Figure:
    if scope.material.limits is None:
        return Figure(None)
    until = scope.window.until
    near = tuple(
        (f"limit:{one.id}", (one.likely - until).total_seconds() / 86_400)
        for one in scope.material.limits
        if one.likely and one.likely <= until + SOON
    )
    return Figure(float(len(near)), len(scope.material.limits), near)
