"""All that speaks for what is behind a case, weighed together: alerts over the map, traces, changes, what an alert itself says.
Pure; abstains where too little speaks for any one thing.

Every source multiplies the odds of a suspect (naive Bayes); "something else" is always among what is weighed.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from tickless.domain.cause import Because, RootCause, Suspected
from tickless.stages.correlate.cause.ranking import Cause
from tickless.stages.correlate.grouping.roots import Root

NAMED = 0.5
"""Chance from which a suspect is called the cause."""
ELSE = 0.15
"""Weight of something that nobody has thought of, beside suspects that share 1."""
SAYS_SO = 8.0
"""How many times likelier a thing is the cause whose own alert says that it is broken."""
EXPLAINED = 0.2
"""How many times less likely a thing is that only hurts, when something that it needs says of itself to be broken: that it
complained first says little, monitors are slow."""
TRACED = 6.0
"""How many times likelier at most by what traces show of it; and how many times less likely at most what they clear."""
CLEARED = 0.5
CHANGED, CHANGED_LATELY = 1.5, 3.0
"""How many times likelier after a change at it in the last hours, and in the last half hour."""
LATELY = dt.timedelta(minutes=30)
SHOWN = 3
FAINT = 0.03
"""Chance below which a suspect is not told."""


@dataclass(frozen=True)
class Changed:
    """A change at `node` so long before the trouble began."""

    node: str
    before: dt.timedelta
    words: str
    ref: str


@dataclass(frozen=True)
class Known:
    """What is known of a case. `roots`: by its alerts over the map; `broken`: node → what its own alert says;
    `traced`: what traces say, if there are any."""

    roots: Sequence[Root] = ()
    broken: Sequence[tuple[str, str, str]] = ()
    """(node, sentence, signal)."""
    felt: Mapping[str, str] = field(default_factory=dict)
    """Node → the name of something that it needs and that says of itself to be broken."""
    traced: Cause | None = None
    changes: Sequence[Changed] = ()
    alerts: int = 0


@dataclass
class _Weighed:
    weight: float
    because: list[Because] = field(default_factory=list)


def weigh_causes(known: Known, *, name: Callable[[str], str], at: dt.datetime) -> RootCause:
    """What is behind it. The order of what is given changes nothing."""
    found = _suspects(known)
    for node, words, signal in sorted(set(known.broken)):
        if node not in known.felt:  # where alerts are does not rule out what says of itself to be broken
            found[node].weight = max(found[node].weight, _floor(len(found)))
        but = f" But it needs {known.felt[node]}, which says so, too." if node in known.felt else ""
        _speak(found[node], 1.0 if but else SAYS_SO, Because(text=f"{words}{but}", source="class", ref=signal))
    says_so = {node for node, _, _ in known.broken}
    for node in sorted(known.felt.keys() & found.keys() - says_so):
        found[node].weight *= EXPLAINED
    _trace(found, known.traced)
    for change in sorted(known.changes, key=lambda one: (one.before, one.ref)):
        if change.node in found:
            times = CHANGED_LATELY if change.before <= LATELY else CHANGED
            _speak(found[change.node], times, Because(text=change.words, source="changes", ref=change.ref))
    total = sum(one.weight for one in found.values()) + ELSE
    ordered = sorted(found.items(), key=lambda pair: (-pair[1].weight, pair[0]))
    suspects = tuple(
        Suspected(node=node, name=name(node), chance=min(1.0, one.weight / total), because=tuple(one.because))
        for node, one in ordered[:SHOWN]
        if one.weight / total >= FAINT
    )
    return _told(suspects, known, at)


def _suspects(known: Known) -> dict[str, _Weighed]:
    """Everything that any source names, each with a little to begin with."""
    nodes = {one.node for one in known.roots} | {node for node, _, _ in known.broken}
    nodes |= {one.node for one in (known.traced.suspects if known.traced else ())}
    chances = {one.node: one for one in known.roots}
    floor = _floor(len(nodes))
    found = {}
    for node in sorted(nodes):
        root = chances.get(node)
        found[node] = _Weighed(max(root.chance, floor * 0.2) if root else floor)
        if root is not None:
            found[node].because.append(Because(text=_by_alerts(root), source="alerts"))
    return found


def _floor(nodes: int) -> float:
    """The weight of one of so many of which nothing else is known."""
    return 0.5 / max(nodes, 1)


def _by_alerts(root: Root) -> str:
    return f"By where the alerts are, {root.chance:.0%}. {root.words}"


def _trace(found: dict[str, _Weighed], traced: Cause | None) -> None:
    if traced is None or traced.abstains:
        return
    for one in traced.suspects:
        times = math.exp(math.log(TRACED) * min(1.0, one.score))
        _speak(found[one.node], times, Because(text=f"Traces: {one.words}", source="traces"))
    named = {one.node for one in traced.suspects}
    for node, weighed in found.items():
        if node not in named:
            weighed.weight *= CLEARED


def _speak(weighed: _Weighed, times: float, because: Because) -> None:
    weighed.weight *= times
    weighed.because.insert(0, because)


def _told(suspects: Sequence[Suspected], known: Known, at: dt.datetime) -> RootCause:
    """In a sentence, from what was weighed."""
    best = suspects[0] if suspects else None
    if best is None:
        return RootCause(why="Not enough to say: nothing is known of where the alerts are.", at=at, alerts=known.alerts)
    named = best.chance >= NAMED
    reason = best.because[0].text if best.because else ""
    also = ", ".join(f"{one.name} ({one.chance:.0%})" for one in suspects[1:])
    if named:
        why = f"Most likely {best.name} ({best.chance:.0%}). {reason}" + (f" Also possible: {also}." if also else "")
    else:
        others = ", ".join(f"{one.name} ({one.chance:.0%})" for one in suspects)
        why = f"Not enough to say. It could be {others}."
    return RootCause(suspects=tuple(suspects), named=named, why=why, at=at, alerts=known.alerts)


def same_but_for_time(one: RootCause | None, other: RootCause) -> bool:
    """Whether there is nothing new to write: the same suspects in the same order, each within a few per cent."""
    if one is None or one.named != other.named or _nodes(one.suspects) != _nodes(other.suspects):
        return False
    return all(
        abs(a.chance - b.chance) < 0.05 and a.because == b.because
        for a, b in zip(one.suspects, other.suspects, strict=True)
    )


def _nodes(suspects: Iterable[Suspected]) -> list[str]:
    return [one.node for one in suspects]
