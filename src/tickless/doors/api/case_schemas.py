"""Shapes of cases, approvals and runbooks in the API."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from pydantic import ConfigDict, Field

from tickless.doors.api.schemas import Given, Reason, Short, Shown


class ImpactShown(Shown):
    """Whom it hurts. `people` is null when nobody can say."""

    priority: int
    reason: str
    service: str | None
    criticality: int | None
    services: list[str]
    people: int | None
    confidence: float | None
    in_hours: bool | None


class CaseShown(Shown):
    """One underlying need."""

    id: str
    number: int = Field(examples=[42])
    kind: Literal["incident", "request", "question", "risk"]
    need: str | None = Field(examples=["account_unlock"])
    state: str = Field(examples=["resolved"])
    outcome: str | None = Field(examples=["verified"])
    live: bool
    title: str
    door: Literal["human", "machine"]
    subject: str | None
    service: str | None
    requester: str | None
    conversation: str | None
    impact: ImpactShown
    attempt: int
    regressions: int
    opened_at: dt.datetime
    updated_at: dt.datetime
    resolved_at: dt.datetime | None
    hold_until: dt.datetime | None
    parent: str | None = Field(description="Id of the case of which it is a child or a part")
    merged_into: str | None = Field(
        description="Id of the case that has its alerts and people now, in the state `merged`"
    )


class CloseCase(Given):
    """Take a case out of the machine's hands."""

    how: Literal["hand_off", "mute", "withdraw", "confirm"]
    reason: Reason = Field(min_length=1, examples=["the vendor takes it from here"])


class WithdrawCase(Given):
    """It is not wanted any more."""

    reason: Reason = Field(min_length=1, examples=["she isn't coming after all"])


class ReopenCase(Given):
    """It was not solved."""

    reason: Reason = Field(min_length=1, examples=["locked out again after lunch"])


class PlanShown(Shown):
    """What would be done, exactly."""

    hash: str
    runbook: str
    revision: str
    title: str
    effect: str
    reversible: bool
    subject: str
    inputs: dict[str, Any]
    targets: list[str]
    steps: list[str]
    verify: list[str]


class ApprovalShown(Shown):
    """An approval asked for; it binds to `plan_hash` and to nothing else."""

    id: str
    case: str
    title: str
    state: Literal["pending", "approved", "denied", "expired", "withdrawn"]
    plan_hash: str
    requester: str | None
    beneficiary: str | None
    approvers: list[str]
    role: str = Field(examples=["manager"])
    """In which role they are asked."""
    summary: str
    asked_at: dt.datetime
    expires_at: dt.datetime
    answered_by: str | None
    answered_at: dt.datetime | None
    reason: str
    plan: PlanShown | None = None


class AnswerApproval(Given):
    """Yes or no, and why."""

    approve: bool
    reason: Reason = ""


class RunbookShown(Shown):
    """A procedure, in short."""

    id: str
    revision: str
    title: str
    description: str
    owner: str
    kind: str
    effect: str
    intents: list[str]
    inputs: dict[str, str]
    """Name → type."""
    rung: str | None
    """Where it stands on the autonomy ladder; null: where policy begins."""


class RunbookWhole(RunbookShown):
    """A procedure with every step, as the file has it."""

    content: dict[str, Any]


class RunInputs(Given):
    """Values for the runbook's inputs: references or plain words."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"inputs": {"person": "ada"}}]})

    inputs: dict[Short, Reason] = Field(default_factory=dict, max_length=50)


class RunRunbook(RunInputs):
    """Run it: a case is opened, and policy decides as for any other."""

    reason: Reason = Field(min_length=1, examples=["asked for by telephone"])
