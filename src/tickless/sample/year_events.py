"""The words in which a year is written down: what happens when, and who does what about it. `app/` plays it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from tickless.domain.autonomy import Rung
from tickless.sample.day_events import Fault

YearReplyKind = Literal["code", "approve", "deny", "choice", "open_link"]
Word = Literal["yes", "no", "silence"]
"""What a person answers to "did it help?"."""
DeedKind = Literal[
    "account", "import_history", "assume", "claim", "answer", "mine", "opportunity", "rota", "override", "agreement",
    "portfolio", "failover", "asset", "problem", "analyse", "close_problem", "improvement", "improvement_move",
    "improvement_measure", "runbook", "article", "articles_reviewed", "model", "change", "change_approved", "change_begun",
    "change_over", "rehearse", "declare", "update", "cause", "stand_down", "review", "refer", "referral", "month",
    "guard", "subscribe", "measured",
]  # fmt: skip


@dataclass(frozen=True)
class YearReply:
    """What a person does when it is their turn, `after` virtual time. `by`: whose phone or whose yes, as a person's id."""

    kind: YearReplyKind
    by: str = ""
    text: str = ""
    after: dt.timedelta = dt.timedelta(minutes=2)
    heals: Fault | None = None
    """What they mend with their own hands first."""


@dataclass(frozen=True)
class ByHand:
    """What people do about it when Tickless leaves it to them."""

    by: str
    """The person's id."""
    wait: dt.timedelta
    """From the handing over until it is done; where that is at night or at the week-end, it waits for the morning."""
    worked: float
    """Minutes of work in it."""
    words: str
    round_the_clock: bool = False
    """Somebody on call does it, whatever the hour."""


@dataclass(frozen=True)
class Gamed:
    """A lead closes it unsolved as soon as it waits for people; the person comes back with it."""

    by: str
    closes_after: dt.timedelta
    """From when it waits for people."""
    reason: str
    back_after: dt.timedelta
    """From then; they write `text`, in a new conversation."""
    text: str


@dataclass(frozen=True)
class Change:
    """What a colleague changes by hand in the office, as its doors take it: `POST`, `accounts/ada/groups/app-x`."""

    method: str
    path: str


@dataclass(frozen=True)
class Says:
    """Somebody writes to the desk. The faults are there before they write."""

    id: str
    at: dt.datetime
    person: str
    text: str
    need: str
    """What it is in truth, as an intent; empty for what no runbook serves."""
    faults: tuple[Fault, ...] = ()
    replies: tuple[YearReply, ...] = ()
    hand: ByHand | None = None
    change: Change | None = None
    """What has to be changed for them, whoever does it."""
    helped: Word = "silence"
    again: bool = False
    """Comes back once after it was said to be done: the faults are there again, and the person writes `text_again`."""
    text_again: str = ""
    gamed: Gamed | None = None
    mood: float = 0.5
    """How easily they are pleased, 0 to 1; `year_moods.rated` makes of it what they say when they are asked how it was."""


@dataclass(frozen=True)
class Breaks:
    """Something breaks by itself; the monitor sees it (`labels`, `says`) and tells when it is well again."""

    id: str
    at: dt.datetime
    need: str
    faults: tuple[Fault, ...]
    labels: Mapping[str, str]
    """As the monitor's alert carries them: alertname, class, service …"""
    says: str
    hand: ByHand | None = None
    again: dt.timedelta | None = None
    """It breaks again so long after its first repair."""
    storm: int = 0
    """So many further alerts of services that need this one."""
    passes_after: dt.timedelta | None = None
    """It is over by itself after so long."""
    cause: str = ""
    """The event whose doing it is: a change's id."""


@dataclass(frozen=True)
class Deploys:
    """Somebody deploys a service: change news as `POST /hooks/deploys` takes it."""

    id: str
    at: dt.datetime
    service: str
    version: str
    by: str
    title: str = ""


@dataclass(frozen=True)
class Deed:
    """Something people do in the console: `app/year_practices.py` does it through the desks. `detail` depends on `kind`."""

    id: str
    at: dt.datetime
    kind: DeedKind
    detail: Mapping[str, Any] = field(default_factory=dict)


YearEvent = Says | Breaks | Deploys | Deed


@dataclass(frozen=True)
class OldTicket:
    """One row of the old desk's export, of the year before."""

    number: str
    opened: dt.datetime
    resolved: dt.datetime
    category: str
    service: str
    title: str
    requester: str
    team: str
    agent: str
    minutes: int
    """Handling time."""
    hand_offs: int
    reopened: int
    priority: int
    closing: str


@dataclass(frozen=True)
class Quarter:
    """How the people of the house behave in these three months."""

    number: int
    begins: dt.datetime
    ends: dt.datetime
    most_rung: Rung
    """Up to where a promotion that learning proposes is granted."""
    auto: frozenset[str] = frozenset()
    """Runbooks that may be granted `auto` beside."""

    def may_reach(self, runbook: str) -> Rung:
        """The highest rung that is granted to a runbook in this quarter."""
        return "auto" if runbook in self.auto else self.most_rung


@dataclass(frozen=True)
class Gaming:
    """Between these moments a team lead has cases closed that nobody solved, so that they look solved quickly."""

    by: str
    begins: dt.datetime
    ends: dt.datetime


@dataclass(frozen=True)
class Year:
    """A year at the company, in order of time."""

    seed: int
    begins: dt.datetime
    ends: dt.datetime
    events: tuple[YearEvent, ...]
    history: tuple[OldTicket, ...]
    quarters: tuple[Quarter, ...]
    gaming: Gaming

    def between(self, begins: dt.datetime, ends: dt.datetime) -> Iterator[YearEvent]:
        """The events from `begins` up to `ends`."""
        return (event for event in self.events if begins <= event.at < ends)

    def quarter(self, at: dt.datetime) -> Quarter:
        """The quarter of a moment; before the first it is the first, after the last the last."""
        return next((one for one in self.quarters if at < one.ends), self.quarters[-1])
