"""On-call: who is called when, by rotations and overrides, and what happens when nobody answers."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, Field, field_validator

from tickless.domain.hours import read_hours
from tickless.domain.practice import Draft, Event, Kept, Line, Named
from tickless.domain.record import Record
from tickless.kit.zones import zones

CalledWhom = Literal["on_call", "next", "service_owner", "manager"]


def _zone(name: str) -> str:
    if name not in zones():
        raise ValueError("there is no such time zone: give an IANA name, such as Europe/Berlin")
    return name


Zone = Annotated[str, AfterValidator(_zone)]


class Layer(Draft):
    """People who take turns. A later layer wins over those before it, where it names somebody."""

    people: tuple[Named, ...] = Field(min_length=1, max_length=60)
    first_day: dt.date
    """The day of the first person's first turn."""
    days: int = Field(default=7, ge=1, le=60)
    """How long a turn is."""
    at: dt.time = dt.time(9, 0)
    """When turns change, by the clocks of the zone."""
    hours: Annotated[str, Field(max_length=200)] = ""
    """Only then, such as `Mon-Fri 18:00-08:00`; empty: always."""

    @field_validator("at")
    @classmethod
    def _local(cls, given: dt.time) -> dt.time:
        return given.replace(tzinfo=None, fold=0)

    @field_validator("hours")
    @classmethod
    def _readable(cls, given: str) -> str:
        if given:
            read_hours(given)
        return given


class Override(Record):
    """Somebody else, for a time. The latest one made wins."""

    id: str
    person: str
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    why: str = ""
    source: str = ""
    """The calendar entry that it came from."""
    by: str = ""


class Step(Draft):
    """Whom to call when nobody has answered for so many minutes since the page began."""

    after: int = Field(ge=0, le=1_440)
    whom: CalledWhom | Named


STEPS = (
    Step(after=0, whom="on_call"),
    Step(after=10, whom="next"),
    Step(after=20, whom="service_owner"),
    Step(after=30, whom="manager"),
)


class Schedule(Kept):
    """Who is called for which services. `services` empty: for whatever no other schedule is for."""

    state: Literal["active", "retired"] = "active"
    services: tuple[str, ...] = ()
    zone: Zone = "UTC"
    layers: tuple[Layer, ...]
    overrides: tuple[Override, ...] = ()
    steps: tuple[Step, ...] = STEPS
    page_at: int = Field(default=2, ge=0, le=4)
    """Incidents of this priority or a higher one call somebody at once; any other when it is handed off."""


class ScheduleDraft(Draft):
    """A schedule as somebody wants it. People and services by id or name."""

    title: Line
    services: tuple[Named, ...] = Field(default=(), max_length=200)
    zone: Zone = "UTC"
    layers: tuple[Layer, ...] = Field(min_length=1, max_length=10)
    steps: tuple[Step, ...] = Field(default=STEPS, min_length=1, max_length=10)
    page_at: int = Field(default=2, ge=0, le=4)
    owner: Named | None = None


class OverrideDraft(Draft):
    """Somebody else is on call for a time."""

    person: Named
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    why: Named = ""


class Shift(Record):
    """Who is called from when until when. `person` None: nobody, which is a gap."""

    person: str | None
    starts_at: AwareDatetime
    ends_at: AwareDatetime


class Load(Record):
    """What somebody carried: hours in all, those outside of Mon-Fri 08:00-18:00, and pages."""

    person: str
    hours: float
    unsocial: float
    pages: int = 0
    pages_unsocial: int = 0


class Call(Record):
    """Somebody was called."""

    at: AwareDatetime
    person: str
    step: int
    begins_at: AwareDatetime | None = None
    """From when on the minutes of their rules count, where their quiet hours put that off; None: from the call."""
    rings: bool = True
    """Whether they are paged on by their rules: not when they passed it on, nor where a step only found nobody."""


class Notice(Record):
    """Somebody was paged: by which of their rules, and where that went."""

    at: AwareDatetime
    person: str
    call: int
    """Which of the page's calls it belongs to."""
    number: int
    """Which of their rules, from 0; beyond those: the last one again."""
    rule: str
    """The rule in words."""
    channel: str
    """Where it went: a channel of the settings; empty: only here, in the web chat."""
    why: str = ""
    """Why it went elsewhere than the rule says."""
    delivery: str | None = None
    """Its way to that channel: what came of it is there."""


class PageOut(Kept):
    """A page: somebody is called for a case until somebody says that they have it. `ref`: the case."""

    state: Literal["calling", "acknowledged", "unanswered", "over"] = "calling"
    case: str
    number: int
    schedule: str
    urgent: bool = True
    """It is of a priority that calls at once; once so, it stays so."""
    calls: tuple[Call, ...] = ()
    notices: tuple[Notice, ...] = ()
    waits_until: AwareDatetime | None = None
    """Whoever was called is not paged before, because of their quiet hours: the minutes of the steps count from then on."""
    acknowledged_at: AwareDatetime | None = None
    acknowledged_by: str | None = None
    story: tuple[Event, ...] = ()

    @property
    def ref(self) -> str | None:
        return self.case
