"""Which group an alarm belongs to: one at a time, by the map, time and words, as odds against "something new".

A group is thought of as one unknown root whose trouble spreads over the map (a mixture over all roots), whose alerts pull
further alerts for a while (a self-exciting process), and whose texts share words. Each alarm is weighed against every open
group and against a new one; groups are weighed against each other whenever one grows (Bayesian hierarchical clustering).
"""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter, OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tickless.stages.correlate.grouping.alarm import Alarm, Grouped, Reason
from tickless.stages.correlate.grouping.reach import Reach
from tickless.stages.correlate.grouping.roots import Root, rank
from tickless.stages.correlate.grouping.state import Group, evidence, gains_of, joined, late
from tickless.stages.correlate.grouping.words import Usual, common, shared_words, words_of

QUIET = 2_700.0
"""Seconds without news after which a group takes in nothing new."""
FEW = 8
"""Alerts of a group up to which each is a reason to look whether it is one with another; later only what is new in it."""
OPEN = 64
"""Groups that are open at the same time at most; the one that is quiet longest is closed."""
KEYS = 50_000
"""Alerts whose group is remembered."""
COMES_AND_GOES = 3
"""Times that an alert may come back after its group was closed before it is taken to come and go by itself."""
SURE = 0.65
"""Posterior probability that an alarm is nothing new from which it joins."""
SURE_MERGE = 0.95
"""Posterior probability from which two groups are one."""
TRUE_BLAME = 0.8
"""Share of the things named in texts that really are behind the trouble."""
NEW_A_DAY = 200.0
"""Troubles a day that are assumed until more is known."""
DAY = 86_400.0
LATELY = 1_800.0
"""Seconds after which new troubles count for a third in how many are to be expected: they come in crowds."""


@dataclass(frozen=True)
class Closed:
    """A group that takes in nothing new: where it was and when, for learning."""

    name: str
    first: Mapping[str, float]
    blamed: Mapping[str, int]
    roots: tuple[Root, ...]


