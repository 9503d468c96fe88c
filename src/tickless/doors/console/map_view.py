"""Which part of the map is drawn: filtered, around a focus, folded into groups. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from tickless.domain.service import Dependency, Service
from tickless.doors.console.map import reach

Fold = Literal["", "none", "team", "system", "kind"]
FOLDS: tuple[Fold, ...] = ("none", "team", "system", "kind")
READABLE = 60
"""Services up to which the map is drawn unfolded by itself."""
GROUP = "group:"
NOWHERE = "others"


@dataclass(frozen=True)
class Filter:
    """What is wanted; an empty field wants everything."""

    text: str = ""
    team: str = ""
    system: str = ""
    owner: str = ""
    criticality: str = ""
    """1 to 4, or `unknown`."""
    source: str = ""
    state: str = ""
    """trouble, feels, quiet, stale, unsure."""

    @property
    def any(self) -> bool:
        return any((self.text, self.team, self.system, self.owner, self.criticality, self.source, self.state))


@dataclass(frozen=True)
class Facts:
    """What filters ask of services beside their records: who tells of each, how each is, what nobody says freshly."""

    sources: Mapping[str, frozenset[str]] = field(default_factory=dict)
    tones: Mapping[str, str] = field(default_factory=dict)
    stale: Collection[tuple[str, str]] = ()


@dataclass(frozen=True)
class Node:
    """A box: a service, or a folded group of `count`."""

    id: str
    name: str
    tone: str
    count: int = 1
    stale: bool = False

    @property
    def group(self) -> str:
        """The group's name; empty for a service."""
        return self.id.removeprefix(GROUP) if self.id.startswith(GROUP) else ""


@dataclass(frozen=True)
class Arrow:
    """A line: one edge, or several between groups. `sure` is that of the surest."""

    service: str
    needs: str
    sure: float
    count: int = 1
    stale: bool = False


@dataclass(frozen=True)
class View:
    """What is drawn, and how much is not."""

    nodes: Mapping[str, Node]
    arrows: Mapping[tuple[str, str], Arrow]
    services: tuple[Service, ...]
    """Those that fit, also inside folded groups."""
    fold: Fold
    hidden: int
    """Services that do not fit."""


def wanted(service: Service, choice: Filter, facts: Facts) -> bool:
    """Whether a service fits every filter that is set."""
    text = choice.text.casefold()
    critical = str(service.criticality) if service.criticality else "unknown"
    tone = facts.tones.get(service.id, "good")
    states = {"trouble": tone in {"bad", "warn"}, "feels": tone == "info", "quiet": tone == "good",
              "stale": ("service", service.id) in facts.stale, "unsure": True}  # fmt: skip
    return (
        (not text or any(text in name.casefold() for name in (service.id, service.name, *service.aliases)))
        and choice.team in {"", service.team}
        and choice.system in {"", service.system}
        and choice.owner in {"", service.owner}
        and choice.criticality in {"", critical}
        and (not choice.source or choice.source in facts.sources.get(service.id, ()))
        and states.get(choice.state, True)
    )


def see(
    services: Sequence[Service],
    edges: Iterable[Dependency],
    choice: Filter,
    facts: Facts,
    *,
    fold: Fold = "",
    opened: Collection[str] = (),
    around: Collection[str] | None = None,
) -> View:
    """What to draw. `around`: only these (a focus and its neighbourhood). `opened`: groups that stay unfolded. Where `fold`
    says nothing, a map that is too large to read is folded by what most services have."""
    fitting = [one for one in services if (around is None or one.id in around) and wanted(one, choice, facts)]
    fold = fold or chosen(fitting)
    home = {one.id: _home(one, fold, opened) for one in fitting}
    kept = [edge for edge in edges if edge.service in home and edge.needs in home and _edge_fits(edge, choice, facts)]
    if choice.state == "unsure":
        touched = {end for edge in kept for end in (edge.service, edge.needs)}
        fitting = [one for one in fitting if one.id in touched]
    nodes = _nodes(fitting, home, facts)
    return View(nodes, _arrows(kept, home, facts), tuple(fitting), fold, len(services) - len(fitting))


def chosen(services: Sequence[Service]) -> Fold:
    """How a map is folded by itself: not at all where it can be read, else by what more than half of the services have."""
    if len(services) <= READABLE:
        return "none"
    folds: tuple[Fold, ...] = ("system", "team")
    for name in folds:
        if sum(bool(getattr(one, name)) for one in services) * 2 > len(services):
            return name
    return "kind"


def _home(service: Service, fold: Fold, opened: Collection[str]) -> str:
    if fold in {"", "none"}:
        return service.id
    group = str(getattr(service, fold) or NOWHERE)
    return service.id if group in opened else GROUP + group


def _edge_fits(edge: Dependency, choice: Filter, facts: Facts) -> bool:
    old = ("dependency", f"{edge.service} → {edge.needs}") in facts.stale
    return choice.state != "unsure" or old or edge.confidence < 0.7


_WORST = ("bad", "warn", "info", "good")


def _nodes(services: Sequence[Service], home: Mapping[str, str], facts: Facts) -> dict[str, Node]:
    inside: dict[str, list[Service]] = {}
    for one in services:
        inside.setdefault(home[one.id], []).append(one)
    found = {}
    for key, members in inside.items():
        tones = {facts.tones.get(one.id, "good") for one in members}
        tone = next(one for one in _WORST if one in tones)
        stale = all(("service", one.id) in facts.stale for one in members)
        name = members[0].name if key == members[0].id else key.removeprefix(GROUP)
        found[key] = Node(key, name, tone, len(members), stale)
    return found


def _arrows(edges: Iterable[Dependency], home: Mapping[str, str], facts: Facts) -> dict[tuple[str, str], Arrow]:
    together: dict[tuple[str, str], list[Dependency]] = {}
    for edge in edges:
        ends = (home[edge.service], home[edge.needs])
        if ends[0] != ends[1]:
            together.setdefault(ends, []).append(edge)
    return {
        ends: Arrow(
            *ends, max(edge.confidence for edge in found), len(found),
            all(("dependency", f"{edge.service} → {edge.needs}") in facts.stale for edge in found),
        )
        for ends, found in sorted(together.items())
    }  # fmt: skip


def neighbourhood(focus: str, edges: Sequence[tuple[str, str]], hops: int) -> dict[str, int]:
    """What a service needs and what needs it, at most so many steps away, with the steps; the service itself is 0."""
    found = {focus: 0}
    for against in (False, True):
        for key, steps in reach(focus, edges, against=against).items():
            if steps <= hops:
                found[key] = min(steps, found.get(key, steps))
    return found


def choices(services: Iterable[Service]) -> dict[str, list[tuple[str, int]]]:
    """For each filter the values that there are, with how many services have them, the most frequent first."""
    found: dict[str, Counter[str]] = {"team": Counter(), "system": Counter(), "owner": Counter()}
    for one in services:
        for name, counter in found.items():
            value = getattr(one, name)
            if value:
                counter[str(value)] += 1
    return {name: sorted(counter.items(), key=lambda one: (-one[1], one[0]))[:200] for name, counter in found.items()}
