"""The service map as coordinates: boxes in columns, what needs it left, what it needs right. Pure; the template draws it."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tickless.doors.console.layers import Edge, Layers, Place, layer

BOX_WIDTH = 160.0
BOX_HEIGHT = 30.0
ROW = 42.0
"""From one box to the next in a column."""
THREAD = 16.0
"""Room for an edge that passes through a column."""
COLUMN = 222.0
MARGIN = 16.0
_ROUNDS = 12
LEAST_COLUMNS = 8
MOST_ROUTED = 400
"""Edges up to which each is led around the boxes between its ends; more are drawn straight, behind the boxes."""


@dataclass(frozen=True)
class Box:
    """A service on the map; `x`, `y` is the corner at the top left."""

    id: str
    x: float
    y: float
    column: int


@dataclass(frozen=True)
class Line:
    """A dependency on the map, as an SVG path."""

    service: str
    needs: str
    path: str


@dataclass(frozen=True)
class Picture:
    """Everything that is drawn, inside `width` × `height`."""

    width: float
    height: float
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]


def lay_out(services: Sequence[str], dependencies: Sequence[Edge]) -> Picture:
    """Coordinates for every service and dependency. Boxes never overlap; an edge that closes a circle isn't drawn."""
    layers = layer(services, dependencies, joints=len(dependencies) <= MOST_ROUTED, most=_most_columns(len(services)))
    if not layers.columns:
        return Picture(2 * MARGIN, 2 * MARGIN, (), ())
    middle = _middles(layers)
    top = min(middle[place] - _room(place) / 2 for column in layers.columns for place in column)
    middle = {place: at - top + MARGIN for place, at in middle.items()}
    boxes = tuple(
        Box(place, MARGIN + index * COLUMN, round(middle[place] - BOX_HEIGHT / 2, 1), index)
        for index, column in enumerate(layers.columns)
        for place in column
        if isinstance(place, str)
    )
    column_of = {box.id: box.column for box in boxes}
    lines = tuple(
        Line(edge[0], edge[1], _path([middle[place] for place in way], column_of[edge[0]], column_of[edge[1]]))
        for edge, way in layers.ways.items()
    )
    bottom = max(middle[place] + _room(place) / 2 for column in layers.columns for place in column)
    width = 2 * MARGIN + (len(layers.columns) - 1) * COLUMN + BOX_WIDTH
    return Picture(width, round(bottom + MARGIN, 1), boxes, lines)


def reach(start: str, edges: Iterable[Edge], *, against: bool = False) -> dict[str, int]:
    """Everything that `start` needs, with the number of steps; with `against`, everything that needs `start`."""
    ways: dict[str, list[str]] = {}
    for service, need in edges:
        a, b = (need, service) if against else (service, need)
        ways.setdefault(a, []).append(b)
    found: dict[str, int] = {}
    edge_of_search, steps = [start], 0
    while edge_of_search:
        steps += 1
        nearest = [b for a in edge_of_search for b in ways.get(a, ()) if b != start and b not in found]
        edge_of_search = list(dict.fromkeys(nearest))
        found.update(dict.fromkeys(edge_of_search, steps))
    return found


def _most_columns(count: int) -> int:
    """So many that the picture is about twice as wide as it is high, and never fewer than a small map has."""
    return max(LEAST_COLUMNS, math.ceil(1.5 * math.sqrt(2 * count * ROW / COLUMN)))


def _room(place: Place) -> float:
    return ROW if isinstance(place, str) else THREAD


def _middles(layers: Layers) -> dict[Place, float]:
    """The height of each place: as near to its neighbours as the order in its column allows."""
    neighbours: dict[Place, list[Place]] = {}
    for way in layers.ways.values():
        for left, right in itertools.pairwise(way):
            neighbours.setdefault(left, []).append(right)
            neighbours.setdefault(right, []).append(left)
    middle: dict[Place, float] = {}
    for column in layers.columns:
        middle.update(_stack(column, dict.fromkeys(column, 0.0)))
    for _ in range(_ROUNDS):
        for column in layers.columns:
            wish = {place: _mean(neighbours.get(place, ()), middle, middle[place]) for place in column}
            middle.update(_stack(column, wish))
    return middle


def _mean(places: Sequence[Place], middle: Mapping[Place, float], otherwise: float) -> float:
    return sum(middle[place] for place in places) / len(places) if places else otherwise


def _stack(column: Sequence[Place], wish: Mapping[Place, float]) -> dict[Place, float]:
    """Heights closest to the wishes (least squares) that keep order and room: pool adjacent violators."""
    offset, at = [], 0.0
    for index, place in enumerate(column):
        at += 0.0 if index == 0 else (_room(column[index - 1]) + _room(place)) / 2
        offset.append(at)
    pools: list[tuple[float, int]] = []
    for place, down in zip(column, offset, strict=True):
        total, count = wish[place] - down, 1
        while pools and pools[-1][0] / pools[-1][1] > total / count:
            more, members = pools.pop()
            total, count = total + more, count + members
        pools.append((total, count))
    level = [total / count for total, count in pools for _ in range(count)]
    return {place: level[index] + offset[index] for index, place in enumerate(column)}


def _path(heights: Sequence[float], column: int, last: int) -> str:
    """A smooth line from the right side of one box to the left side of another, through the joints between."""
    x = MARGIN + column * COLUMN + BOX_WIDTH
    if len(heights) == 2:
        end = MARGIN + last * COLUMN
        if last == column:  # both in one column: out on the right and back in there
            out = x + 18 + min(24.0, abs(heights[1] - heights[0]) / 12)
            return f"M{x:g} {heights[0]:.0f}C{out:g} {heights[0]:.0f} {out:g} {heights[1]:.0f} {x:g} {heights[1]:.0f}"
        bend = min(60.0, (end - x) / 2)
        return f"M{x:g} {heights[0]:.0f}C{x + bend:g} {heights[0]:.0f} {end - bend:g} {heights[1]:.0f} {end:g} {heights[1]:.0f}"
    parts = [f"M{x:g} {heights[0]:.1f}"]
    for index, (here, there) in enumerate(itertools.pairwise(heights)):
        left = x + index * COLUMN
        right = left + COLUMN - BOX_WIDTH
        bend = (right - left) / 2
        parts.append(f"C{left + bend:g} {here:.1f} {right - bend:g} {there:.1f} {right:g} {there:.1f}")
        if index < len(heights) - 2:
            parts.append(f"H{right + BOX_WIDTH:g}")
    return "".join(parts)
