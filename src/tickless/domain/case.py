"""A case: one underlying need. The central object."""

from __future__ import annotations

from typing import Literal

from pydantic import AwareDatetime, Field

from tickless.domain.cause import RootCause
from tickless.domain.finding import CaseKind, Evidence
from tickless.domain.record import Record, Untrusted
from tickless.domain.signal import Assurance, Severity

CaseState = Literal[
    "open", "awaiting_person", "awaiting_approval", "acting", "verifying", "resolved", "handed_off", "muted", "merged"
]
Outcome = Literal[
    "verified", "confirmed", "assumed", "regressed", "handed_off", "prevented", "muted", "refused", "withdrawn"
]
Priority = Literal[1, 2, 3, 4]
Role = Literal["requester", "affected", "owner", "approver", "supplier", "helper"]
"""`helper`: invited to work on it together (swarm)."""

LIVE_STATES: frozenset[str] = frozenset({"open", "awaiting_person", "awaiting_approval", "acting", "verifying"})


class Participant(Record):
    """A person or group in a case."""

    case: str
    role: Role
    ref: str
    conversation: str | None = None
    """Where they wrote, so that they can be told when it is over."""
    since: AwareDatetime


class Impact(Record):
    """Whom it hurts. Unknown stays unknown: `people` is None when nobody can say."""

    service: str | None = None
    criticality: int | None = Field(default=None, ge=1, le=4)
    services: tuple[str, ...] = ()
    people: int | None = None
    priority: Priority
    reason: str
    confidence: float | None = Field(default=None, ge=0, le=1)
    """How sure it is that the service which decides the priority suffers; None: nobody can say."""
    in_hours: bool | None = None
    """Whether that service has to work now; None: nobody has said when it has to."""
    severity: Severity | None = None
    """What the monitor said, kept so that the impact can be found anew."""
    steps: int = 0
    """By how much people's words raised it, and in `said` what they said."""
    said: str = ""
    assessed_at: AwareDatetime | None = None
    """When it was found from the map; None: it does not come from the map."""


BY_HAND = "run:"
"""What the subject of a run by hand begins with."""


class Case(Record):
    """One underlying need, from the first signal to an outcome that holds."""

    version: Literal[1] = 1
    id: str
    number: int
    tenant: str = "main"
    kind: CaseKind
    need: str | None
    """Intent or alert class; None while nobody knows what it is about."""
    state: CaseState = "open"
    outcome: Outcome | None = None
    title: Untrusted
    subject: str | None = None
    """What it is about: `person:p017`, `service:shop-web`, `ci:edge-1:/var`."""
    service: str | None = None
    requester: str | None = None
    conversation: str | None = None
    door: Literal["human", "machine"]
    inputs: dict[str, str] = Field(default_factory=dict)
    """What is known of the runbook's inputs: slots and linked entities, as references or plain words."""
    assurance: Assurance = "none"
    """How sure we are that the requester is who they say."""
    speaker: str | None = None
    """The person whose account or session spoke, if bound; differs from the requester when one asks for another."""
    typed_by: str | None = None
    """Who typed for the speaker (the service desk), if anybody: may not approve it."""
    generation: int = 0
    """Counts reopenings: each has its own durable run."""
    impact: Impact
    attempt: int = 0
    regressions: int = 0
    opened_at: AwareDatetime
    reopened_at: AwareDatetime | None = None
    """When it came back, if it did: the time to a resolution counts from there."""
    updated_at: AwareDatetime
    resolved_at: AwareDatetime | None = None
    hold_until: AwareDatetime | None = None
    parent: str | None = None
    merged_into: str | None = None
    """The case that this one was found to be the same as: it has its alerts and people now. Set in the state `merged` only."""
    evidence: tuple[Evidence, ...] = ()
    """Why the signals in it belong together."""
    cause: RootCause | None = None
    """What is behind it, as far as that is known; None: nobody has looked yet."""

    @property
    def live(self) -> bool:
        """Somebody or something still has to act."""
        return self.state in LIVE_STATES

    @property
    def by_hand(self) -> bool:
        """An operator asked for one run of one runbook; no signal led to it."""
        return self.subject is not None and self.subject.startswith(BY_HAND)


TASK_RUN = "task_run"
"""Case input: the run whose task a case is."""


def is_part(case: Case) -> bool:
    """Whether a case is a task of another one: it is done and verified by itself, asked for and withdrawn with the whole."""
    return TASK_RUN in case.inputs


class Message(Record):
    """One line of a conversation, from either side."""

    id: str
    conversation: str
    case: str | None = None
    author: Literal["person", "tickless", "operator"]
    name: str
    text: Untrusted
    card: dict[str, object] | None = None
    """Buttons or a form that goes with it, channel-neutral: {"kind": "choices", "options": [...]}."""
    private: bool = False
    at: AwareDatetime
