"""What traces show of who calls whom, by the minute, as the metrics that root cause is ranked by. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from tickless.stages.correlate.cause.metrics import Floats, Metrics, Symptom
from tickless.stages.correlate.cause.ranking import Cause, rank_causes

LEAST_NORMAL, LEAST_BAD = 10, 2
"""Minutes with requests of the target that are needed, of normal times and of the trouble."""
BEFORE = 3
"""Minutes before the first alert that count for the trouble already: monitors are slow."""
TAIL = 15
"""Minutes of the trouble that are looked at, the first ones."""


@dataclass(frozen=True)
class Minutes:
    """One service or call, by the minute, oldest first: how often, how often it failed, seconds all together."""

    count: Floats
    errors: Floats
    seconds: Floats


@dataclass(frozen=True)
class Traffic:
    """`services`: where they are entered; `calls`: (caller, callee). All have as many minutes; the last is that of `at`."""

    at: dt.datetime
    services: Mapping[str, Minutes]
    calls: Mapping[tuple[str, str], Minutes]


def cause_in(traffic: Traffic, *, target: str, began: dt.datetime) -> Cause:
    """What adds to the trouble of `target` since it `began`, by latency or by errors: whichever speaks more clearly."""
    nodes = tuple(sorted({*traffic.services, *(node for call in traffic.calls for node in call)}))
    if target not in nodes:
        return Cause((), f"No traces of {target}.")
    table = _metrics(traffic, nodes)
    first = len(table.latency) - 1 - int((traffic.at - began).total_seconds() // 60) - BEFORE
    at = nodes.index(target)
    busy = np.nan_to_num(table.requests[:, at]) > 0
    if first < 0 or busy[:first].sum() < LEAST_NORMAL:
        return Cause((), f"Too little is known of {target} before it began.")
    window = table.rows(slice(first, min(len(table.latency), first + BEFORE + TAIL)))
    if (np.nan_to_num(window.requests[:, at]) > 0).sum() < LEAST_BAD:
        return Cause((), f"{target} has hardly any requests since.")
    normal = table.rows(slice(0, first))
    symptoms: tuple[Symptom, ...] = ("errors", "latency")
    found = [rank_causes(traffic.calls, normal=normal, window=window, target=target, symptom=one) for one in symptoms]
    return max(found, key=lambda cause: cause.suspects[0].score if cause.suspects else -1.0)


def _metrics(traffic: Traffic, nodes: tuple[str, ...]) -> Metrics:
    columns = [_of(traffic, node) for node in nodes]
    count = np.stack([one.count for one in columns], axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        latency = np.stack([one.seconds for one in columns], axis=1) / count
        errors = np.stack([one.errors for one in columns], axis=1) / count
    return Metrics(nodes, latency, errors, count)


def _of(traffic: Traffic, node: str) -> Minutes:
    """As it is entered; what sends no spans of its own, by all calls of it together."""
    own = traffic.services.get(node)
    if own is not None and own.count.any():
        return own
    calls = [one for (_, callee), one in traffic.calls.items() if callee == node]
    if not calls:
        empty = np.zeros(len(next(iter(traffic.calls.values())).count))
        return Minutes(empty, empty, empty)
    return Minutes(
        np.sum([one.count for one in calls], axis=0),
        np.sum([one.errors for one in calls], axis=0),
        np.sum([one.seconds for one in calls], axis=0),
    )
