"""Puts the nodes of a graph into columns and in an order with few crossings (after Sugiyama, Tagawa and Toda, 1981). Pure."""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

Edge = tuple[str, str]
"""(service, what it needs)"""

_SWEEPS = 8


@dataclass(frozen=True)
class Joint:
    """Where a long edge passes through a column that it doesn't stop in."""

    edge: Edge
    column: int


Place = str | Joint


@dataclass(frozen=True)
class Layers:
    """Columns of nodes and joints, in order from the top, and the way of each edge through them."""

    columns: tuple[tuple[Place, ...], ...]
    ways: Mapping[Edge, tuple[Place, ...]]


def without_circles(nodes: Sequence[str], edges: Sequence[Edge]) -> list[Edge]:
    """The edges, less those that close a circle; edges to unknown nodes, to oneself and repeats are left out too."""
    known = set(nodes)
    needs: dict[str, list[str]] = {node: [] for node in nodes}
    for service, need in dict.fromkeys(edges):
        if service in known and need in known and service != need:
            needs[service].append(need)
    done: set[str] = set()
    kept: list[Edge] = []
    for start in nodes:
        path: list[tuple[str, list[str]]] = [] if start in done else [(start, list(needs[start]))]
        open_now = {start}
        while path:
            node, rest = path[-1]
            if not rest:
                path.pop()
                done.add(node)
                open_now.discard(node)
                continue
            need = rest.pop(0)
            if need in open_now:
                continue
            kept.append((node, need))
            if need not in done:
                open_now.add(need)
                path.append((need, list(needs[need])))
    return kept


def columns_of(nodes: Sequence[str], edges: Sequence[Edge]) -> dict[str, int]:
    """The column of each node: right of everything that needs it, and as close as can be to what it needs itself.

    `edges` must be free of circles. A node that touches no edge goes to the last column.
    """
    needs: dict[str, list[str]] = {node: [] for node in nodes}
    needed_by = dict.fromkeys(nodes, 0)
    for service, need in edges:
        needs[service].append(need)
        needed_by[need] += 1
    waiting = dict(needed_by)
    column = dict.fromkeys(nodes, 0)
    ready = deque(node for node in nodes if not waiting[node])
    order: list[str] = []
    while ready:
        node = ready.popleft()
        order.append(node)
        for need in needs[node]:
            column[need] = max(column[need], column[node] + 1)
            waiting[need] -= 1
            if not waiting[need]:
                ready.append(need)
    last = max(column.values(), default=0)
    for node in reversed(order):
        if not needed_by[node]:
            column[node] = min((column[need] for need in needs[node]), default=last + 1) - 1
    return column


def pressed(column: Mapping[str, int], most: int) -> dict[str, int]:
    """The same columns pressed into at most `most`, about equally full, in the same order: then edges may stay inside one."""
    members: dict[int, list[str]] = {}
    for node, index in column.items():
        members.setdefault(index, []).append(node)
    found: dict[str, int] = {}
    full = len(column) / most
    for index in sorted(members):
        at = min(int(len(found) / full), most - 1) if full else 0
        found.update(dict.fromkeys(members[index], at))
    used = {old: new for new, old in enumerate(sorted(set(found.values())))}
    return {node: used[at] for node, at in found.items()}


def layer(nodes: Sequence[str], edges: Sequence[Edge], *, joints: bool = True, most: int | None = None) -> Layers:
    """Columns and order for a graph. The same input gives the same result. Without `joints` a long edge takes the straight way,
    and only edges between neighbouring columns decide the order: for graphs of very many edges. More than `most` columns are
    pressed together, without joints."""
    kept = without_circles(nodes, edges)
    column = columns_of(nodes, kept)
    if most is not None and max(column.values(), default=0) >= most:
        column, joints = pressed(column, most), False
    count = max(column.values(), default=-1) + 1
    columns: list[list[Place]] = [[] for _ in range(count)]
    for node in nodes:
        columns[column[node]].append(node)
    ways: dict[Edge, tuple[Place, ...]] = {}
    for edge in kept:
        stops = [Joint(edge, index) for index in range(column[edge[0]] + 1, column[edge[1]])] if joints else []
        for stop in stops:
            columns[stop.column].append(stop)
        ways[edge] = (edge[0], *stops, edge[1])
    near = {edge: way for edge, way in ways.items() if joints or column[edge[1]] - column[edge[0]] == 1}
    return Layers(_uncross(columns, near), ways)


def crossings(layers: Layers) -> int:
    """How many pairs of edges cross between neighbouring columns."""
    return _crossings(layers.columns, layers.ways.values())


def _crossings(columns: Sequence[Sequence[Place]], ways: Iterable[Sequence[Place]]) -> int:
    """Counted column by column as inversions, with a binary indexed tree (after Barth, Jünger and Mutzel, 2002)."""
    at = {place: (index, rank) for index, column in enumerate(columns) for rank, place in enumerate(column)}
    pieces: list[list[tuple[int, int]]] = [[] for _ in columns]
    for way in ways:
        for left, right in itertools.pairwise(way):
            index, rank = at[left]
            pieces[index].append((rank, at[right][1]))
    return sum(_inversions(sorted(found)) for found in pieces)


def _inversions(pairs: Sequence[tuple[int, int]]) -> int:
    """Pairs of which the first rank rises and the second falls; `pairs` are sorted."""
    size = max((right for _, right in pairs), default=-1) + 1
    tree = [0] * (size + 1)
    total = 0
    for count, (_, right) in enumerate(pairs):
        below, at = 0, right + 1
        while at:
            below += tree[at]
            at -= at & -at
        total += count - below
        at = right + 1
        while at <= size:
            tree[at] += 1
            at += at & -at
    return total


def _uncross(columns: list[list[Place]], ways: Mapping[Edge, tuple[Place, ...]]) -> tuple[tuple[Place, ...], ...]:
    """Sort each column by the mean rank of its neighbours, back and forth, and keep the best seen."""
    before: dict[Place, list[Place]] = {}
    after: dict[Place, list[Place]] = {}
    for way in ways.values():
        for left, right in itertools.pairwise(way):
            after.setdefault(left, []).append(right)
            before.setdefault(right, []).append(left)
    best = tuple(tuple(column) for column in columns)
    fewest = _crossings(best, ways.values())
    rank = {place: at for column in columns for at, place in enumerate(column)}
    for sweep in range(_SWEEPS if fewest else 0):
        forward = sweep % 2 == 0
        for index in range(len(columns)) if forward else reversed(range(len(columns))):
            _sort(columns[index], rank, before if forward else after)
        found = tuple(tuple(column) for column in columns)
        now = _crossings(found, ways.values())
        if now < fewest:
            best, fewest = found, now
    return best


def _sort(column: list[Place], rank: dict[Place, int], neighbours: Mapping[Place, list[Place]]) -> None:
    def mean(place: Place) -> float:
        found = [rank[other] for other in neighbours.get(place, ())]
        return sum(found) / len(found) if found else float(rank[place])

    column.sort(key=mean)
    rank.update({place: at for at, place in enumerate(column)})
