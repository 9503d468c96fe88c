"""A decision: what to do with a case now, and which policies said so."""

from __future__ import annotations

from typing import Literal

from pydantic import AwareDatetime, Field

from tickless.domain.card import FormField
from tickless.domain.plan import Plan
from tickless.domain.record import Record

DecisionKind = Literal["act", "ask_approval", "suggest", "ask_person", "hand_off", "wait", "mute", "answer", "refuse"]


class PolicyReason(Record):
    """A policy that took part: its id, its plain-language sentence, and which way it spoke."""

    policy: str
    text: str
    effect: Literal["permit", "forbid", "default"]


class Question(Record):
    """What to ask a person, and what for."""

    about: str
    """Name of the input asked for, or `step_up`, `confirm`."""
    text: str
    choices: tuple[str, ...] = ()
    fields: tuple[FormField, ...] = ()
    """Everything that is missing, where it is more than one thing; `about` is the first of them."""


class Decision(Record):
    """What happens next with a case."""

    version: Literal[1] = 1
    id: str
    case: str
    attempt: int
    kind: DecisionKind
    plan: Plan | None = None
    question: Question | None = None
    approvers: tuple[str, ...] = ()
    role: str = ""
    """For `ask_approval` and `suggest`: in which role the approvers are asked."""
    wait_seconds: float = 0.0
    reasons: tuple[PolicyReason, ...] = ()
    summary: str
    """One plain sentence for the story."""
    decided_at: AwareDatetime
    candidates: tuple[str, ...] = Field(default=())


class ApprovalRequest(Record):
    """An approval asked for, bound to a plan's hash."""

    version: Literal[1] = 1
    id: str
    case: str
    decision: str
    plan_hash: str
    requester: str | None
    role: str
    """In which role they are asked: `manager`, `app_owner`, `service_owner`, `person`."""
    approvers: tuple[str, ...]
    beneficiary: str | None = None
    """Whom the plan is for: may not approve it."""
    title: str
    summary: str = ""
    waiting: str = ""
    """Id of the workflow that gets the answer."""
    state: Literal["pending", "approved", "denied", "expired", "withdrawn"] = "pending"
    asked_at: AwareDatetime
    expires_at: AwareDatetime
    answered_by: str | None = None
    answered_at: AwareDatetime | None = None
    reason: str = ""


class OpenQuestion(Record):
    """A question that waits for a person, and the durable run that waits for its answer."""

    version: Literal[1] = 1
    id: str
    case: str
    conversation: str | None
    about: str
    text: str
    choices: tuple[str, ...] = ()
    fields: tuple[FormField, ...] = ()
    waiting: str
    """Id of the workflow that gets the answer."""
    state: Literal["open", "answered", "expired", "withdrawn"] = "open"
    asked_at: AwareDatetime
