"""Services: how much of the time they worked, and what they hang on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from tickless.stages.measure.metrics.clock import merged, support_clock
from tickless.stages.measure.metrics.material import ALWAYS, ServiceFact
from tickless.stages.measure.metrics.metric import NOTHING, Figure, Scope, metric

PROOF = dt.timedelta(days=365)
"""How long a failover test counts."""


@metric(
    name="Availability",
    unit="share",
    level="strategic",
    better="up",
    group="service",
    owner="service owner",
    words=(
        "The time that services had to work, less the time that they were down in it, by the time that they "
        "had to work: the mean over services. Overlapping outages count once."
    ),
    source="incidents of the class service_down, and what monitors say",
    missing="A service without hours has to work always.",
    by_case=False,
    counter="mttd",
    why_counter="An outage that nobody sees is none.",
)
def availability(scope: Scope) -> Figure:
    if scope.material.services is None or scope.material.outages is None:
        return NOTHING
    rows = []
    for service in _in_scope(scope):
        due = _due(service, scope, [(scope.window.since, min(scope.window.until, scope.material.now))])
        if due > 0:
            rows.append((f"service:{service.id}", 1.0 - _lost(service, scope, degraded=False) / due))
    return Figure(sum(value for _, value in rows) / len(rows) if rows else None, len(rows), tuple(rows))


@metric(
    name="Degraded time",
    unit="minutes",
    level="tactical",
    better="down",
    group="service",
    owner="service owner",
    words=(
        "Minutes in the hours that services had to work in which they were slow or failing in part, added up "
        "over services; while one is down it is not counted as degraded."
    ),
    source="incidents about services",
    missing="A service without hours has to work always.",
    by_case=False,
    counter="noise",
    why_counter="A threshold that is never met finds nothing degraded.",
)
def degraded_time(scope: Scope) -> Figure:
    if scope.material.services is None or scope.material.outages is None:
        return NOTHING
    rows = [(f"service:{one.id}", _lost(one, scope, degraded=True) / 60) for one in _in_scope(scope)]
    rows = [one for one in rows if one[1] > 0]
    return Figure(sum(value for _, value in rows), len(scope.material.services), tuple(rows))


@metric(
    name="Supplier concentration",
    unit="share",
    level="strategic",
    better="down",
    group="service",
    owner="supplier manager",
    words=(
        "The share of services of criticality 1 and 2 from outside that hang on the one supplier with the most of them."
    ),
    source="services",
    missing="A service without a supplier on record is run here, or nobody has said.",
    by_case=False,
    counter="cost_per_ticket",
    why_counter="Many suppliers are many contracts.",
)
def supplier_concentration(scope: Scope) -> Figure:
    if scope.material.services is None:
        return NOTHING
    outside = [one for one in scope.material.services if one.supplier and (one.criticality or 9) <= 2]
    most = max(
        {one.supplier for one in outside},
        key=lambda name: (sum(one.supplier == name for one in outside), name),
        default="",
    )
    rows = tuple((f"service:{one.id}", 1.0) for one in outside if one.supplier == most)
    return Figure(len(rows) / len(outside) if outside else None, len(outside), rows)


@metric(
    name="Continuity gaps",
    unit="count",
    level="strategic",
    better="down",
    group="service",
    owner="continuity manager",
    words=(
        "Services of criticality 1 and 2 without a recovery target, or whose failover was not shown to meet "
        "it in the last year."
    ),
    source="services",
    missing="A service whose criticality nobody has said is missing.",
    by_case=False,
    counter="availability",
    why_counter="A gap can be closed on paper.",
)
def continuity_gaps(scope: Scope) -> Figure:
    if scope.material.services is None:
        return NOTHING
    vital = [one for one in scope.material.services if one.criticality in {1, 2}]
    oldest = scope.window.until - PROOF
    gaps = tuple(
        (f"service:{one.id}", 1.0)
        for one in vital
        if one.recovery_hours is None or one.proved_at is None or one.proved_at < oldest
    )
    lacking = tuple(f"service:{one.id}" for one in scope.material.services if one.criticality is None)
    return Figure(float(len(gaps)), len(vital), gaps, lacking)


@metric(
    name="Unpatched exposure",
    unit="count",
    level="tactical",
    better="down",
    group="service",
    owner="security officer",
    words=(
        "Things on record with a weakness that was known for thirty days or more at the end of the window and"
        " is not mended, each once."
    ),
    source="configuration items",
    missing="Where nothing tells of weaknesses there is no figure; one without a date counts.",
    by_case=False,
    counter="change_success",
    why_counter="Patches in haste break things.",
)
def unpatched_exposure(scope: Scope) -> Figure:
    if scope.material.exposures is None:
        return NOTHING
    limit = scope.window.until - dt.timedelta(days=30)
    found = tuple(
        (f"item:{one.id}", 1.0) for one in scope.material.exposures if one.since is None or one.since <= limit
    )
    return Figure(float(len(found)), len(scope.material.exposures), found)


def _in_scope(scope: Scope) -> Iterable[ServiceFact]:
    return scope.material.services or ()


def _due(service: ServiceFact, scope: Scope, spans: list[tuple[dt.datetime, dt.datetime]]) -> float:
    clock = support_clock(service.hours or ALWAYS)
    return sum(clock.seconds(a, b) for a, b in merged(spans))


def _lost(service: ServiceFact, scope: Scope, *, degraded: bool) -> float:
    """Seconds in its hours; what is down counts not as degraded as well."""
    window, now = scope.window, scope.material.now

    def spans(wanted: bool) -> list[tuple[dt.datetime, dt.datetime]]:
        found = scope.outages.get((service.id, wanted), [])
        return [(max(one.since, window.since), min(one.until or now, window.until, now)) for one in found]

    down = _due(service, scope, spans(wanted=False))
    return _due(service, scope, spans(wanted=False) + spans(wanted=True)) - down if degraded else down
