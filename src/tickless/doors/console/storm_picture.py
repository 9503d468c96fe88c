"""A storm as coordinates: a lane for each service, what was heard over time, and its part of the map. Pure; the template draws
it."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass

from tickless.doors.console.map import Picture, lay_out
from tickless.stages.correlate.regroup.storm import SLOTS, Lane, Storm

LABEL = 170.0
"""Room for the name of a lane."""
WIDTH = 900.0
LANE = 26.0
AXIS = 22.0
MOST_LANES = 30
"""Lanes that are drawn one by one; the rest is one lane, and every one is in the list."""
MOST_ON_MAP = 60
NAME = 24


@dataclass(frozen=True)
class Bar:
    """Something that was heard: from the foot of the lane upwards."""

    x: float
    y: float
    width: float
    height: float
    resolved: bool
    told: str


@dataclass(frozen=True)
class Row:
    """A lane: its name at `y`, a line at `foot`, and its bars."""

    name: str
    y: float
    foot: float
    leads: bool
    bars: tuple[Bar, ...]
    told: str


@dataclass(frozen=True)
class Tick:
    x: float
    at: dt.datetime


@dataclass(frozen=True)
class Timeline:
    """Everything that is drawn, inside `width` × `height`."""

    width: float
    height: float
    rows: tuple[Row, ...]
    ticks: tuple[Tick, ...]


def timeline(storm: Storm) -> Timeline | None:
    """The lanes as they are drawn; None where nothing was heard."""
    if storm.first is None or storm.last is None:
        return None
    lanes, rest = storm.lanes[:MOST_LANES], storm.lanes[MOST_LANES:]
    most = max(slot.fired + slot.resolved for lane in storm.lanes for slot in lane.slots)
    rows = [_row(lane, index, storm.first, storm.last, most) for index, lane in enumerate(lanes)]
    if rest:
        rows.append(_folded(rest, len(lanes), storm.first, storm.last, most))
    ticks = tuple(
        Tick(LABEL + (WIDTH - LABEL) * part, storm.first + (storm.last - storm.first) * part)
        for part in (0.0, 0.5, 1.0)
    )
    return Timeline(WIDTH, len(rows) * LANE + AXIS, tuple(rows), ticks)


def _row(lane: Lane, index: int, first: dt.datetime, last: dt.datetime, most: int) -> Row:
    top = index * LANE
    told = f"{lane.name}: {lane.count} {'alert' if lane.count == 1 else 'alerts'}, {lane.firing} still firing"
    name = lane.name if len(lane.name) <= NAME else lane.name[: NAME - 1] + "…"
    return Row(name, top + LANE / 2 + 4, top + LANE - 3, lane.leads, tuple(_bars(lane, top, first, last, most)), told)


def _folded(lanes: Sequence[Lane], index: int, first: dt.datetime, last: dt.datetime, most: int) -> Row:
    top = index * LANE
    bars = [bar for lane in lanes for bar in _bars(lane, top, first, last, most)]
    alerts = sum(lane.count for lane in lanes)
    return Row(f"{len(lanes)} more", top + LANE / 2 + 4, top + LANE - 3, False, tuple(bars),
               f"{len(lanes)} more services: {alerts} alerts")  # fmt: skip


def _bars(lane: Lane, top: float, first: dt.datetime, last: dt.datetime, most: int) -> list[Bar]:
    """Heights grow with the logarithm of how much was heard, so that one alert beside a thousand can be seen."""
    room, width = LANE - 7, (WIDTH - LABEL) / SLOTS
    length = max((last - first) / SLOTS, dt.timedelta(microseconds=1))
    found = []
    for slot in lane.slots:
        place = min(max(round((slot.at - first) / length), 0), SLOTS - 1)
        foot = top + LANE - 3
        for count, resolved in ((slot.fired, False), (slot.resolved, True)):
            if not count:
                continue
            height = max(3.0, room * math.log1p(count) / math.log1p(max(most, 1)))
            half = width / 2 if slot.fired and slot.resolved else width
            x = LABEL + place * width + (half if resolved and half < width else 0.0)
            told = f"{count} {'resolved' if resolved else 'fired'} at {slot.at:%H:%M:%S} UTC"
            found.append(Bar(round(x, 1), round(foot - height, 1), round(max(half - 1.5, 1.5), 1), round(height, 1),
                             resolved, told))  # fmt: skip
    return found


def part_of_map(storm: Storm) -> Picture | None:
    """The services of the storm and what they need of each other; None where there are too few, or too many to be read."""
    services = [
        lane.key for lane in storm.lanes if lane.key in {one for edge in storm.edges for one in edge} or lane.leads
    ]
    if not storm.edges or len(services) > MOST_ON_MAP:
        return None
    return lay_out(services, list(storm.edges))
