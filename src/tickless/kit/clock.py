"""The one source of time. Everything that needs "now" takes a `Clock` or a `datetime`; nothing else asks the system."""

from __future__ import annotations

import datetime as dt
from typing import Protocol


class Clock(Protocol):
    """Tells the time, always aware and in UTC."""

    def now(self) -> dt.datetime: ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> dt.datetime:
        return dt.datetime.now(dt.UTC)


class ManualClock:
    """A clock that stands still until it is moved: for tests, replays and simulations."""

    def __init__(self, start: dt.datetime) -> None:
        if start.tzinfo is None:
            raise ValueError("a clock needs an aware datetime")
        self._now = start.astimezone(dt.UTC)

    def now(self) -> dt.datetime:
        return self._now

    def advance(self, by: dt.timedelta) -> dt.datetime:
        """Move forward and return the new time; moving back is refused."""
        if by < dt.timedelta(0):
            raise ValueError("time does not run backwards")
        self._now += by
        return self._now


class ContinuedClock:
    """Goes on at the machine's pace from some other moment: a story that was played goes on where it ended."""

    def __init__(self, start: dt.datetime) -> None:
        self._ahead = ManualClock(start).now() - dt.datetime.now(dt.UTC)

    def now(self) -> dt.datetime:
        return dt.datetime.now(dt.UTC) + self._ahead
