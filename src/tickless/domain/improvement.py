"""Improvements: actions with an owner, a date, a benefit that is expected and one that is measured."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import AwareDatetime, Field

from tickless.domain.practice import Draft, Event, Kept, Line, Named, Words
from tickless.domain.record import Record

ImprovementState = Literal["proposed", "agreed", "under_way", "done", "dropped"]
BenefitVerdict = Literal["arrived", "partly", "not_arrived", "not_measured", "too_soon"]


class Counted(Draft):
    """Which cases are counted for it: how many come in so many days. Both may be left out, not both."""

    service: Named | None = None
    need: Named | None = None
    days: int = Field(default=28, ge=1, le=365)


class Measurement(Record):
    """What was found: `value` in the improvement's unit. `low`, `high`: a 95 % interval, where it was counted."""

    at: AwareDatetime
    value: float
    low: float | None = None
    high: float | None = None
    by: str
    evidence: str


class Improvement(Kept):
    """`ref`: what it comes from, such as `prb-3` or `mjr-1`."""

    state: ImprovementState = "proposed"
    why: Words = ""
    origin: str = ""
    due_at: AwareDatetime
    measure: Words = ""
    """What shows that it helped, in words."""
    unit: Named = ""
    better: Literal["lower", "higher"] = "lower"
    baseline: float | None = None
    expected: float | None = None
    """The value that is expected once it is done."""
    counted: Counted | None = None
    measured: tuple[Measurement, ...] = ()
    done_at: AwareDatetime | None = None
    story: tuple[Event, ...] = ()

    @property
    def ref(self) -> str | None:
        return self.origin or None

    @property
    def due(self) -> dt.datetime:
        return self.due_at


class ImprovementDraft(Draft):
    """An improvement as somebody wants it."""

    title: Line
    owner: Named
    due_at: AwareDatetime
    why: Words = ""
    origin: Named = ""
    service: Named | None = None
    measure: Words = ""
    unit: Named = ""
    better: Literal["lower", "higher"] = "lower"
    baseline: float | None = Field(default=None, allow_inf_nan=False)
    expected: float | None = Field(default=None, allow_inf_nan=False)
    counted: Counted | None = None


class ImprovementEdit(Draft):
    """What may change until it is done. What it is measured by stays: else any benefit could be had afterwards."""

    title: Line | None = None
    owner: Named | None = None
    due_at: AwareDatetime | None = None
    why: Words | None = None
    note: Words = ""


class MeasurementDraft(Draft):
    """What somebody found, with what shows it."""

    value: float = Field(allow_inf_nan=False)
    evidence: Line
