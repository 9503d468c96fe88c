"""The moment by which an operation has to be through, however many requests it takes."""

from __future__ import annotations

import time
from dataclasses import dataclass

from tickless.domain.errors import Unreachable


@dataclass(frozen=True)
class Deadline:
    """`end` is a moment of `time.monotonic()`; `who` is who took too long when it passes."""

    end: float
    who: str

    @classmethod
    def within(cls, seconds: float, *, who: str) -> Deadline:
        """A deadline so many seconds from now: `Deadline.within(call.timeout, who="Jira")`."""
        return cls(time.monotonic() + seconds, who)

    def left(self) -> float:
        """Seconds left, more than 0. Raises `Unreachable` when there are none."""
        left = self.end - time.monotonic()
        if left <= 0:
            raise Unreachable(f"{self.who} took too long")
        return left

    @property
    def passed(self) -> bool:
        """Whether there is no time left."""
        return time.monotonic() >= self.end
