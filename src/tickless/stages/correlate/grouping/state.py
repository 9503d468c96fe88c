"""One open group: members, times, words, and how likely each thing on the map is its root. Bounded."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from tickless.stages.correlate.grouping.alarm import Alarm, Said
from tickless.stages.correlate.grouping.corrections import AlarmKind
from tickless.stages.correlate.grouping.reach import Reach

TEMPO = 240.0
FADE = 3.0
"""A member pulls with (1 + seconds / TEMPO) to the power of -FADE (Omori's law)."""
OFFSPRING = 0.9
"""Alerts that one alert of an incident brings with it on average."""
LAST = 6
"""Times that are kept; older ones pull no more than rounding."""
WORDS = 400
"""Different words that are kept."""
KINDS = 64
"""Kinds of alerts that are kept: those of which there are most."""
SILENT = 0.4
"""How much less likely a root is that has not alerted itself (yet)."""
LATE = 120.0
"""Seconds by which a root's own alert may come after others before it costs one (logarithm): monitors are slow."""
LATEST = 3.0
"""What lateness costs at most."""
STRAY = 10.0
"""Alerts of an incident that may show at places unknown to the map, if all of it were unknown."""
QUIETEST = -50.0
MISSED = 0.3
"""How much it speaks against a root when something that it would surely hurt has not alerted (yet)."""
TELLING = 256
"""Things that are weighed as a root."""


@dataclass
class Group:
    """What is known of a group. `first`: thing → second of its first alert; `gain`: thing → how much better it explains
    where the alerts are than chance does (logarithm)."""

    name: str
    opened: float
    seen: float
    alerts: int = 0
    times: list[float] = field(default_factory=list)
    first: dict[str, float] = field(default_factory=dict)
    words: Counter[str] = field(default_factory=Counter)
    labels: Counter[str] = field(default_factory=Counter)
    blamed: Counter[str] = field(default_factory=Counter)
    kinds: Counter[AlarmKind] = field(default_factory=Counter)
    gain: dict[str, float] = field(default_factory=dict)
    tells: dict[str, float] = field(default_factory=dict)
    """Thing that alerted → what the classes of its alerts say of whether it began there (logarithm of the odds)."""
    classes: dict[str, set[str]] = field(default_factory=dict)

    def add(self, alarm: Alarm, said: Said) -> None:
        """One more alert of it."""
        self.again(said.at)
        if alarm.node is not None:
            self.first[alarm.node] = min(said.at, self.first.get(alarm.node, said.at))
            self.tells = louder(self.tells, {alarm.node: said.tells})
            self.classes.setdefault(alarm.node, set()).add(alarm.kind.need)
        self.words.update(said.words)
        if len(self.words) > WORDS:
            self.words = Counter(dict(self.words.most_common(WORDS // 2)))
        self.labels.update(alarm.labels)
        self.blamed.update(said.blamed)
        self.kinds[alarm.kind] += 1
        if len(self.kinds) > KINDS:
            self.kinds = Counter(dict(self.kinds.most_common(KINDS // 2)))

    def again(self, at: float) -> None:
        """One more alert that says only what is known of it."""
        self.alerts += 1
        self.seen = max(self.seen, at)
        self.times = [*self.times[-(LAST - 1) :], at]

    def absorb(self, other: Group) -> None:
        """Everything of another group; `gain` is worked out anew by the caller."""
        self.alerts += other.alerts
        self.opened, self.seen = min(self.opened, other.opened), max(self.seen, other.seen)
        self.times = sorted([*self.times, *other.times])[-LAST:]
        for node, at in other.first.items():
            self.first[node] = min(at, self.first.get(node, at))
            self.classes.setdefault(node, set()).update(other.classes[node])
        self.tells = louder(self.tells, other.tells)
        self.words.update(other.words)
        self.labels.update(other.labels)
        self.blamed.update(other.blamed)
        self.kinds.update(other.kinds)

    def rate(self, at: float, *, also: Iterable[float] = ()) -> float:
        """How likely a second is to bring an alert of it, from the gap to its nearest alert (Omori's law). `also`: further
        times at which it alerted."""
        gap = min((abs(at - one) for one in (*self.times, *also)), default=0.0)
        return float(OFFSPRING * (FADE - 1) / TEMPO * (1 + gap / TEMPO) ** -FADE)


def louder(one: Mapping[str, float], other: Mapping[str, float]) -> dict[str, float]:
    """What the classes say of each thing, of both: what says most that it began there counts."""
    return {node: max(one.get(node, QUIETEST), other.get(node, QUIETEST)) for node in {**one, **other}}


def gains_of(node: str, reach: Reach, leak: float) -> dict[str, float]:
    """Root → how much better it explains an alert at `node` than a map that shows no way (logarithm). `leak`: the share of
    trouble that shows where the map has no path."""
    floor = leak * STRAY / reach.size
    return {
        root: math.log((chance + floor) / floor) + MISSED * chance for root, chance in reach.causes_of(node).items()
    }


def joined(one: dict[str, float], other: dict[str, float]) -> dict[str, float]:
    """What the roots explain of both."""
    total = dict(one)
    for root, gain in other.items():
        total[root] = total.get(root, 0.0) + gain
    if len(total) > TELLING:
        total = dict(sorted(total.items(), key=lambda pair: -pair[1])[:TELLING])
    return total


def weighed(gain: Mapping[str, float], loud: Mapping[str, float], reach: Reach) -> dict[str, float]:
    """Root → how well it explains what alerts and what does not: less, if it would hurt many others, or keeps silent. `loud`:
    what alerted → what the classes of its alerts say."""
    return {root: one - MISSED * reach.spread_of(root) + loud.get(root, math.log(SILENT)) for root, one in gain.items()}


def evidence(gain: Mapping[str, float], loud: Mapping[str, float], reach: Reach, *, fresh: bool = False) -> float:
    """How well one unknown root explains all of it (logarithm of the marginal likelihood, up to what all groups share).
    `fresh`: it began just now, so nothing else can have alerted yet."""
    if not gain:
        return 0.0
    weights = weighed(gain, loud, reach)
    if fresh:
        weights = {root: one + MISSED * (reach.spread_of(root) - 1) for root, one in weights.items()}
    best = max(weights.values())
    total = sum(math.exp(one - best) for one in weights.values())
    return best + math.log((total + max(reach.size - len(gain), 0) * math.exp(-best) * SILENT) / reach.size)


def late(gain: dict[str, float], first: Mapping[str, float]) -> float:
    """What it costs (logarithm) that the best root alerted after what it is to have caused."""
    loud = [root for root in gain if root in first]
    if not loud:
        return 0.0
    root = max(loud, key=lambda one: gain[one])
    return min(LATEST, (first[root] - min(first.values())) / LATE)
