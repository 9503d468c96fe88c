"""What says just what another alarm said of the same thing a moment ago: where that one went, unless something began since that
may be behind both."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Collection

FOLLOWS = 30.0
"""Seconds within which an alarm that says just what another one said of the same thing follows it."""
MOST = 5_000
FOUNDERS = 64
Gist = tuple[object, ...]


class Gists:
    """Bounded: the oldest go first."""

    def __init__(self) -> None:
        self._went: OrderedDict[Gist, tuple[str, float, int]] = OrderedDict()
        self._founders: deque[tuple[int, str | None]] = deque(maxlen=FOUNDERS)
        self._count = 0

    def began(self, node: str | None) -> None:
        """Something new began there."""
        self._count += 1
        self._founders.append((self._count, node))

    def of(self, gist: Gist, at: float, causes: Collection[str]) -> tuple[str, float] | None:
        """Where the last one went and when, if this may follow it. `causes`: what may be behind trouble of its thing."""
        found = self._went.get(gist)
        if found is None or abs(at - found[1]) > FOLLOWS:
            return None
        news = any(which > found[2] and where in causes for which, where in self._founders)
        return None if news else (found[0], found[1])

    def went(self, gist: Gist, group: str, at: float) -> None:
        """It was weighed, and went there."""
        self._went[gist] = (group, at, self._count)
        while len(self._went) > MOST:
            self._went.popitem(last=False)

    def followed(self, gist: Gist, group: str, at: float) -> None:
        """It followed another."""
        _, when, count = self._went.get(gist, (group, at, self._count))
        self._went[gist] = (group, max(at, when), count)

    def forget(self) -> None:
        """The map changed, or what people said of it."""
        self._went.clear()
