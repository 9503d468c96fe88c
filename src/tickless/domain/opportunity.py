"""Work that comes again and again in what was reported: what it costs, and what could be done about it."""

from __future__ import annotations

from typing import Literal

from pydantic import AwareDatetime, Field

from tickless.domain.record import Record

DraftKind = Literal["runbook", "article", "problem"]
OpportunityState = Literal["found", "chosen", "begun", "dismissed", "gone"]
"""`chosen`: somebody wants it done. `begun`: since `begun_at` it is done another way. `gone`: not found any more."""
Arrival = Literal["too_early", "arrived", "not_shown", "worse", "no_baseline"]


class Interval(Record):
    """An estimate, and between what it lies with 90 %."""

    value: float
    low: float
    high: float


class Month(Record):
    """A stretch of time and what fell into it."""

    since: AwareDatetime
    count: int


class Match(Record):
    """Something there is already that fits."""

    kind: Literal["runbook", "article", "catalogue"]
    id: str
    title: str
    likeness: float = Field(ge=0, le=1)


class Opened(Record):
    """The real thing that was made of its draft: a proposed runbook, an article, a problem, or a line of the register."""

    kind: Literal["runbook", "article", "problem", "improvement"]
    id: str

    @property
    def link(self) -> str:
        """Its page in the console."""
        pages = {"runbook": "proposals", "article": "knowledge", "problem": "problems", "improvement": "improvements"}
        return f"/{pages[self.kind]}/{self.id}"


class Opportunity(Record):
    """One recurring need. Shares are 0 … 1; None: the tickets do not say. Minutes are working minutes of people."""

    version: Literal[1] = 1
    id: str
    """Stays from run to run, as long as most of the same work is found in it."""
    mining: str
    rank: int
    state: OpportunityState = "found"
    name: str
    words: tuple[str, ...] = ()
    """What sets it apart, most telling first."""
    examples: tuple[str, ...] = ()
    """Ids of tickets or cases in its middle."""
    volume: int
    per_month: float
    months: tuple[Month, ...] = ()
    trend: float | None = None
    """Change a month, as a share of the mean; None: too short a time."""
    minutes: Interval | None = None
    """Of handling, each. `basis` says how it was found."""
    basis: str = ""
    days_open: float | None = None
    """Median, from opening to resolution."""
    hand_offs: float | None = None
    """Mean changes of team or assignee."""
    reopened: float | None = None
    determinism: float | None = None
    """Share that went the usual way: the same team, the same end, no second try."""
    unattended: float | None = None
    """Share that was resolved without people, in the last 60 days where enough are over; None: none is over."""
    risk: float = Field(default=0.5, ge=0, le=1)
    """0 harmless … 1 dangerous to automate."""
    risk_why: tuple[str, ...] = ()
    category: str = ""
    team: str = ""
    service: str = ""
    sources: tuple[str, ...] = ()
    match: Match | None = None
    value: Interval
    """Hours a month that people spend on it and that could be saved."""
    draft: DraftKind = "article"
    draft_why: str = ""
    stands: float | None = None
    """How much of it was together in the run before, 0 … 1."""
    first_seen_at: AwareDatetime
    begun_at: AwareDatetime | None = None
    what: str = ""
    """What was done about it."""
    benefit: Benefit | None = None
    opened: tuple[Opened, ...] = ()
    """What people made of it, the latest last."""


class Benefit(Record):
    """Whether what was hoped for came: difference in differences against work like it that was left alone."""

    arrival: Arrival
    change: Interval | None = None
    """Tickets a month, against what was to be expected; below zero: fewer."""
    hours: Interval | None = None
    """Working hours a month."""
    before_days: int = 0
    after_days: int = 0
    beside: tuple[str, ...] = ()
    """Names of what it was compared with."""
    why: str = ""


class Mining(Record):
    """One run over everything there is."""

    version: Literal[1] = 1
    id: str
    at: AwareDatetime
    by: str
    tickets: int
    cases: int
    clusters: int
    grouped: float
    """Share of the items that lie in a cluster."""
    method: str
    stability: float | None = None
    """Adjusted Rand index with the run before, over the items of both; None: there was none."""
    agreement: float | None = None
    """Adjusted Rand index between this run and one on a half of the items."""
    seconds: float = 0.0
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None


Opportunity.model_rebuild()
