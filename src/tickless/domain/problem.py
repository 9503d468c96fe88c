"""Problems (ITIL 4): causes of incidents, worth finding or not, with a workaround until they are removed."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from tickless.domain.practice import Draft, Event, Kept, Line, Named, Words
from tickless.domain.record import Record

ProblemState = Literal["open", "known_error", "closed", "dropped"]
ReviewDepth = Literal["none", "short", "full"]
Part = Annotated[float, Field(ge=0, le=1)]


class ProblemSettings(Record):
    """Which incidents are looked at, for choosing what to look into. What an hour costs is leadership's to assume."""

    days: int = Field(default=90, ge=7, le=365)
    """How far back incidents are looked at."""
    least: int = Field(default=3, ge=2, le=100)
    """Incidents of a kind that it takes to be proposed."""
    hours: float = Field(default=24.0, ge=0)
    """What looking for a cause and removing it takes, in hours, before anything is known of it."""
    longest: float = Field(default=8.0, gt=0, le=168)
    """Hours that one incident counts for at most: nobody works on one through the night because it stays open."""
    again: float = Field(default=5.0, ge=0, le=480)
    """Minutes of work that an incident takes at least where people had it, and each time that it came back."""
    unable: tuple[Part, Part, Part, Part] = (1.0, 0.5, 0.2, 0.05)
    """Which part of their work people cannot do meanwhile, 0 to 1, for the priorities 1 to 4. A guess of ours, the same for
    every kind."""
    full: float = Field(default=5.0, gt=0, le=1_000)
    """A review is full where the careful reading of a year's cost is above so many times what removing the cause takes."""
    full_priority: int = Field(default=1, ge=0, le=4)
    """A review is full where one of this priority or a higher one is among them, whatever it costs; 0: only the cost counts."""


class Candidate(Record):
    """Incidents of one kind at one service. Costs are for a year, in the currency of the settings, with a 95 % interval."""

    key: str
    service: str | None
    need: str | None
    count: int
    cases: tuple[int, ...]
    """Numbers, the newest first."""
    toil_minutes: float
    """That people spent on them, in all."""
    lost_minutes: float
    """Minutes of people who could not work, in all."""
    worst: int
    """The highest priority among them."""
    by_year: float
    cost: float
    cost_low: float
    cost_high: float
    worth: float
    """`cost_low` less what it takes to remove it: above 0 it pays even by the careful reading."""
    words: str


class Problem(Kept):
    """`ref`: the candidate's key (`service|need`)."""

    state: ProblemState = "open"
    need: str | None = None
    key: str = ""
    cases: tuple[int, ...] = ()
    """Numbers of those that it was opened for, and of those that somebody joined to it since."""
    by_hand: tuple[int, ...] = ()
    """Of these: joined by somebody."""
    apart: tuple[int, ...] = ()
    """Of its kind, but somebody said that this is not behind them: no rule joins them again."""
    cause: Words = ""
    workaround: Words = ""
    known_error: str | None = None
    depth: ReviewDepth = "short"
    review: Words = ""
    selected: Candidate | None = None
    """As it was chosen: by what figures."""
    closed_at: AwareDatetime | None = None
    story: tuple[Event, ...] = ()

    @property
    def ref(self) -> str | None:
        return self.key or None

    def joined(self, number: int) -> Problem:
        """The same with that case, by hand unless it is among its own already."""
        apart = tuple(one for one in self.apart if one != number)
        if number in self.cases:
            return self.model_copy(update={"apart": apart})
        return self.model_copy(
            update={"apart": apart, "cases": (*self.cases, number), "by_hand": (*self.by_hand, number)}
        )

    def parted(self, number: int) -> Problem:
        """The same without that case, for good."""
        cases, by_hand = (tuple(one for one in kept if one != number) for kept in (self.cases, self.by_hand))
        apart = (*(one for one in self.apart if one != number), number)
        return self.model_copy(update={"apart": apart, "cases": cases, "by_hand": by_hand})


class ProblemDraft(Draft):
    """A problem as somebody wants it: of a candidate, or freely."""

    title: Line
    candidate: Named = ""
    service: Named | None = None
    need: Named | None = None
    owner: Named | None = None
    why: Words = ""


class CaseLink(Draft):
    """Whether a case belongs to a problem, as somebody says. `case`: its number or id."""

    case: Named
    why: Words


class AnalysisDraft(Draft):
    """What is known of it by now; what is left out stays."""

    cause: Words | None = None
    workaround: Words | None = None
    symptoms: tuple[Named, ...] = Field(default=(), max_length=50)
    """As people describe it; with a workaround it becomes a known error that they are offered."""
    owner: Named | None = None
    review: Words | None = None
