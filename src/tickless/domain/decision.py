"""A decision: what to do with a case now, and which policies said so."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from pydantic import AwareDatetime, Field

from tickless.domain.card import FormField
from tickless.domain.plan import Plan
from tickless.domain.record import Record
from tickless.domain.signal import Assurance

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


class ApprovalAsk(Record):
    """Whose yes a plan needs: `needed` different people of `approvers`, in that role."""

    role: str
    approvers: tuple[str, ...]
    needed: int = Field(default=1, ge=1)


class PolicyQuestion(Record):
    """What policy was asked, so that the same can be asked again: kind, id and attributes of both sides, and the context."""

    principal: dict[str, Any]
    action: str
    resource: dict[str, Any]
    context: dict[str, Any]


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
    asks: tuple[ApprovalAsk, ...] = ()
    """For `ask_approval`: everybody whose yes is missing; `role` and `approvers` are the first of them."""
    policy: str = ""
    """Version of the policies that were asked."""
    asked: PolicyQuestion | None = None
    """What they were asked last, if they were."""


class ApprovalAnswer(Record):
    """One person's yes or no."""

    by: str
    approve: bool
    at: AwareDatetime
    reason: str = ""
    assurance: Assurance
    on_behalf_of: str | None = None
    """Who was asked, where somebody who stands in for them answered."""
    policy: str = ""
    """Version of the policies that let it count."""


class Escalation(Record):
    """Nobody answered, so somebody else was asked, too."""

    at: AwareDatetime
    to: tuple[str, ...]


class ApprovalRequest(Record):
    """An approval asked for, bound to a plan's hash."""

    version: Literal[1] = 1
    id: str
    case: str
    decision: str
    plan_hash: str
    requester: str | None
    role: str
    """In which role they are asked: `manager`, `app_owner`, `service_owner`, `person`, `group:<group>:<n>`,
    `role:<role>:<n>`."""
    approvers: tuple[str, ...]
    needed: int = Field(default=1, ge=1)
    """So many different people have to say yes; one no is a no."""
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
    answers: tuple[ApprovalAnswer, ...] = ()
    escalate_at: AwareDatetime | None = None
    """When the next one is asked, if there is no answer by then; None: nobody else is."""
    escalations: tuple[Escalation, ...] = ()

    @property
    def agreed(self) -> tuple[str, ...]:
        """Who has said yes so far."""
        return tuple(answer.by for answer in self.answers if answer.approve)


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
    over_at: AwareDatetime | None = None
    """When it was answered or withdrawn; None: it is open, or ended before that was noted."""

    def over(self, state: Literal["answered", "expired", "withdrawn"], at: dt.datetime) -> OpenQuestion:
        """The same, with how and when it ended."""
        return self.model_copy(update={"state": state, "over_at": at})
