"""The tests behind a warning. Pure.

Trends by Mann (1945) and Kendall (1975), with ties; shares by Fisher's exact test; many at once by Benjamini and Hochberg
(1995), so that of all warnings only so many are expected to be false.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence


def rising(values: Sequence[float]) -> float:
    """How likely a course that is no trend at all would rise at least so much (one-sided p). 1.0 for fewer than four values."""
    count = len(values)
    if count < 4:
        return 1.0
    score = sum((b > a) - (b < a) for place, a in enumerate(values) for b in values[place + 1 :])
    ties = sum(n * (n - 1) * (2 * n + 5) for n in Counter(values).values())
    variance = (count * (count - 1) * (2 * count + 5) - ties) / 18
    if variance <= 0:
        return 1.0
    standard = (
        (score - 1) / math.sqrt(variance) if score > 0 else (score + 1) / math.sqrt(variance) if score < 0 else 0.0
    )
    return 0.5 * math.erfc(standard / math.sqrt(2))


def more_often(after: tuple[int, int], before: tuple[int, int]) -> float:
    """How likely (so, of) would be at least so often so after, if it were no more likely than before (one-sided p)."""
    (hits, of), (earlier, earlier_of) = after, before
    if not of or not earlier_of:
        return 1.0
    every, total = hits + earlier, of + earlier_of
    most = min(every, of)
    logs = [
        _log_choose(of, k) + _log_choose(earlier_of, every - k)
        for k in range(hits, most + 1)
        if every - k <= earlier_of
    ]
    whole = _log_choose(total, every)
    return min(1.0, math.fsum(math.exp(one - whole) for one in logs))


def _log_choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)


def false_discovery(ps: Sequence[float]) -> list[float]:
    """For each p the lowest rate of false discoveries at which it would be one (its q), in the order given."""
    order = sorted(range(len(ps)), key=lambda place: ps[place])
    found, least = [1.0] * len(ps), 1.0
    for rank in range(len(order), 0, -1):
        place = order[rank - 1]
        least = min(least, max(ps[place], ps[place] * len(ps) / rank))  # rounding must not put it below its p
        found[place] = least
    return found
