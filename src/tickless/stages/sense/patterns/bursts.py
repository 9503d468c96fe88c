"""When a pattern comes far more often than it used to. Bounded memory, time is given.

Minutes are counted; what is usual is a mean that forgets (half in about two hours), with a spread beside it. A burst begins
when the running minute alone is beyond what mean and spread explain, and ends with a minute that they explain again.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from dataclasses import dataclass
from typing import Literal

MINUTE = 60.0
_FORGETS = math.exp(-1 / 170)
FEWEST = 10
"""Messages in a minute below which nothing is a burst."""
BEYOND = 8.0
"""Times the spread above the mean that is no chance any more."""
_SEEN_ENOUGH = 10
"""Minutes a pattern must have been watched before its rate is believed."""
_LONGEST_GAP = 2_000


@dataclass(frozen=True, slots=True)
class Burst:
    """A change: it begins or ends. `usual` and `seen` are messages a minute."""

    fingerprint: str
    state: Literal["firing", "resolved"]
    usual: float
    seen: float


@dataclass(slots=True)
class _Rate:
    first: int
    minute: int
    count: int = 0
    mean: float = 0.0
    spread: float = 0.0
    """Variance."""
    firing: bool = False

    def limit(self) -> float:
        return max(float(FEWEST), self.mean + BEYOND * math.sqrt(self.spread + self.mean + 1.0))

    def close(self, minute: int) -> None:
        """Take the minutes before `minute` into what is usual. A burst is taken in by its limit, so that it stays one."""
        seen = min(float(self.count), self.limit())
        for _ in range(min(minute - self.minute, _LONGEST_GAP)):
            off = seen - self.mean
            self.mean += (1 - _FORGETS) * off
            self.spread = _FORGETS * (self.spread + (1 - _FORGETS) * off * off)
            seen = 0.0
        self.minute, self.count = minute, 0


class Bursts:
    """Rates of the patterns of one stream."""

    def __init__(self, *, most: int = 10_000) -> None:
        self._most = most
        self._rates: OrderedDict[str, _Rate] = OrderedDict()

    def count(self, fingerprint: str, at: float, count: int = 1) -> Burst | None:
        """`count` messages at `at` (seconds since 1970). What begins with them, if anything does."""
        minute = int(at // MINUTE)
        rate = self._rates.get(fingerprint)
        if rate is None:
            rate = self._rates[fingerprint] = _Rate(first=minute, minute=minute)
            if len(self._rates) > self._most:
                self._rates.popitem(last=False)
        self._rates.move_to_end(fingerprint)
        if minute > rate.minute:
            rate.close(minute)
        rate.count += count
        if rate.firing or minute - rate.first < _SEEN_ENOUGH or rate.count <= rate.limit():
            return None
        rate.firing = True
        return Burst(fingerprint, "firing", rate.mean, float(rate.count))

    def look(self, at: float) -> list[Burst]:
        """What has ended by `at`: a whole minute passed that is usual again."""
        minute, ended = int(at // MINUTE), []
        for fingerprint, rate in self._rates.items():
            if not rate.firing or minute <= rate.minute:
                continue
            seen = rate.count if minute == rate.minute + 1 else 0
            if seen <= rate.limit():
                rate.firing = False
                ended.append(Burst(fingerprint, "resolved", rate.mean, float(seen)))
        return ended
