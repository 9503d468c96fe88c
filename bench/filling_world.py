"""Measures that rise to a limit, or only seem to: disks, leaks, pools, quotas. Knows nothing of the method.

Every ten minutes for a number of days; the limit is 100. Whoever meets it is emptied (somebody mended it), and goes on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
A_DAY = 144
LIMIT = 100.0


@dataclass(frozen=True)
class Filled:
    """A series, and the places at which it met the limit."""

    kind: str
    values: Floats
    crossings: tuple[int, ...]


Rate = Callable[[int], float]


def world(seed: int, *, series: int, days: int) -> list[Filled]:
    """So many series, of all kinds in turn."""
    random = np.random.default_rng(seed)
    names = list(KINDS)
    return [_one(names[number % len(names)], random, days * A_DAY) for number in range(series)]


def _one(kind: str, random: np.random.Generator, steps: int) -> Filled:
    start, change, noise = KINDS[kind](random)
    level, crossings, values = start, [], np.empty(steps)
    wobble = 0.0
    for step in range(steps):
        level = max(1.0, level + change(step))
        wobble = 0.7 * wobble + random.normal(0, noise)
        values[step] = min(level + wobble, LIMIT)
        if level + wobble >= LIMIT:
            crossings.append(step)
            level, wobble = random.uniform(25, 55), 0.0
    return Filled(kind, values, tuple(crossings))


Made = tuple[float, Rate, float]


def _steady(random: np.random.Generator) -> Made:
    rate = random.uniform(3, 14) / A_DAY
    return random.uniform(30, 60), lambda step: rate, random.uniform(0.05, 0.4)


def _working_days(random: np.random.Generator) -> Made:
    rate = random.uniform(6, 20) / A_DAY

    def change(step: int) -> float:
        hour, day = step % A_DAY / 6, step // A_DAY % 7
        return rate * (2.4 if 8 <= hour < 18 else 0.15) * (0.15 if day >= 5 else 1.0)

    return random.uniform(20, 50), change, random.uniform(0.05, 0.4)


def _emptied_at_night(random: np.random.Generator) -> Made:
    """Fills through the day, is cleaned each night: never meets the limit."""
    amount = random.uniform(15, 35)
    hour = int(random.uniform(0, 5) * 6)

    def change(step: int) -> float:
        return -amount if step % A_DAY == hour else amount / (A_DAY - 1)

    return random.uniform(25, 50), change, random.uniform(0.05, 0.5)


def _emptied_too_little(random: np.random.Generator) -> Made:
    amount, leak = random.uniform(10, 25), random.uniform(2, 8)

    def change(step: int) -> float:
        return -amount if step % A_DAY == 18 else (amount + leak) / (A_DAY - 1)

    return random.uniform(20, 45), change, random.uniform(0.05, 0.5)


def _copies(random: np.random.Generator) -> Made:
    """A big file comes at some hour of most nights and goes again."""
    size = random.uniform(15, 35)
    state = {"there": 0}

    def change(step: int) -> float:
        if step % A_DAY == 12 and random.random() < 0.8:
            state["there"] = int(random.integers(6, 40))
            return size
        if state["there"]:
            state["there"] -= 1
            if not state["there"]:
                return -size
        return random.normal(0, 0.02)

    return random.uniform(30, 55), change, random.uniform(0.05, 0.3)


def _wandering(random: np.random.Generator) -> Made:
    drift, width = random.uniform(0, 5) / A_DAY, random.uniform(0.15, 0.45)
    return random.uniform(35, 60), lambda step: drift + random.normal(0, width), 0.1


def _faster_and_faster(random: np.random.Generator) -> Made:
    first, gain = random.uniform(0.5, 2) / A_DAY, random.uniform(0.5, 1.5)
    return random.uniform(20, 40), lambda step: first * (1 + gain * (step % (9 * A_DAY)) / A_DAY), 0.2


def _busy_but_full(random: np.random.Generator) -> Made:
    """Stands high, breathes with the day, goes nowhere."""
    swing = random.uniform(1, 4)

    def change(step: int) -> float:
        return float(swing * np.cos(2 * np.pi * step / A_DAY) * 2 * np.pi / A_DAY)

    return random.uniform(80, 90), change, random.uniform(0.1, 0.6)


def _restarted(random: np.random.Generator) -> Made:
    """A leak that somebody restarts in time, at odd hours: never meets the limit."""
    rate = random.uniform(15, 40) / A_DAY
    state = {"since": 0.0}

    def change(step: int) -> float:
        state["since"] += rate
        if state["since"] > random.uniform(25, 60):
            gone, state["since"] = state["since"], 0.0
            return -gone
        return rate

    return random.uniform(15, 30), change, random.uniform(0.1, 0.5)


def _sudden(random: np.random.Generator) -> Made:
    """Quiet for days, then a runaway log fills it in hours."""
    waits, runs = int(random.uniform(4, 9) * A_DAY), int(random.uniform(0.6, 1.2) * A_DAY)
    rate = random.uniform(60, 150) / A_DAY

    def change(step: int) -> float:
        return (rate if step % (waits + runs) >= waits else 0.0) + random.normal(0, 0.02)

    return random.uniform(30, 50), change, 0.15


def _seats(random: np.random.Generator) -> Made:
    """Whole numbers, taken in office hours."""
    rate = random.uniform(2, 8)

    def change(step: int) -> float:
        busy = 9 <= step % A_DAY / 6 < 17 and step // A_DAY % 7 < 5
        return float(random.poisson(rate / 48)) if busy else 0.0

    return float(random.integers(40, 70)), change, 0.0


KINDS: dict[str, Callable[[np.random.Generator], Made]] = {
    "steady": _steady,
    "working days": _working_days,
    "emptied at night": _emptied_at_night,
    "emptied too little": _emptied_too_little,
    "copies": _copies,
    "wandering": _wandering,
    "faster and faster": _faster_and_faster,
    "busy but full": _busy_but_full,
    "restarted": _restarted,
    "sudden": _sudden,
    "seats": _seats,
}
