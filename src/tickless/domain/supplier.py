"""Agreements with suppliers and with teams of one's own, and cases that were given to them."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, field_validator

from tickless.domain.hours import read_hours
from tickless.domain.practice import Draft, Event, Kept, Line, Named, Words


class Target(Draft):
    """For a priority: minutes until they answer, and until it works; None: nothing is agreed."""

    priority: int = Field(ge=1, le=4)
    respond: int | None = Field(default=None, ge=1, le=100_000)
    resolve: int | None = Field(default=None, ge=1, le=100_000)


class Contact(Draft):
    """Whom to turn to, so many minutes of the support window after a referral began."""

    name: Line
    how: Line
    after: int = Field(default=0, ge=0, le=100_000)


class _Agreed(Draft):
    hours: Annotated[str, Field(max_length=200)] = ""
    """When they work, such as `Mon-Fri 08:00-18:00 Europe/Berlin`; empty: always."""
    targets: tuple[Target, ...] = Field(default=(), max_length=4)
    escalation: tuple[Contact, ...] = Field(default=(), max_length=20)
    starts_on: dt.date | None = None
    ends_on: dt.date | None = None
    notice_days: int = Field(default=0, ge=0, le=1_000)
    """So long before its end somebody has to decide."""
    reference: Named = ""
    note: Words = ""

    @field_validator("hours")
    @classmethod
    def _readable(cls, given: str) -> str:
        if given:
            read_hours(given)
        return given


class AgreementDraft(_Agreed):
    """An agreement as somebody wants it. `party`: a supplier by id or name (contract), or a team (OLA)."""

    title: Line
    kind: Literal["contract", "ola"] = "contract"
    party: Line
    services: tuple[Named, ...] = Field(default=(), max_length=200)
    owner: Named | None = None


class Agreement(Kept, _Agreed):
    """`ref`: the party."""

    kind: Literal["contract", "ola"]
    state: Literal["active", "ended"] = "active"
    party: str
    services: tuple[str, ...] = ()

    @property
    def ref(self) -> str | None:
        return self.party


class Referral(Kept):
    """A case that is with somebody else, by an agreement. `ref`: the case."""

    state: Literal["waiting", "answered", "over"] = "waiting"
    case: str
    number: int
    agreement: str
    party: str
    reference: str = ""
    """Their number of it."""
    respond_by: AwareDatetime | None = None
    resolve_by: AwareDatetime | None = None
    answered_at: AwareDatetime | None = None
    over_at: AwareDatetime | None = None
    told: tuple[str, ...] = ()
    """Which clocks and escalation points somebody has been told of."""
    story: tuple[Event, ...] = ()

    @property
    def ref(self) -> str | None:
        return self.case


class ReferralDraft(Draft):
    """A case goes to somebody else."""

    case: int = Field(ge=1, le=1_000_000_000)
    agreement: Named
    reference: Named = ""
    owner: Named | None = None
