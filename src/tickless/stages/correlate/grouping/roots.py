"""What a group's alerts say about where the trouble began: by the map, by who was first, and by whom the texts blame."""

from __future__ import annotations

import math
from dataclasses import dataclass

from tickless.stages.correlate.grouping.reach import Reach
from tickless.stages.correlate.grouping.state import Group, weighed

LATE = 300.0
"""Seconds by which a root's own alert is late as a matter of course: monitors are slow."""
LATEST = 1.5
"""What lateness costs at most."""
BLAME = 0.8
"""What it is worth when a text names a thing (logarithm), for the first; more say less and less."""
SURE_ROOT = 0.4
"""Posterior probability below which no root is named."""


@dataclass(frozen=True)
class Root:
    """A thing from which all of it may come: how likely (0..1), and why."""

    node: str
    chance: float
    words: str


def rank(group: Group, reach: Reach, *, most: int = 5) -> tuple[Root, ...]:
    """The likeliest roots, best first; the chances of all that were weighed add up to one."""
    if not group.first:
        return ()
    began = min(group.first.values())
    weights = {
        node: gain + _beside_map(group, node, began) for node, gain in weighed(group.gain, group.tells, reach).items()
    }
    best = max(weights.values())
    total = sum(math.exp(one - best) for one in weights.values())
    found = sorted(weights.items(), key=lambda pair: (-pair[1], pair[0]))[:most]
    return tuple(Root(node, math.exp(one - best) / total, _words(group, node, began)) for node, one in found)


def likeliest(group: Group, reach: Reach) -> Root | None:
    """The root, if one is likely enough to be named."""
    ranked = rank(group, reach, most=1)
    return ranked[0] if ranked and ranked[0].chance >= SURE_ROOT else None


def _beside_map(group: Group, node: str, began: float) -> float:
    first = group.first.get(node)
    own = 0.0 if first is None else -min(LATEST, (first - began) / LATE)
    return own + BLAME * math.log2(1 + group.blamed[node])


def _words(group: Group, node: str, began: float) -> str:
    first = group.first.get(node)
    said = (
        ["It has not alerted itself."]
        if first is None
        else [f"Its first alert came {first - began:.0f} s after the very first."]
    )
    if group.blamed[node]:
        said.append(f"{group.blamed[node]} texts name it.")
    return " ".join(said)
