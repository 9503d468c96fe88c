"""How much speaks for an alarm belonging to an open group: the map, time, words, labels and what people put right, as odds."""

from __future__ import annotations

import math
from collections import Counter

from tickless.stages.correlate.grouping.alarm import Alarm, Reason, Said
from tickless.stages.correlate.grouping.corrections import NONE, Correction, Corrections
from tickless.stages.correlate.grouping.reach import Reach
from tickless.stages.correlate.grouping.state import Group, evidence, gains_of, joined, late
from tickless.stages.correlate.grouping.telling import Telling
from tickless.stages.correlate.grouping.words import Usual, common, shared_words

TRUE_BLAME = 0.8
"""Share of the things named in texts that really are behind the trouble."""
NEW_A_DAY = 200.0
"""Troubles a day that are assumed until more is known."""
DAY = 86_400.0
ELSEWHERE = 2.0
"""What it speaks against a group at most that a text names a thing which does not belong to it."""
LATELY = 1_800.0
"""Seconds after which new troubles count for a third in how many are to be expected: they come in crowds."""


class Pace:
    """How often something new begins: at all, lately, and at which things."""

    def __init__(self) -> None:
        self._count = 0
        self._founded: Counter[str] = Counter()
        self._lately, self._last = 0.0, 0.0

    @property
    def count(self) -> int:
        """How often something new began."""
        return self._count

    def founded(self, node: str | None, at: float) -> None:
        """Something new began."""
        self._count += 1
        self._lately = 1 + self._lately * math.exp(-max(at - self._last, 0.0) / LATELY)
        self._last = max(at, self._last)
        if node is not None:
            self._founded[node] += 1

    def was_none(self) -> None:
        """What seemed new turned out not to be."""
        self._lately = max(self._lately - 1, 0.0)

    def rate(self, node: str | None, at: float, things: int) -> float:
        """New troubles a second, more where there often is one."""
        rate = (NEW_A_DAY / DAY * LATELY + self._lately * math.exp(-max(at - self._last, 0.0) / LATELY)) / (2 * LATELY)
        if node is None:
            return rate
        return rate * (self._founded[node] + 1) / (self._count / things + 1)


class Weighing:
    """Weighs alarms against groups, with the map, what is usual, and what people put right, as they are now."""

    def __init__(self, reach: Reach, *, leak: float) -> None:
        self.reach, self.leak = reach, leak
        self.usual = Usual()
        self.pace = Pace()
        self.telling = Telling()
        self.corrections: Corrections = NONE

    def reasons(self, group: Group, alarm: Alarm, said: Said) -> list[Reason]:
        """Everything that speaks for and against an alarm being of that group."""
        reasons = [self._time(group, said.at, alarm.node)]
        reasons.append(self._place_on_map(group, alarm.node, said))
        text, telling = common(said.words, group.words, group.alerts, self.usual)
        reasons.append(Reason("text", text, sentence(shared_words(telling))))
        for label in alarm.labels if reasons[1].weight <= 0 else ():  # what the map says needs no second witness
            weight = math.log(max(0.5, min(8.0, 8.0 * group.labels[label] / max(group.alerts, 1))))
            same = f"{group.labels[label]} of {group.alerts} alerts have the same {label.partition('=')[0]}."
            reasons.append(Reason("label", weight, same))
        return [*reasons, *by_people(self.corrections.strongest(alarm.kind, group.kinds))]

    def _time(self, group: Group, at: float, node: str | None) -> Reason:
        gap = min(abs(at - one) for one in group.times)
        weight = math.log(group.rate(at) / self.pace.rate(node, at, self.reach.size))
        return Reason("time", weight, f"{gap:.0f} s from another of {group.alerts} alerts.")

    def _place_on_map(self, group: Group, node: str | None, said: Said) -> Reason:
        weight, words = self._near(group, node, said.at, said.tells)
        for other in sorted(said.blamed):
            theirs = (
                math.log(self.reach.size / (2 * max(len(group.first), 1)))
                if other in group.first
                else self._near(group, other, said.at, 0.0)[0]
            )
            both = math.log(TRUE_BLAME * math.exp(theirs) + (1 - TRUE_BLAME) * math.exp(weight))
            if both > weight:
                weight, words = both, f"Its text names {other}, which belongs to it."
            else:
                weight, words = max(both, weight - ELSEWHERE), f"Its text names {other}, which does not belong to it."
        return Reason("map", weight, words)

    def _near(self, group: Group, node: str | None, at: float, tells: float) -> tuple[float, str]:
        """How the map speaks for trouble of `node` being part of a group, against its being something new."""
        reach = self.reach
        if node is None or not group.first:
            return 0.0, "Nobody knows what it is about."
        if node in group.first:
            return math.log(max(reach.size / (2 * len(group.first)), 1.5)), f"It is about {node}, as others are."
        if group.gain.keys().isdisjoint(reach.causes_of(node)):
            return math.log(self.leak), f"The map shows no way from the group to {node}."
        mine = gains_of(node, reach, self.leak)
        both = joined(group.gain, mine)
        weight = (
            evidence(both, {**group.tells, node: tells}, reach)
            - evidence(group.gain, group.tells, reach)
            - evidence(mine, {node: tells}, reach, fresh=True)
        )
        weight = max(weight - late(both, {**group.first, node: group.first.get(node, at)}), math.log(self.leak))
        root = max(mine, key=lambda one: both.get(one, 0.0) + (one in group.first))
        if both.get(root, 0.0) <= mine[root]:
            return weight, f"The map shows no way from the group to {node}."
        if root == node:
            return weight, f"{node} is needed by what already hurts."
        return weight, f"{node} needs {root}, from where the trouble can have come."


def by_people(said: Correction | None) -> list[Reason]:
    """What people put right, as a reason."""
    return [] if said is None else [Reason("person", said.signed, said.words)]


def sentence(words: str) -> str:
    """With a capital letter and a full stop."""
    return f"{words[0].upper()}{words[1:]}."
