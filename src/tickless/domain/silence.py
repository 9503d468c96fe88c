"""A silence: alerts that somebody holds back from cases for a while, with a reason, an owner and an end."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import AwareDatetime, Field

from tickless.domain.matchers import Matcher
from tickless.domain.record import Record

SilenceState = Literal["pending", "active", "expired"]


class Silence(Record):
    """Holds back every alert that fits all matchers, from `starts_at` until `ends_at`."""

    version: Literal[1] = 1
    id: str
    owner: str
    """Who answers for it: a person's id, or `user:<login>`."""
    reason: str
    matchers: tuple[Matcher, ...] = Field(min_length=1)
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    made_by: str
    made_at: AwareDatetime
    updated_at: AwareDatetime

    def state(self, now: dt.datetime) -> SilenceState:
        if now >= self.ends_at:
            return "expired"
        return "active" if now >= self.starts_at else "pending"

    @property
    def written(self) -> str:
        """Its matchers in one line."""
        return ", ".join(matcher.written for matcher in self.matchers)
