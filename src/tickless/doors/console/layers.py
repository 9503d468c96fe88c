"""Puts the nodes of a graph into columns and in an order with few crossings (after Sugiyama, Tagawa and Toda, 1981). Pure."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
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
    ready = [node for node in nodes if not waiting[node]]
    order: list[str] = []
    while ready:
        node = ready.pop(0)
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


def layer(nodes: Sequence[str], edges: Sequence[Edge]) -> Layers:
    """Columns and order for a graph. The same input gives the same result."""
    kept = without_circles(nodes, edges)
    column = columns_of(nodes, kept)
    count = max(column.values(), default=-1) + 1
    columns: list[list[Place]] = [[] for _ in range(count)]
    for node in nodes:
        columns[column[node]].append(node)
    ways: dict[Edge, tuple[Place, ...]] = {}
    for edge in kept:
        joints = [Joint(edge, index) for index in range(column[edge[0]] + 1, column[edge[1]])]
        for joint in joints:
            columns[joint.column].append(joint)
        ways[edge] = (edge[0], *joints, edge[1])
    return Layers(_uncross(columns, ways), ways)


def crossings(layers: Layers) -> int:
    """How many pairs of edges cross between neighbouring columns."""
    rank = {place: index for column in layers.columns for index, place in enumerate(column)}
    total = 0
    for left in layers.columns:
        pieces = [
            (rank[a], rank[b]) for way in layers.ways.values() for a, b in itertools.pairwise(way) if a in set(left)
        ]
        total += sum((a[0] - b[0]) * (a[1] - b[1]) < 0 for index, a in enumerate(pieces) for b in pieces[index + 1 :])
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
    fewest = crossings(Layers(best, ways))
    for sweep in range(_SWEEPS):
        forward = sweep % 2 == 0
        for index in range(len(columns)) if forward else reversed(range(len(columns))):
            _sort(columns, index, before if forward else after)
        found = tuple(tuple(column) for column in columns)
        now = crossings(Layers(found, ways))
        if now < fewest:
            best, fewest = found, now
    return best


def _sort(columns: list[list[Place]], index: int, neighbours: Mapping[Place, list[Place]]) -> None:
    rank = {place: at for column in columns for at, place in enumerate(column)}

    def mean(place: Place) -> float:
        found = [rank[other] for other in neighbours.get(place, ())]
        return sum(found) / len(found) if found else float(rank[place])

    columns[index].sort(key=mean)
