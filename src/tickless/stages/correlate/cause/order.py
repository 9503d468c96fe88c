"""Which kinds of alarms bring which others: by who comes first at the same place, more often than by chance.

For every ordered pair of kinds it is counted how many alarms of the one are followed, within a lag and at the same place or
a linked one, by the other. A kind brings another when this happens more often than for independent alarms, and clearly more
often than the other way round. Several lags (each twice the one before) are averaged, so that none has to be known.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
LAGS = (60.0, 120.0, 240.0, 480.0, 960.0)
"""Seconds."""
CLEAR = 2**0.5
"""Standard deviations by which one order must outweigh the other: what one more parameter must be worth (Akaike)."""
BEYOND_CHANCE = 2.0
"""Standard deviations by which it must be more than independent alarms would bring."""


@dataclass(frozen=True)
class Happened:
    """One raw alarm: its kind, its place, the second in which it began."""

    kind: str
    place: str
    at: float


@dataclass(frozen=True)
class Brings:
    """`cause` brings `effect`: how clear the order is, and how far it is beyond chance (standard deviations)."""

    cause: str
    effect: str
    clear: float
    beyond: float

    @property
    def words(self) -> str:
        return (
            f"{self.effect} follows {self.cause} more often than the other way round ({self.clear:.1f} standard deviations), "
            f"and more often than by chance ({self.beyond:.1f})."
        )


def causes_among(
    alarms: Iterable[Happened], *, links: Mapping[str, Collection[str]] | None = None
) -> tuple[Brings, ...]:
    """Which kinds bring which, the clearest first, without circles. `links`: place → places that trouble may pass to."""
    by_place = _sorted_times(alarms)
    kinds = sorted({kind for times in by_place.values() for kind in times})
    everything = [at for times in by_place.values() for one in times.values() for at in (one[0], one[-1])]
    if len(kinds) < 2 or max(everything) <= min(everything):
        return ()
    span = max(everything) - min(everything)
    size = (len(kinds), len(kinds))
    clear, beyond = np.zeros(size), np.zeros(size)
    for lag in LAGS:
        seen, chance = _followed(by_place, kinds, lag, span, links or {})
        clear += (seen - seen.T) / np.sqrt(seen + seen.T + 1) / len(LAGS)
        beyond += (seen - chance) / np.sqrt(chance + 1) / len(LAGS)
    found = [
        Brings(kinds[a], kinds[b], float(clear[a, b]), float(beyond[a, b]))
        for a, b in zip(*np.nonzero((clear > CLEAR) & (beyond > BEYOND_CHANCE)), strict=True)
    ]
    return _without_circles(sorted(found, key=lambda one: (-one.clear, one.cause, one.effect)))


def _sorted_times(alarms: Iterable[Happened]) -> dict[str, dict[str, Floats]]:
    found: dict[str, dict[str, list[float]]] = {}
    for alarm in alarms:
        found.setdefault(alarm.place, {}).setdefault(alarm.kind, []).append(alarm.at)
    return {place: {kind: np.sort(np.asarray(at)) for kind, at in kinds.items()} for place, kinds in found.items()}


def _followed(
    by_place: Mapping[str, Mapping[str, Floats]], kinds: list[str], lag: float, span: float,
    links: Mapping[str, Collection[str]],
) -> tuple[Floats, Floats]:  # fmt: skip
    """How many alarms of a kind are followed by another kind within a lag, and how many would be by chance."""
    index = {kind: place for place, kind in enumerate(kinds)}
    seen, chance = np.zeros((len(kinds), len(kinds))), np.zeros((len(kinds), len(kinds)))
    for place, times in by_place.items():
        around: dict[str, Floats] = dict(times)
        for other in links.get(place, ()):
            for kind, more in by_place.get(other, {}).items():
                around[kind] = np.sort(np.concatenate([around[kind], more])) if kind in around else more
        for first, mine in times.items():
            for then, theirs in around.items():
                if first != then:
                    after = np.searchsorted(theirs, mine + lag, "right") - np.searchsorted(theirs, mine, "right")
                    seen[index[first], index[then]] += np.count_nonzero(after)
                    chance[index[first], index[then]] += len(mine) * -np.expm1(-len(theirs) * lag / span)
    return seen, chance


def _without_circles(found: list[Brings]) -> tuple[Brings, ...]:
    """Takes the clearest first and leaves out what would close a circle."""
    after: dict[str, set[str]] = {}
    kept: list[Brings] = []
    for one in found:
        if not _leads(after, one.effect, one.cause):
            after.setdefault(one.cause, set()).add(one.effect)
            kept.append(one)
    return tuple(kept)


def _leads(after: Mapping[str, set[str]], start: str, goal: str) -> bool:
    seen, queue = {start}, [start]
    while queue:
        node = queue.pop()
        if node == goal:
            return True
        for other in after.get(node, ()):
            if other not in seen:
                seen.add(other)
                queue.append(other)
    return False
