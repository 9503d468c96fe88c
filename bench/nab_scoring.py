"""The score of the Numenta Anomaly Benchmark, v1.1 (Lavin and Ahmad, 2015; the rules of its `scorer` and `sweeper`).

A row is a detection if its score reaches the threshold. The first detection in a window earns up to 1, more the earlier it
is (a sigmoid over the window); a missed window costs; every detection outside costs, less just behind a window. The first
15 % of a file (750 rows at most) count nothing. The sum over all files, at one threshold, is put on a scale where a
detector that says nothing has 0 and a perfect one 100.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
PROBATION: Final = 0.15
LONGEST: Final = 5_000


@dataclass(frozen=True)
class Profile:
    """What a find, a false alarm and a miss weigh."""

    name: str
    found: float
    false: float
    missed: float


STANDARD: Final = Profile("standard", 1.0, 0.11, 1.0)
FEW_FALSE: Final = Profile("reward_low_FP_rate", 1.0, 0.22, 1.0)
FEW_MISSED: Final = Profile("reward_low_FN_rate", 1.0, 0.11, 2.0)
PROFILES: Final = (STANDARD, FEW_FALSE, FEW_MISSED)


@dataclass(frozen=True)
class Scored:
    """A file with a detector's scores, ready to be judged: `gain[row]` is what a detection there is worth before the
    weights, `window[row]` the number of the window or -1; probation is cut off."""

    score: Floats
    gain: Floats
    window: NDArray[np.intp]
    windows: int


def sigmoid(position: float) -> float:
    """-1 is the beginning of a window, 0 its end, beyond 3 nothing is forgiven."""
    return -1.0 if position > 3.0 else 2.0 / (1.0 + math.exp(5.0 * position)) - 1.0


def prepare(scores: Floats, windows: Sequence[tuple[int, int]]) -> Scored:
    """Scores of one file, with what each row is worth."""
    count = len(scores)
    gain, window = np.full(count, -1.0), np.full(count, -1)
    for number, (first, last) in enumerate(windows):
        width = last - first + 1
        for row in range(first, last + 1):
            gain[row] = sigmoid(-(last - row + 1) / width) / sigmoid(-1.0)
            window[row] = number
        until = windows[number + 1][0] if number + 1 < len(windows) else count
        for row in range(last + 1, until):
            gain[row] = sigmoid((row - last) / (width - 1)) if width > 1 else -1.0
    begin = min(math.floor(PROBATION * count), int(PROBATION * LONGEST))
    seen = window[begin:]
    return Scored(scores[begin:], gain[begin:], seen, len(np.unique(seen[seen >= 0])))


def raw_score(one: Scored, threshold: float, profile: Profile) -> float:
    """The score of one file at that threshold, before it is put on the scale."""
    hit = one.score >= threshold
    outside = profile.false * float(one.gain[hit & (one.window < 0)].sum())
    inside = 0.0
    for number in np.unique(one.window[one.window >= 0]):
        gains = one.gain[hit & (one.window == number)]
        inside += max(profile.found * float(gains.max()), -profile.missed) if len(gains) else -profile.missed
    return inside + outside


def nab_score(files: Sequence[Scored], threshold: float, profile: Profile = STANDARD) -> float:
    """0 for a detector that says nothing, 100 for a perfect one; below 0 for a worse one."""
    windows = sum(one.windows for one in files)
    raw = sum(raw_score(one, threshold, profile) for one in files)
    return 100.0 * (raw + profile.missed * windows) / ((profile.found + profile.missed) * windows)


def best_threshold(files: Sequence[Scored], profile: Profile = STANDARD) -> float:
    """The threshold with the best score on these files, as NAB's own optimiser chooses it: every score is tried."""
    steps = np.zeros(0)
    places = np.zeros(0)
    for one in files:
        place, change = _changes(one, profile)
        places, steps = np.concatenate([places, place]), np.concatenate([steps, change])
    order = np.argsort(-places, kind="stable")
    places, total = places[order], np.cumsum(steps[order])
    last = np.append(places[1:] != places[:-1], True)  # rows of equal score are found together
    return float(places[last][np.argmax(total[last])]) if total[last].max() > 0 else math.inf


def _changes(one: Scored, profile: Profile) -> tuple[Floats, Floats]:
    """How the score of a file changes as the threshold falls to each of its rows' scores."""
    order = np.argsort(-one.score, kind="stable")
    change = np.zeros(len(order))
    best = np.full(one.window.max(initial=-1) + 1, -profile.missed)
    for place, row in enumerate(order):
        number = one.window[row]
        if number < 0:
            change[place] = profile.false * one.gain[row]
        elif (worth := profile.found * one.gain[row]) > best[number]:
            change[place] = worth - best[number]
            best[number] = worth
    return one.score[order], change
