"""Everything that figures are made of, as plain facts. Whoever reads it out of a journal or a file fills it in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from tickless.stages.measure.metrics.history import CaseHistory

ALWAYS = "24x7"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeFact:
    """A change that was made. `success` None: nobody can say yet."""

    id: str
    title: str
    service: str = ""
    at: dt.datetime
    kind: str = "normal"
    """standard, normal, emergency or deploy."""
    success: bool | None = None
    unauthorised: bool = False
    link: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceFact:
    """A service as it stands: who answers for it, how far its recovery was proved."""

    id: str
    name: str
    criticality: int | None = None
    owner: str = ""
    supplier: str = ""
    hours: str | None = None
    users: int | None = None
    recovery_hours: float | None = None
    """What was promised; None: nothing was."""
    proved_at: dt.datetime | None = None
    """When a failover was last shown to meet it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutageFact:
    """A service was down, or slow (`degraded`). `until` None: it still is."""

    service: str
    since: dt.datetime
    until: dt.datetime | None
    degraded: bool = False
    case: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedFact:
    """A question that somebody asked the knowledge, and whether it helped."""

    id: str
    at: dt.datetime
    article: str = ""
    helped: bool | None = None
    case: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitFact:
    """Something that is used up: when its limit is likely met. None: not within what is looked at."""

    id: str
    text: str
    likely: dt.datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExposureFact:
    """A thing on record with a known weakness that was not mended."""

    id: str
    name: str
    since: dt.datetime | None
    service: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFact:
    """A runbook was run. `good` None: nobody can say."""

    id: str
    case: str
    runbook: str
    at: dt.datetime
    good: bool | None = None
    by_itself: bool = False
    undone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFact:
    """A language model was asked."""

    at: dt.datetime
    tokens: int


@dataclass(frozen=True, kw_only=True)
class Costs:
    """What people assume, as they wrote it down; see `value`."""

    agent_hour: float = 45.0
    employee_hour: float = 40.0
    lost_share: float = 0.5
    """Of an affected person's time, while it lasts and they work."""
    currency: str = "EUR"


@dataclass(frozen=True, kw_only=True)
class Material:
    """`now`: when it was read. `hours`: when people are there to work, for clocks that stand at night; services have their own.
    None in place of a list means that nothing of the kind is kept here, which is not the same as none."""

    now: dt.datetime
    cases: Sequence[CaseHistory] = ()
    changes: Sequence[ChangeFact] | None = None
    services: Sequence[ServiceFact] | None = None
    outages: Sequence[OutageFact] | None = None
    asked: Sequence[AskedFact] | None = None
    limits: Sequence[LimitFact] | None = None
    exposures: Sequence[ExposureFact] | None = None
    runs: Sequence[RunFact] = ()
    models: Sequence[ModelFact] = ()
    runbooks: int = 0
    """How many are kept up."""
    hours: str = ALWAYS
    zone: str = "UTC"
    costs: Costs = field(default_factory=Costs)
    service_names: Mapping[str, str] = field(default_factory=dict)

    def since(self, moment: dt.datetime) -> Material:
        """Without the cases to which nothing happened since then."""
        return replace(self, cases=[one for one in self.cases if (at := one.moved_at) is None or at >= moment])
