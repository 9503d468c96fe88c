"""How far two groupings of the same things agree, and which groups are the same. Pure.

Adjusted Rand index: Hubert and Arabie, 1985. 1: the same grouping, 0: as chance would have it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping


def adjusted_rand(one: Mapping[str, Hashable], other: Mapping[str, Hashable]) -> float | None:
    """Over what both have; None where that is less than two things."""
    both = one.keys() & other.keys()
    if len(both) < 2:
        return None
    cells = Counter((one[item], other[item]) for item in both)
    rows, columns = Counter(one[item] for item in both), Counter(other[item] for item in both)
    pairs = sum(map(_pairs, cells.values()))
    of_rows, of_columns = sum(map(_pairs, rows.values())), sum(map(_pairs, columns.values()))
    chance = of_rows * of_columns / _pairs(len(both))
    most = (of_rows + of_columns) / 2
    return 1.0 if most == chance else (pairs - chance) / (most - chance)


def _pairs(count: int) -> float:
    return count * (count - 1) / 2


def same_groups(
    now: Mapping[str, Hashable], before: Mapping[str, str], *, least: float = 0.3
) -> dict[Hashable, tuple[str, float]]:
    """Group of now → the group of before that it goes on with, and how much they share (Jaccard, over what both runs had). Each
    goes on once; those that share most first."""
    both = now.keys() & before.keys()
    cells = Counter((now[item], before[item]) for item in both)
    size_now, size_before = Counter(now[item] for item in both), Counter(before[item] for item in both)
    shared = sorted(
        (
            (count / (size_now[new] + size_before[old] - count), str(new), old, new)
            for (new, old), count in cells.items()
        ),
        key=lambda found: (-found[0], found[1], found[2]),
    )
    found: dict[Hashable, tuple[str, float]] = {}
    taken: set[str] = set()
    for share, _, old, new in shared:
        if share >= least and new not in found and old not in taken:
            found[new] = (old, share)
            taken.add(old)
    return found
