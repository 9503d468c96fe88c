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

from tickless.stages.correlate.grouping.alarm import MOST_ODDS, Alarm, Fit, Grouped, Reason, Said, Weighed
from tickless.stages.correlate.grouping.corrections import Corrections
from tickless.stages.correlate.grouping.gists import Gist, Gists
from tickless.stages.correlate.grouping.reach import Reach
from tickless.stages.correlate.grouping.roots import Root, rank
from tickless.stages.correlate.grouping.state import Group, gains_of, joined
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
FOLLOWS_ODDS = 4.0
"""What that weighs (logarithm of the odds)."""


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
        self._gists = Gists()
        self._two: OrderedDict[frozenset[str], None] = OrderedDict()
        self._grown = ""
        self._closed: list[Closed] = []

    def learn(self, reach: Reach, *, leak: float) -> None:
        """Go on with a better map."""
        self._weighing.reach, self._weighing.leak = reach, leak
        self._gists.forget()
        for group in self._open.values():
            self._weigh_roots(group)

    def correct(self, corrections: Corrections) -> None:
        """Heed these from now on."""
        self._weighing.corrections = corrections
        self._gists.forget()

    def take_closed(self) -> list[Closed]:
        """Groups that were closed since the last call."""
        closed, self._closed = self._closed, []
        return closed

    def place(self, alarm: Alarm) -> Grouped:
        """Where this alarm belongs, by what is weighed alone: put there, with what turns out to be one by it."""
        weighed = self.weigh(alarm)
        best = weighed.fits[0] if weighed.fits else None
        if weighed.how == "apart":
            return Grouped(best.group if best else "", "apart", 1.0, best.reasons if best else ())
        if weighed.how == "repeat" and best is not None:
            self.settle(alarm, weighed, best.group)
            return Grouped(best.group, "repeat", 1.0, best.reasons)
        if best is not None and weighed.sure >= SURE:
            self.settle(alarm, weighed, best.group)
            name, why, sure, how = best.group, best.reasons, weighed.sure, "join"
        else:
            name, why, sure, how = self._name(self._weighing.pace.count + 1), alone(weighed), 1 - weighed.sure, "open"
            self.settle(alarm, weighed, name)
        merged = []
        for other, reasons in self.unions(name):
            self.unite(name, other)
            merged.append((other, reasons))
        return Grouped(name, "join" if how == "join" else "open", sure, tuple(why), tuple(merged))

    def weigh(self, alarm: Alarm) -> Weighed:
        """What speaks for each open group. Nothing is put anywhere, and nothing is learnt."""
        at = alarm.at.timestamp()
        self._close_quiet(at)
        words, blamed = words_of(alarm.text, self._weighing.reach.nodes, own=alarm.node)
        said = Said(at, words, blamed, self._weighing.telling.weight(alarm.kind.need))
        known = self._known(alarm, said)
        if known is not None:
            return known
        gist = (alarm.node, alarm.kind, alarm.labels, blamed, gist_of(words))
        follows = self._follows(alarm, gist, at)
        if follows is not None:
            return Weighed("follows", (follows,), said, gist)
        fits = [Fit(group.name, sum(one.weight for one in why), tuple(why)) for group, why in self._weigh(alarm, said)]
        return Weighed("weighed", tuple(sorted(fits, key=lambda fit: (-fit.weight, fit.group))), said, gist)

    def settle(self, alarm: Alarm, weighed: Weighed, name: str) -> None:
        """Put it into the group of that name, which is opened if there is none."""
        at, said = weighed.said.at, weighed.said
        if weighed.how == "apart":
            return
        group = self._open.get(self._now(name) or "")
        self._grown = ""
        if group is not None and weighed.how == "repeat" and self._now(self._keys.get(alarm.key)) == group.name:
            group.seen = max(group.seen, at)
            return
        if group is not None and weighed.how == "follows" and group.name == weighed.fits[0].group:
            group.again(at)
            self._remember(alarm.key, group)
            self._gists.followed(weighed.gist, group.name, at)
            return
        if group is None:
            group = self._found(alarm, at, name)
        if alarm.node not in group.first or bool(said.blamed) or group.alerts < FEW:
            self._grown = group.name
        self._add(group, alarm, said)
        self._gists.went(weighed.gist, group.name, at)

    def unions(self, name: str) -> list[tuple[str, tuple[Reason, ...]]]:
        """Open groups that turn out to be one with this, in which something was new just now; the surest first."""
        group = self._open.get(name)
        if group is None or self._grown != name:
            return []
        found = [(other.name, tuple(one_trouble(group, other, self._weighing))) for other in self._open.values()
                 if other is not group and frozenset((name, other.name)) not in self._two]  # fmt: skip
        return [(other, why) for other, why in found if are_one(why)]

    def unite(self, into: str, gone: str) -> None:
        """They are one from now on; what is not open is only remembered."""
        whole, other = self._open.get(into), self._open.pop(gone, None)
        if whole is not None and other is not None:
            whole.absorb(other)
            self._weigh_roots(whole)
            self._weighing.pace.was_none()
        elif other is not None:
            other.name = into
            self._open[into] = other
        self._moved.pop(into, None)
        self._moved[gone] = into
        while len(self._moved) > KEYS:
            self._moved.popitem(last=False)

    def are_two(self, one: str, other: str) -> None:
        """Whatever speaks for it, these are not one: they are not proposed again."""
        self._two[frozenset((one, other))] = None
        while len(self._two) > KEYS:
            self._two.popitem(last=False)

    def roots(self, group: str) -> tuple[Root, ...]:
        """The likeliest roots of an open group, best first."""
        found = self._open.get(self._now(group) or "")
        return rank(found, self._weighing.reach) if found is not None else ()

    def close_all(self) -> None:
        """Nothing more will come."""
        for group in list(self._open.values()):
            self._close(group)

    # --- what needs no weighing ---------------------------------------------------------------------------------------

    def _known(self, alarm: Alarm, said: Said) -> Weighed | None:
        """A repeat, one that comes and goes by itself, or planned work."""
        known = self._now(self._keys.get(alarm.key))
        if known is not None and known in self._open:
            again = Fit(known, MOST_ODDS, (Reason("repeat", 0.0, "The same alert again."),))
            return Weighed("repeat", (again,), said)
        if known is not None:
            self._returns[alarm.key] += 1
            if self._returns[alarm.key] > COMES_AND_GOES:
                apart = Reason("apart", 0.0, "It comes and goes, whatever else happens.")
                return Weighed("apart", (Fit(known, 0.0, (apart,)),), said)
        if alarm.planned:
            planned = Reason("apart", 0.0, "It is worked on just now, as planned.")
            return Weighed("apart", (Fit("", 0.0, (planned,)),), said)
        return None

    def _follows(self, alarm: Alarm, gist: Gist, at: float) -> Fit | None:
        """Into the group of what said the same of the same thing a moment ago."""
        node = alarm.node
        found = self._gists.of(gist, at, self._weighing.reach.causes_of(node)) if node is not None else None
        group = self._open.get(self._now(found[0]) or "") if found is not None else None
        if group is None or found is None:
            return None
        words = f"It says the same of {node} as another alert {abs(at - found[1]):.0f} s ago."
        return Fit(group.name, FOLLOWS_ODDS, (Reason("map", math.log(2), words),))

    # --- weighing -----------------------------------------------------------------------------------------------------

    def _weigh(self, alarm: Alarm, said: Said) -> list[tuple[Group, list[Reason]]]:
        return [(group, self._weighing.reasons(group, alarm, said)) for group in self._open.values()]

    # --- what changes -------------------------------------------------------------------------------------------------

    def _found(self, alarm: Alarm, at: float, name: str) -> Group:
        self._weighing.pace.founded(alarm.node, at)
        self._gists.began(alarm.node)
        self._moved.pop(name, None)
        group = Group(name, at, at)
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
        if len(group.first) >= 2:
            chances = {one.node: one.chance for one in rank(group, self._weighing.reach)}
            self._weighing.telling.learn(group.classes, chances)
        self._closed.append(
            Closed(group.name, dict(group.first), dict(group.blamed), rank(group, self._weighing.reach))
        )


def alone(weighed: Weighed) -> tuple[Reason, ...]:
    """Why it is something new."""
    if not weighed.fits:
        return (Reason("time", 0.0, "Nothing else is going on."),)
    against = min(weighed.fits[0].reasons, key=lambda one: one.weight)
    return (Reason(against.kind, against.weight, f"Too little links it to anything that runs: {against.words}"),)
