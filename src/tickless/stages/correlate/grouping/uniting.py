"""Whether two open groups are one trouble: weighed whenever something new is in one of them."""

from __future__ import annotations

import math
from collections.abc import Iterable

from tickless.stages.correlate.grouping.alarm import Reason
from tickless.stages.correlate.grouping.state import Group, evidence, joined, late, louder
from tickless.stages.correlate.grouping.weighing import TRUE_BLAME, Weighing, by_people, sentence
from tickless.stages.correlate.grouping.words import common, shared_words

SURE_MERGE = 0.95
"""Posterior probability from which two groups are one."""
SAME_LABEL = 0.5
"""What it weighs that alerts of both have a label in common."""


def are_one(why: Iterable[Reason]) -> bool:
    """Whether the reasons are enough."""
    return sum(one.weight for one in why) >= math.log(SURE_MERGE / (1 - SURE_MERGE))


def one_trouble(group: Group, other: Group, weighing: Weighing) -> list[Reason]:
    """How much speaks for two groups being one."""
    older, newer = (group, other) if group.opened <= other.opened else (other, group)
    founder = next(iter(newer.first), None)
    time = math.log(
        older.rate(newer.opened, also=older.first.values())
        / weighing.pace.rate(founder, newer.opened, weighing.reach.size)
    )
    both = joined(group.gain, other.gain)
    root = max(both, key=lambda one: both[one]) if both else "?"
    smaller, larger = (group, other) if group.alerts <= other.alerts else (other, group)
    text, telling = common(frozenset(smaller.words), larger.words, larger.alerts, weighing.usual)
    return [
        Reason("map", _map(group, other, both, weighing), f"Both can come from {root}."),
        Reason("time", time, f"They began {newer.opened - older.opened:.0f} s apart."),
        Reason("text", text, sentence(shared_words(telling))),
        *_labelled(group, other),
        *_corrected(smaller, larger, weighing),
    ]


def _map(group: Group, other: Group, both: dict[str, float], weighing: Weighing) -> float:
    if not group.first or not other.first:
        return 0.0
    reach = weighing.reach
    weight = (
        evidence(both, louder(group.tells, other.tells), reach)
        - evidence(group.gain, group.tells, reach)
        - evidence(other.gain, other.tells, reach)
        - late(both, {**other.first, **group.first})
    )
    older = group if group.opened <= other.opened else other
    if set(group.first) & set(other.first):
        weight = max(weight, math.log(reach.size / (2 * max(len(older.first), 1))))
    if (set(group.blamed) & set(other.first)) | (set(other.blamed) & set(group.first)):
        weight = max(weight, math.log(TRUE_BLAME * reach.size / (2 * max(len(older.first), 1))))
    return weight


def _labelled(group: Group, other: Group) -> list[Reason]:
    shared = sorted(group.labels.keys() & other.labels.keys())
    name = shared[0].partition("=")[0] if shared else ""
    return [Reason("label", SAME_LABEL, f"Alerts of both have the same {name}.")] if shared else []


def _corrected(smaller: Group, larger: Group, weighing: Weighing) -> list[Reason]:
    """What people put right about any kind in the one and any in the other."""
    if not weighing.corrections:
        return []
    said = [
        found for kind in smaller.kinds if (found := weighing.corrections.strongest(kind, larger.kinds)) is not None
    ]
    return by_people(max(said, key=lambda one: (abs(one.signed), one.verdict == "part"), default=None))
