"""Major incidents (ITIL 4): who leads, what is told when, and what was learnt; in earnest or as a rehearsal."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, StringConstraints

from tickless.domain.practice import Draft, Event, Kept, Line, Named, Words
from tickless.domain.record import Record

MajorRole = Literal["commander", "communications", "specialist"]
MajorState = Literal["rehearsing", "declared", "stood_down", "reviewed"]
ScoreName = Literal["declared", "roles", "roles_apart", "first_update", "cadence", "cause", "stood_down"]
Url = Annotated[str, StringConstraints(pattern=r"^(https://[^\s<>\"']{3,300})?$")]


class MajorSettings(Record):
    """When an incident is proposed as a major one, and how often there is news of it. One reason is enough."""

    priority: int = Field(default=1, ge=1, le=4)
    """An incident of this priority or a higher one is proposed."""
    people: int = Field(default=100, ge=1)
    """One that reaches so many people is."""
    services: int = Field(default=5, ge=1)
    """One that reaches so many services is."""
    criticality: int = Field(default=0, ge=0, le=4)
    """One that a service of this criticality (1 is the gravest) or a graver one feels is, from `critical_priority` on, unless a
    monitor only warns; 0: how critical a service is counts by the priority alone."""
    critical_priority: int = Field(default=2, ge=1, le=4)
    """The lowest priority at which `criticality` proposes."""
    first: int = Field(default=15, ge=5, le=720)
    """Minutes from the declaration to the first update."""
    cadence: int = Field(default=30, ge=5, le=720)
    """Minutes from one update to the next."""
    bridge: Url = ""
    """Where people meet, such as the address of a standing video room."""
    public_news: bool = False
    """Whether the news of one may be shared by a link that takes no account; each is made and withdrawn by hand."""


class Update(Record):
    """What everybody was told. `late`: by how much it came after it was promised, in seconds; 0: in time."""

    at: AwareDatetime
    by: str
    stage: Literal["first", "progress", "over"]
    text: str
    next_at: AwareDatetime | None = None
    late: float = Field(default=0.0, ge=0)


class PlayedAlert(Record):
    """An alert of a rehearsal. It is shown on the rehearsal's pages and nowhere else; nothing acts on it."""

    at: AwareDatetime
    service: str
    text: str
    severity: Literal["critical", "error", "warning"]


class ScorePart(Record):
    """One thing that a bridge is judged by: points out of `of`, and why."""

    name: ScoreName
    points: float = Field(ge=0)
    of: float = Field(gt=0)
    words: str


class Rehearsal(Record):
    """A storm that is played: what breaks, what is seen when, and how the bridge did."""

    started_at: AwareDatetime
    root: str
    """The service that broke. Shown when it is over."""
    alerts: tuple[PlayedAlert, ...]
    score: tuple[ScorePart, ...] = ()


class MajorIncident(Kept):
    """`owner` is the incident commander. `ref`: the case. A rehearsal has none: it touches no real record."""

    state: MajorState
    case: str | None = None
    number: int | None = None
    """The case's number."""
    criteria: tuple[str, ...] = ()
    """Why it is a major one."""
    bridge: Url = ""
    cadence: int = 30
    communications: str | None = None
    specialists: tuple[str, ...] = ()
    declared_at: AwareDatetime | None = None
    stood_down_at: AwareDatetime | None = None
    roles_filled_at: AwareDatetime | None = None
    next_update_at: AwareDatetime | None = None
    overdue_told_at: AwareDatetime | None = None
    updates: tuple[Update, ...] = ()
    cause: str = ""
    """The service that the bridge names as the cause."""
    cause_named_at: AwareDatetime | None = None
    review: Words = ""
    problem: str | None = None
    news_key: str = ""
    """The hash of the link behind which people without an account read the news; empty: there is none."""
    rehearsal: Rehearsal | None = None
    story: tuple[Event, ...] = ()

    @property
    def ref(self) -> str | None:
        return self.case

    @property
    def due(self) -> dt.datetime:
        return self.made_at

    def holds(self, person: str) -> MajorRole | None:
        """The role that somebody has in it: one at most."""
        if person == self.owner:
            return "commander"
        if person == self.communications:
            return "communications"
        return "specialist" if person in self.specialists else None

    def overdue(self, now: dt.datetime) -> bool:
        """Whether news were promised for before now."""
        return self.state == "declared" and self.next_update_at is not None and self.next_update_at < now


class DeclareDraft(Draft):
    """An incident is a major one. `case`: its number; for a rehearsal leave it out and name the rehearsal's id instead."""

    case: int | None = Field(default=None, ge=1, le=1_000_000_000)
    rehearsal: Named | None = None
    title: Named = ""
    commander: Named
    communications: Named | None = None
    specialists: tuple[Named, ...] = Field(default=(), max_length=30)
    bridge: Url = ""
    cadence: int | None = Field(default=None, ge=5, le=720)
    why: Words = ""


class RolesDraft(Draft):
    """Who has which role from now on; what is left out stays."""

    commander: Named | None = None
    communications: Named | None = None
    specialists: tuple[Named, ...] | None = Field(default=None, max_length=30)
    bridge: Url | None = None


class UpdateDraft(Draft):
    """News for everybody."""

    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2_000)]
    minutes: int | None = Field(default=None, ge=5, le=720)
    """Until the next news; left out: the cadence."""


class RehearsalDraft(Draft):
    """A rehearsal: at which service; left out, one is drawn. `seed`: the same seed plays the same storm."""

    title: Line = "Rehearsal"
    service: Named | None = None
    seed: int = Field(default=0, ge=0, le=1_000_000)
