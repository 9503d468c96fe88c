"""Which two things alert together more often than by chance, where no known edge explains it. Bounded."""

from __future__ import annotations

import math
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass

NEAR = 300.0
"""Seconds within which two first alerts are together."""
RECENT = 48
"""Things that alerted just now which are looked at."""
PAIRS = 20_000
"""Pairs that are counted; the rarest are forgotten first."""
RARE = 0.0003
"""Chance of so many coincidences below which two things are taken to be linked."""
LEAST = 2


@dataclass(frozen=True)
class Pair:
    """`service` followed `needs` so many times, where so many were to be expected by chance."""

    service: str
    needs: str
    times: int
    chance: float
    last: float


class Together:
    """Counts who alerts after whom. `explained(one, other)`: whether the map links two things already."""

    def __init__(self, explained: Callable[[str, str], bool]) -> None:
        self._explained = explained
        self._recent: deque[tuple[str, float]] = deque(maxlen=RECENT)
        self._alone: Counter[str] = Counter()
        self._pairs: Counter[tuple[str, str]] = Counter()
        self._last: dict[tuple[str, str], float] = {}
        self._began: float | None = None
        self._now = 0.0

    def saw(self, node: str, at: float) -> None:
        """A thing began to alert. Repeats within `NEAR` count once."""
        self._began, self._now = self._began if self._began is not None else at, max(at, self._now)
        near = [(other, when) for other, when in self._recent if abs(at - when) <= NEAR]
        if any(other == node for other, _ in near):
            return
        self._alone[node] += 1
        self._recent.append((node, at))
        others = {other for other, _ in near}
        if any(self._explained(node, other) for other in others):
            return
        for other in others:
            pair = (node, other)
            self._pairs[pair] += 1
            self._last[pair] = at
        if len(self._pairs) > PAIRS:
            self._pairs = Counter(dict(self._pairs.most_common(PAIRS // 2)))
            self._last = {pair: self._last[pair] for pair in self._pairs}

    def linked(self) -> Iterator[Pair]:
        """Pairs that came together too often for chance. The one that usually came first is what is needed."""
        span = max(self._now - (self._began or 0.0), NEAR)
        for (service, needs), times in self._pairs.items():
            back = self._pairs[needs, service]
            if times + back < LEAST or times < back or (times == back and service > needs):
                continue
            usual = self._alone[service] * self._alone[needs] * 2 * NEAR / span
            chance = _at_least(times + back, usual)
            if chance < RARE:
                yield Pair(service, needs, times + back, chance, self._last[service, needs])


def _at_least(count: int, mean: float) -> float:
    """The chance of `count` or more where `mean` are expected (Poisson)."""
    return max(0.0, 1 - sum(math.exp(-mean) * mean**k / math.factorial(k) for k in range(count)))
