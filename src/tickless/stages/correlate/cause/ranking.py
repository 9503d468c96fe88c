"""How much of a target's trouble each thing that it calls adds of its own: a ranking with evidence, or an abstention.

A thing's own part is its excess less what those that it calls hand on, weighed by how often they are called; how much that
matters is its share of the target's excess (or of its errors). A target that suffers no more than on quiet days has no cause.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tickless.stages.correlate.cause.metrics import (
    Floats,
    Metrics,
    Symptom,
    bad_rows,
    excess,
    normal_of,
    suffering,
)

MOST_CALLS = 2.0
"""Calls of one thing for each request of its caller that are counted at most: others call it, too."""
QUIET = 0.8
"""Share of normal windows that the target must be worse than to be in trouble at all."""
TELLING = 3.0
"""Spreads at which an excess is taken half seriously."""
LEAST = 0.2
"""Score below which nothing is named."""


@dataclass(frozen=True)
class Suspect:
    """A possible cause. `score` 0..1: how much of the trouble it adds of its own, and how sure that is."""

    node: str
    score: float
    share: float
    own: float
    spreads: float

    @property
    def words(self) -> str:
        return (
            f"{self.node} is {self.spreads:.1f} times its usual spread off; {self.own:.0%} of that is its own, which is "
            f"{self.share:.0%} of what the target suffers."
        )


@dataclass(frozen=True)
class Cause:
    """Suspects, best first; none when it abstains, and `why`."""

    suspects: tuple[Suspect, ...]
    why: str

    @property
    def abstains(self) -> bool:
        return not self.suspects


def rank_causes(
    calls: Iterable[tuple[str, str]], *, normal: Metrics, window: Metrics, target: str, symptom: Symptom
) -> Cause:
    """Rank what may be behind trouble of `target`. `calls`: (caller, callee). Both metrics have the same nodes, in order."""
    index = {node: place for place, node in enumerate(window.nodes)}
    if target not in index:
        return Cause((), f"There are no metrics of {target}.")
    usual = normal_of(normal, symptom)
    at = index[target]
    limit = quiet_limit(normal, symptom, at, len(window.latency))
    off = suffering(window, usual, symptom, at)
    if off <= limit:
        return Cause((), f"{target} is {off:.1f} spreads off; on quiet days it is up to {limit:.1f}.")
    callees = _callees(calls, index)
    delta, spreads = excess(window, usual, symptom, at)
    bad, _ = bad_rows(window.of(symptom)[:, at], usual, at)
    requests = np.nan_to_num(_mean_requests(window, bad, usual.requests), nan=0.0)
    seen = _Seen(window.nodes, window.of(symptom), delta, spreads, requests, callees, at)
    known = ~np.all(np.isnan(window.of(symptom)), axis=0)
    reached = _handed_up(callees, at, np.maximum(delta, 0.0) * np.maximum(requests, 1.0), known)
    found = [
        suspect for place, arrives in sorted(reached.items()) if (suspect := _suspect(seen, place, arrives)) is not None
    ]
    found.sort(key=lambda one: (-one.score, one.node))
    if not found or found[0].score < LEAST:
        return Cause((), "Nothing that it needs is enough out of the ordinary to explain it.")
    return Cause(tuple(found), f"{target} is {off:.1f} spreads off, where quiet days have up to {limit:.1f}.")


@dataclass(frozen=True)
class _Seen:
    """What was seen of a window, by node: values by row, excess, excess in spreads, requests, whom it calls."""

    nodes: tuple[str, ...]
    values: Floats
    delta: Floats
    spreads: Floats
    requests: Floats
    callees: dict[int, list[int]]
    target: int


def quiet_limit(normal: Metrics, symptom: Symptom, target: int, rows: int) -> float:
    """What the target reaches in all but a few windows of normal times."""
    usual = normal_of(normal, symptom)
    starts = range(0, max(len(normal.latency) - rows + 1, 1), max(rows // 2, 1))
    reached = [suffering(normal.rows(slice(start, start + rows)), usual, symptom, target) for start in starts]
    return float(np.quantile(reached, QUIET))


def _suspect(seen: _Seen, place: int, arrives: float) -> Suspect | None:
    """What one thing adds of its own. `arrives`: the share of its excess that reaches the target at all."""
    delta, requests, target = seen.delta, seen.requests, seen.target
    if delta[place] <= 0 or delta[target] <= 0:
        return None
    handed_on = sum(
        min(MOST_CALLS, requests[callee] / max(requests[place], 1.0)) * max(delta[callee], 0.0)
        for callee in seen.callees.get(place, ())
    )
    own = float(max(0.0, 1 - handed_on / delta[place]))
    whole = delta[target] * max(requests[target], 1.0)
    share = float(min(1.0, own * delta[place] * requests[place] / whole)) * arrives
    spreads = float(seen.spreads[place])
    sure = spreads / (spreads + TELLING) * _alike(seen.values, place, target)
    return Suspect(seen.nodes[place], own * share**0.5 * sure, share, own, spreads)


def _alike(values: Floats, place: int, target: int) -> float:
    """Whether it goes up and down with the target, 0..1; a half where that can't be told."""
    both = ~np.isnan(values[:, place]) & ~np.isnan(values[:, target])
    mine, theirs = values[both, place], values[both, target]
    if len(mine) < 3 or mine.std() == 0 or theirs.std() == 0:
        return 0.5
    return float(np.clip(np.corrcoef(mine, theirs)[0, 1], 0.0, 1.0) * 0.75 + 0.25)


def _mean_requests(window: Metrics, bad: NDArray[np.bool_], usual: Floats) -> Floats:
    rows = np.nan_to_num(window.requests[bad])
    mean: Floats = rows.mean(axis=0)
    return np.where(mean > 0, mean, usual)


def _callees(calls: Iterable[tuple[str, str]], index: dict[str, int]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for caller, callee in calls:
        if caller in index and callee in index:
            found.setdefault(index[caller], []).append(index[callee])
    return found


def _handed_up(
    callees: dict[int, list[int]], target: int, excess_of: Floats, known: NDArray[np.bool_]
) -> dict[int, float]:
    """Everything that the target calls, directly or not → which share of its excess arrives: what does not show at the
    callers on the way does not reach the target. `excess_of`: a node's excess over all its requests."""
    arrives = {target: 1.0}
    queue = [target]
    while queue:
        caller = queue.pop(0)
        for callee in callees.get(caller, ()):
            shows = 1.0
            if caller != target and known[caller] and excess_of[callee] > 0:
                shows = min(1.0, float(excess_of[caller] / excess_of[callee]))
            if arrives[caller] * shows > arrives.get(callee, -1.0):
                arrives[callee] = arrives[caller] * shows
                queue.append(callee)
    return arrives
