"""Which group an alarm belongs to: one at a time, by the map, time and words, as odds against "something new".

A group is thought of as one unknown root whose trouble spreads over the map (a mixture over all roots), whose alerts pull
further alerts for a while (a self-exciting process), and whose texts share words. Each alarm is weighed against every open
group and against a new one; groups are weighed against each other whenever one grows (Bayesian hierarchical clustering). In a
storm many instances say the same of the same thing: only the first of them is weighed, the others follow it.
"""

from __future__ import annotations

import math
from collections import Counter, OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tickless.stages.correlate.grouping.alarm import Alarm, Grouped, Reason
from tickless.stages.correlate.grouping.corrections import Corrections
from tickless.stages.correlate.grouping.reach import Reach
from tickless.stages.correlate.grouping.roots import Root, rank
from tickless.stages.correlate.grouping.state import Group, Said, gains_of, joined
from tickless.stages.correlate.grouping.uniting import are_one, one_trouble
from tickless.stages.correlate.grouping.weighing import Weighing
from tickless.stages.correlate.grouping.words import gist_of, words_of

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
FOLLOWS = 30.0
"""Seconds within which an alarm that says just what another one said of the same thing follows it."""
GISTS = 5_000


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
        self._weighing, self._name = Weighing(reach, leak=leak), name
        self._open: dict[str, Group] = {}
        self._keys: OrderedDict[str, str] = OrderedDict()
        self._moved: OrderedDict[str, str] = OrderedDict()
        self._returns: Counter[str] = Counter()
        self._gists: OrderedDict[tuple[object, ...], tuple[str, float, float]] = OrderedDict()
        self._closed: list[Closed] = []

    def learn(self, reach: Reach, *, leak: float) -> None:
        """Go on with a better map."""
        self._weighing.reach, self._weighing.leak = reach, leak
        self._gists.clear()
        for group in self._open.values():
            self._weigh_roots(group)

    def correct(self, corrections: Corrections) -> None:
        """Heed these from now on."""
        self._weighing.corrections = corrections
        self._gists.clear()

    def take_closed(self) -> list[Closed]:
        """Groups that were closed since the last call."""
        closed, self._closed = self._closed, []
        return closed

    def place(self, alarm: Alarm) -> Grouped:
        """Where this alarm belongs."""
        at = alarm.at.timestamp()
        self._close_quiet(at)
        return self._known(alarm, at) or self._weighed(alarm, at)

    def roots(self, group: str) -> tuple[Root, ...]:
        """The likeliest roots of an open group, best first."""
        found = self._open.get(self._now(group) or "")
        return rank(found, self._weighing.reach) if found is not None else ()

    def close_all(self) -> None:
        """Nothing more will come."""
        for group in list(self._open.values()):
            self._close(group)

    # --- what needs no weighing ---------------------------------------------------------------------------------------

    def _known(self, alarm: Alarm, at: float) -> Grouped | None:
        """A repeat, one that comes and goes by itself, or planned work."""
        known = self._now(self._keys.get(alarm.key))
        if known is not None and known in self._open:
            self._open[known].seen = max(self._open[known].seen, at)
            return Grouped(known, "repeat", 1.0, (Reason("repeat", 0.0, "The same alert again."),))
        if known is not None:
            self._returns[alarm.key] += 1
            if self._returns[alarm.key] > COMES_AND_GOES:
                apart = Reason("apart", 0.0, "It comes and goes, whatever else happens.")
                return Grouped(known, "apart", 1.0, (apart,))
        if alarm.planned:
            return Grouped("", "apart", 1.0, (Reason("apart", 0.0, "It is worked on just now, as planned."),))
        return None

    def _follows(self, alarm: Alarm, gist: tuple[object, ...], at: float) -> Grouped | None:
        """Into the group of what said the same of the same thing a moment ago."""
        name, when, sure = self._gists.get(gist, ("", 0.0, 0.0))
        group = self._open.get(self._now(name) or "")
        if group is None or alarm.node is None or abs(at - when) > FOLLOWS:
            return None
        group.again(at)
        self._remember(alarm.key, group)
        self._gists[gist] = (group.name, max(at, when), sure)
        why = Reason(
            "map", math.log(2), f"It says the same of {alarm.node} as another alert {abs(at - when):.0f} s ago."
        )
        return Grouped(group.name, "join", sure, (why,))

    # --- weighing -----------------------------------------------------------------------------------------------------

    def _weighed(self, alarm: Alarm, at: float) -> Grouped:
        words, blamed = words_of(alarm.text, self._weighing.reach.nodes, own=alarm.node)
        gist = (alarm.node, alarm.kind, alarm.labels, blamed, gist_of(words))
        follows = self._follows(alarm, gist, at)
        if follows is not None:
            return follows
        said = Said(at, words, blamed)
        scored = sorted(
            ((sum(one.weight for one in why), why, group) for group, why in self._weigh(alarm, said)),
            key=lambda item: (-item[0], item[2].name),
        )
        total = 1 + sum(math.exp(min(score, 50.0)) for score, _, _ in scored)
        sure = 1 - 1 / total  # that it is nothing new: of several that fit, the best takes it
        if scored and sure >= SURE:
            group, why, how = scored[0][2], scored[0][1], "join"
        else:
            group, why, sure, how = self._found(alarm, at), _alone(scored), 1 - sure, "open"
        tells = alarm.node not in group.first or bool(blamed) or group.alerts < FEW
        self._add(group, alarm, said)
        self._gists[gist] = (group.name, at, sure)
        while len(self._gists) > GISTS:
            self._gists.popitem(last=False)
        merged = self._merge_into(group) if tells else ()
        return Grouped(group.name, "join" if how == "join" else "open", sure, tuple(why), merged)

    def _weigh(self, alarm: Alarm, said: Said) -> list[tuple[Group, list[Reason]]]:
        return [(group, self._weighing.reasons(group, alarm, said)) for group in self._open.values()]

    # --- what changes -------------------------------------------------------------------------------------------------

    def _found(self, alarm: Alarm, at: float) -> Group:
        group = Group(self._name(self._weighing.pace.founded(alarm.node, at)), at, at)
        if len(self._open) >= OPEN:
            self._close(min(self._open.values(), key=lambda one: one.seen))
        self._open[group.name] = group
        return group

    def _add(self, group: Group, alarm: Alarm, said: Said) -> None:
        if alarm.node is not None and alarm.node not in group.first:
            group.gain = joined(group.gain, gains_of(alarm.node, self._weighing.reach, self._weighing.leak))
        group.add(alarm, said)
        self._weighing.usual.learn(said.words)
        self._remember(alarm.key, group)

    def _remember(self, key: str, group: Group) -> None:
        self._keys[key] = group.name
        self._keys.move_to_end(key)
        while len(self._keys) > KEYS:
            self._returns.pop(self._keys.popitem(last=False)[0], None)

    def _merge_into(self, group: Group) -> tuple[tuple[str, tuple[Reason, ...]], ...]:
        merged: list[tuple[str, tuple[Reason, ...]]] = []
        for other in list(self._open.values()):
            if other is group:
                continue
            why = one_trouble(group, other, self._weighing)
            if are_one(why):
                group.absorb(other)
                self._weigh_roots(group)
                self._weighing.pace.was_none()
                del self._open[other.name]
                self._moved[other.name] = group.name
                merged.append((other.name, tuple(why)))
        while len(self._moved) > KEYS:
            self._moved.popitem(last=False)
        return tuple(merged)

    def _weigh_roots(self, group: Group) -> None:
        group.gain = {}
        for node in group.first:
            group.gain = joined(group.gain, gains_of(node, self._weighing.reach, self._weighing.leak))

    def _now(self, name: str | None) -> str | None:
        """What a group is called by now."""
        while name is not None and name in self._moved:
            name = self._moved[name]
        return name

    def _close_quiet(self, at: float) -> None:
        for group in [one for one in self._open.values() if at - one.seen > QUIET]:
            self._close(group)

    def _close(self, group: Group) -> None:
        del self._open[group.name]
        self._closed.append(
            Closed(group.name, dict(group.first), dict(group.blamed), rank(group, self._weighing.reach))
        )


def _alone(scored: list[tuple[float, list[Reason], Group]]) -> list[Reason]:
    if not scored:
        return [Reason("time", 0.0, "Nothing else is going on.")]
    best = scored[0][1]
    against = min(best, key=lambda one: one.weight)
    return [Reason(against.kind, against.weight, f"Too little links it to anything that runs: {against.words}")]
