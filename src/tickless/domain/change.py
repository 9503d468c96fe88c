"""Changes (ITIL 4, change enablement): what is to be altered, how risky that is, who allowed it, and what came of it."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import AwareDatetime, Field

from tickless.domain.practice import Draft, Event, Kept, Line, Named, Words
from tickless.domain.record import Record

ChangeKind = Literal["standard", "normal", "emergency"]
ChangeState = Literal["draft", "asked", "approved", "rejected", "under_way", "watched", "closed", "cancelled"]
Backout = Literal["none", "written", "tested"]
ChangeResult = Literal["success", "degraded", "backed_out", "failed", "unknown"]
"""`unknown`: nothing watches these services and nothing was checked, so nobody can say."""
RiskPartName = Literal["blast_radius", "reversibility", "timing", "dependencies", "maturity"]
OPEN_STATES: tuple[ChangeState, ...] = ("draft", "asked", "approved", "under_way", "watched")


class RiskPart(Record):
    """One part of a risk: from 0 (none) to 1, how much it counts, and why in plain words."""

    name: RiskPartName
    value: float = Field(ge=0, le=1)
    weight: float = Field(gt=0, le=1)
    words: str

    @property
    def points(self) -> float:
        """What it adds to the score, of 100."""
        return 100 * self.value * self.weight


class Risk(Record):
    """0 (harmless) to 100, with its parts."""

    score: int = Field(ge=0, le=100)
    level: Literal["low", "medium", "high"]
    parts: tuple[RiskPart, ...]


class Bearing(Record):
    """Something that happened after a change and bears on its outcome. `ref`: a case, an alert, a change event, a run."""

    kind: Literal["incident", "alerts", "rollback", "check", "report", "watching", "overrun"]
    ref: str = ""
    at: AwareDatetime
    words: str
    speaks: Literal["for", "against", "neither"]


class ChangeOutcome(Record):
    """What came of it, and what that rests on."""

    result: ChangeResult
    at: AwareDatetime
    evidence: tuple[Bearing, ...] = ()
    until: AwareDatetime
    """Until when it was watched."""


class Correction(Record):
    """A person says otherwise, with a reason; what was computed stays beside it."""

    result: ChangeResult
    by: str
    at: AwareDatetime
    reason: str


class Change(Kept):
    """One change. `services` are those that it is made to, the first is `service`."""

    kind: ChangeKind = "normal"
    state: ChangeState = "draft"
    services: tuple[str, ...]
    why: Words = ""
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    backout: Backout = "none"
    backout_plan: Words = ""
    check: Words = ""
    """How it is seen that it works."""
    model: str | None = None
    """The standard change that it is one of."""
    source: str = ""
    """Which source told of it; empty: a person wrote it down."""
    event: str = ""
    """The change event that it was made from."""
    approvals: tuple[str, ...] = ()
    case: str | None = None
    """The case in which its approval is asked for."""
    windows: tuple[str, ...] = ()
    """The planned work that it opened, one for each service."""
    runs: tuple[str, ...] = ()
    """Cases whose runs carry it out: their verdicts are its check."""
    risk: Risk | None = None
    digest: str = ""
    """Of what was approved: anything else takes a new approval."""
    begun_at: AwareDatetime | None = None
    finished_at: AwareDatetime | None = None
    said: Literal["done", "backed_out", "failed"] | None = None
    """What who made it says; an outcome needs more than that."""
    checked: Literal["passed", "failed"] | None = None
    outcome: ChangeOutcome | None = None
    correction: Correction | None = None
    story: tuple[Event, ...] = ()

    @property
    def due(self) -> dt.datetime:
        return self.starts_at

    @property
    def ref(self) -> str | None:
        return self.model

    @property
    def result(self) -> ChangeResult | None:
        """As corrected, else as computed; None: not known yet."""
        return self.correction.result if self.correction else self.outcome.result if self.outcome else None


class ChangeDraft(Draft):
    """A change as somebody wants it. Services and the owner by id or name."""

    title: Line
    services: tuple[Named, ...] = Field(min_length=1, max_length=50)
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    kind: ChangeKind = "normal"
    why: Words = ""
    backout: Backout = "none"
    backout_plan: Words = ""
    check: Words = ""
    model: Named | None = None
    owner: Named | None = None


class ChangeModel(Kept):
    """A standard change: pre-authorised, low risk, done the same way each time. Suspended when its outcomes turn bad."""

    state: Literal["authorised", "suspended", "retired"] = "authorised"
    services: tuple[str, ...] = ()
    """Those that it may be made to; empty: any."""
    most_risk: int = Field(default=45, ge=0, le=100)
    """A change of this model above that score is a normal one."""
    backout: Backout = "written"
    backout_plan: Words = ""
    check: Words = ""
    authorised_by: str = ""
    authorised_at: AwareDatetime | None = None
    suspended_why: str = ""


class ModelDraft(Draft):
    """A standard change as somebody wants it."""

    title: Line
    services: tuple[Named, ...] = Field(default=(), max_length=50)
    most_risk: int = Field(default=45, ge=0, le=100)
    backout: Backout = "written"
    backout_plan: Words = ""
    check: Words = ""
    owner: Named | None = None


class Collision(Record):
    """Something else at the same time, at the same place or at one that is connected."""

    kind: Literal["change", "maintenance", "freeze"]
    ref: str
    title: str
    words: str
    hard: bool
    """It forbids the change rather than warns of it."""
