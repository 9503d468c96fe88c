"""How somebody wants to be paged while they are on call: by which channels, in which order, after how many minutes."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, field_validator, model_validator

from tickless.domain.hours import read_hours
from tickless.domain.practice import Draft, Line

USUAL = "usual"
"""Not a channel by name: that in which somebody was heard last, as everything else reaches them."""
SOON = 5
"""Minutes within which whoever is on call is paged for what is urgent, whatever their rules say."""
LONGEST_QUIET = 72
"""Hours in a row."""
_STEP = dt.timedelta(minutes=15)


class PagedBy(Draft):
    """One way to page somebody, so many minutes after they were called."""

    after: int = Field(default=0, ge=0, le=240)
    by: Line = USUAL
    """A channel by the name it has in the settings, such as `slack` or `mail`; or `usual`."""


class Ways(Draft):
    """The ways to page somebody, in order; then the last of them again and again until somebody has it."""

    steps: tuple[PagedBy, ...] = Field(min_length=1, max_length=10)
    again: int | None = Field(default=None, ge=5, le=240)
    """Minutes between two of those; None: not again."""

    @model_validator(mode="after")
    def _in_order(self) -> Ways:
        if any(one.after > other.after for one, other in pairwise(self.steps)):
            raise ValueError("a later way has fewer minutes than one before it: put them in the order of their minutes")
        if len(set(self.steps)) < len(self.steps):
            raise ValueError("the same channel twice after the same minutes: leave one of them out")
        return self


class PagingRulesDraft(Draft):
    """Rules as somebody wants them."""

    urgent: Ways
    """For what calls at once: the schedule's `page_at` or a higher priority."""
    other: Ways | None = None
    """For anything else, which calls when it is handed off; None: as for what is urgent."""
    quiet: Annotated[str, Field(max_length=200)] = ""
    """Hours in which nothing but what is urgent pages, such as `daily 22:00-07:00 Europe/Berlin`; empty: none."""

    @field_validator("urgent")
    @classmethod
    def _soon(cls, given: Ways) -> Ways:
        if given.steps[0].after > SOON:
            raise ValueError(f"what is urgent pages within {SOON} minutes: let the first way begin earlier")
        return given

    @field_validator("quiet")
    @classmethod
    def _ends(cls, given: str) -> str:
        if given.strip() and _longest(given) > dt.timedelta(hours=LONGEST_QUIET):
            raise ValueError(f"quiet hours last up to {LONGEST_QUIET} hours in a row: swap on the schedule for longer")
        return given.strip()


class PagingRules(PagingRulesDraft):
    """The rules of one person."""

    version: Literal[1] = 1
    person: str
    made_by: str
    made_at: AwareDatetime


def _longest(text: str) -> dt.timedelta:
    """The longest time in a row that hours cover, within a fortnight."""
    hours, at = read_hours(text), dt.datetime(2026, 1, 5, tzinfo=dt.UTC)
    longest, run = dt.timedelta(0), dt.timedelta(0)
    for _ in range(14 * 96):
        run = run + _STEP if hours.covers(at) else dt.timedelta(0)
        longest, at = max(longest, run), at + _STEP
    return longest