class Grouper:
    """Groups alarms of one part of the map. Give alarms in the order in which they arrive."""

    def __init__(self, reach: Reach, *, leak: float = 0.05, name: Callable[[int], str] = "g{}".format) -> None:
        self._reach, self._leak, self._name = reach, leak, name
        self._open: dict[str, Group] = {}
        self._keys: OrderedDict[str, str] = OrderedDict()
        self._moved: dict[str, str] = {}
        self._returns: Counter[str] = Counter()
        self._usual = Usual()
        self._count = 0
        self._founded: Counter[str] = Counter()
        self._lately, self._last = 0.0, 0.0
        self._closed: list[Closed] = []

    def learn(self, reach: Reach, *, leak: float) -> None:
        """Go on with a better map."""
        self._reach, self._leak = reach, leak
        for group in self._open.values():
            self._weigh_roots(group)

    def take_closed(self) -> list[Closed]:
        """Groups that were closed since the last call."""
        closed, self._closed = self._closed, []
        return closed

    def place(self, alarm: Alarm) -> Grouped:
        """Where this alarm belongs."""
        at = _second(alarm.at)
        self._close_quiet(at)
        known = self._group_of(alarm.key)
        if known is not None and known in self._open:
            self._open[known].seen = max(self._open[known].seen, at)
            return Grouped(known, "repeat", 1.0, (Reason("repeat", 0.0, "The same alert again."),))
        if known is not None:
            self._returns[alarm.key] += 1
            if self._returns[alarm.key] > COMES_AND_GOES:
                return Grouped(
                    known, "apart", 1.0, (Reason("apart", 0.0, "It comes and goes, whatever else happens."),)
                )
        if alarm.planned:
            return Grouped("", "apart", 1.0, (Reason("apart", 0.0, "It is worked on just now, as planned."),))
        words, blamed = words_of(alarm.text, self._reach.nodes, own=alarm.node)
        scored = sorted(
            ((sum(one.weight for one in why), why, group) for group, why in self._weigh(alarm, at, words, blamed)),
            key=lambda item: (-item[0], item[2].name),
        )
        total = 1 + sum(math.exp(min(score, 50.0)) for score, _, _ in scored)
        sure = 1 - 1 / total  # that it is nothing new: of several that fit, the best takes it
        if scored and sure >= SURE:
            group, why, how = scored[0][2], scored[0][1], "join"
        else:
            group, why, sure, how = self._found(alarm, at), _alone(scored), 1 - sure, "open"
        tells = alarm.node not in group.first or bool(blamed) or group.alerts < FEW
        self._add(group, alarm, at, words, blamed)
        merged = self._merge_into(group) if tells else ()
        return Grouped(group.name, "join" if how == "join" else "open", sure, tuple(why), merged)

    def roots(self, group: str) -> tuple[Root, ...]:
        """The likeliest roots of an open group, best first."""
        return rank(self._open[group], self._reach) if group in self._open else ()

    def close_all(self) -> None:
        """Nothing more will come."""
        for group in list(self._open.values()):
            self._close(group)

    # --- weighing -------------------------------------------------------------------------------------------------

    def _weigh(
        self, alarm: Alarm, at: float, words: frozenset[str], blamed: frozenset[str]
    ) -> list[tuple[Group, list[Reason]]]:
        return [(group, self._reasons(group, alarm, at, words, blamed)) for group in self._open.values()]

    def _reasons(
        self, group: Group, alarm: Alarm, at: float, words: frozenset[str], blamed: frozenset[str]
    ) -> list[Reason]:
        reasons = [self._time(group, at, alarm.node)]
        reasons.append(self._place_on_map(group, alarm.node, blamed, at))
        text, telling = common(words, group.words, group.alerts, self._usual)
        reasons.append(Reason("text", text, _sentence(shared_words(telling))))
        for label in alarm.labels if reasons[1].weight <= 0 else ():  # what the map says needs no second witness
            weight = math.log(max(0.5, min(8.0, 8.0 * group.labels[label] / max(group.alerts, 1))))
            reasons.append(
                Reason(
                    "label",
                    weight,
                    f"{group.labels[label]} of {group.alerts} alerts have the same {label.partition('=')[0]}.",
                )
            )
        return reasons

    def _time(self, group: Group, at: float, node: str | None) -> Reason:
        gap = min(abs(at - one) for one in group.times)
        weight = math.log(group.rate(at) / self._rate_of_new(node, at))
        words = f"{gap:.0f} s from another of {group.alerts} alerts."
        return Reason("time", weight, words)

    def _rate_of_new(self, node: str | None, at: float) -> float:
        """New troubles a second, more where there often is one."""
        rate = (NEW_A_DAY / DAY * LATELY + self._lately * math.exp(-max(at - self._last, 0.0) / LATELY)) / (2 * LATELY)
        if node is None:
            return rate
        usual = self._count / self._reach.size
        return rate * (self._founded[node] + 1) / (usual + 1)

    def _place_on_map(self, group: Group, node: str | None, blamed: frozenset[str], at: float) -> Reason:
        weight, words = self._near(group, node, at)
        for other in sorted(blamed):
            theirs = (
                math.log(self._reach.size / (2 * max(len(group.first), 1)))
                if other in group.first
                else self._near(group, other, at)[0]
            )
            both = math.log(TRUE_BLAME * math.exp(theirs) + (1 - TRUE_BLAME) * math.exp(weight))
            if both > weight:
                weight, words = both, f"Its text names {other}, which belongs to it."
        return Reason("map", weight, words)

    def _near(self, group: Group, node: str | None, at: float) -> tuple[float, str]:
        """How the map speaks for trouble of `node` being part of a group, against its being something new."""
        if node is None or not group.first:
            return 0.0, "Nobody knows what it is about."
        size = self._reach.size
        if node in group.first:
            return math.log(max(size / (2 * len(group.first)), 1.5)), f"It is about {node}, as others are."
        if group.gain.keys().isdisjoint(self._reach.causes_of(node)):
            return math.log(self._leak), f"The map shows no way from the group to {node}."
        mine = gains_of(node, self._reach, self._leak)
        both = joined(group.gain, mine)
        weight = (
            evidence(both, {*group.first, node}, self._reach)
            - evidence(group.gain, group.first, self._reach)
            - evidence(mine, (node,), self._reach, fresh=True)
        )
        weight = max(weight - late(both, {**group.first, node: group.first.get(node, at)}), math.log(self._leak))
        root = max(mine, key=lambda one: both.get(one, 0.0) + (one in group.first))
        if both.get(root, 0.0) > mine[root]:
            path = "is" if root == node else "needs"
            return weight, f"{node} {path} {root}, from where the trouble can have come." if path == "needs" else (
                f"{node} is needed by what already hurts."
            )
        return weight, f"The map shows no way from the group to {node}."

    # --- what changes ---------------------------------------------------------------------------------------------

    def _found(self, alarm: Alarm, at: float) -> Group:
        self._count += 1
        self._lately = 1 + self._lately * math.exp(-max(at - self._last, 0.0) / LATELY)
        self._last = max(at, self._last)
        if alarm.node is not None:
            self._founded[alarm.node] += 1
        group = Group(self._name(self._count), at, at)
        if len(self._open) >= OPEN:
            self._close(min(self._open.values(), key=lambda one: one.seen))
        self._open[group.name] = group
        return group

    def _add(self, group: Group, alarm: Alarm, at: float, words: frozenset[str], blamed: frozenset[str]) -> None:
        if alarm.node is not None and alarm.node not in group.first:
            group.gain = joined(group.gain, gains_of(alarm.node, self._reach, self._leak))
        group.add(alarm.node, at, words, alarm.labels, blamed)
        self._usual.learn(words)
        self._keys[alarm.key] = group.name
        self._keys.move_to_end(alarm.key)
        while len(self._keys) > KEYS:
            self._returns.pop(self._keys.popitem(last=False)[0], None)

    def _merge_into(self, group: Group) -> tuple[tuple[str, tuple[Reason, ...]], ...]:
        merged: list[tuple[str, tuple[Reason, ...]]] = []
        for other in list(self._open.values()):
            if other is group:
                continue
            why = self._one(group, other)
            if sum(one.weight for one in why) >= math.log(SURE_MERGE / (1 - SURE_MERGE)):
                group.absorb(other)
                self._weigh_roots(group)
                self._lately = max(self._lately - 1, 0.0)
                del self._open[other.name]
                self._moved[other.name] = group.name
                merged.append((other.name, tuple(why)))
        return tuple(merged)

    def _one(self, group: Group, other: Group) -> list[Reason]:
        """How much speaks for two groups being one."""
        older, newer = (group, other) if group.opened <= other.opened else (other, group)
        size = self._reach.size
        gap = newer.opened
        founder = next(iter(newer.first), None)
        time = math.log(older.rate(gap) / self._rate_of_new(founder, gap))
        both = joined(group.gain, other.gain)
        weight = (
            evidence(both, {*group.first, *other.first}, self._reach)
            - evidence(group.gain, group.first, self._reach)
            - evidence(other.gain, other.first, self._reach)
            - late(both, {**other.first, **group.first})
        )
        weight = weight if group.first and other.first else 0.0
        same = set(group.first) & set(other.first)
        if same:
            weight = max(weight, math.log(size / (2 * max(len(older.first), 1))))
        named = (set(group.blamed) & set(other.first)) | (set(other.blamed) & set(group.first))
        if named:
            weight = max(weight, math.log(TRUE_BLAME * size / (2 * max(len(older.first), 1))))
        root = max(both, key=lambda one: both[one]) if both else "?"
        smaller, larger = (group, other) if group.alerts <= other.alerts else (other, group)
        text, telling = common(frozenset(smaller.words), larger.words, larger.alerts, self._usual)
        return [
            Reason("map", weight, f"Both can come from {root}."),
            Reason("time", time, f"They began {newer.opened - older.opened:.0f} s apart."),
            Reason(
                "text",
                text,
                _sentence(shared_words(telling)),
            ),
        ]

    def _weigh_roots(self, group: Group) -> None:
        group.gain = {}
        for node in group.first:
            group.gain = joined(group.gain, gains_of(node, self._reach, self._leak))

    def _group_of(self, key: str) -> str | None:
        name = self._keys.get(key)
        while name in self._moved:
            name = self._moved[name]
        return name

    def _close_quiet(self, at: float) -> None:
        for group in [one for one in self._open.values() if at - one.seen > QUIET]:
            self._close(group)

    def _close(self, group: Group) -> None:
        del self._open[group.name]
        self._closed.append(Closed(group.name, dict(group.first), dict(group.blamed), rank(group, self._reach)))


def _alone(scored: list[tuple[float, list[Reason], Group]]) -> list[Reason]:
    if not scored:
        return [Reason("time", 0.0, "Nothing else is going on.")]
    best = scored[0][1]
    against = min(best, key=lambda one: one.weight)
    return [Reason(against.kind, against.weight, f"Too little links it to anything that runs: {against.words}")]


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}."


def _second(at: dt.datetime) -> float:
    return at.timestamp()
