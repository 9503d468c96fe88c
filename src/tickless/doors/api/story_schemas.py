"""The story of a case: the eight stages in the order of the data's way, as the API tells it."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from pydantic import Field

from tickless.doors.api.case_schemas import CaseShown, ImpactShown, PlanShown
from tickless.doors.api.schemas import Shown
from tickless.doors.api.signal_schemas import MessageShown


class JoinedShown(Shown):
    """1 · A signal of the case, and why it is in it."""

    signal: str
    state: str
    title: str
    why: str
    occurred_at: dt.datetime


class EntityShown(Shown):
    """A thing that was named, and the record it was linked to."""

    kind: str
    text: str
    ref: str | None
    confidence: float
    alternatives: list[str]


class EvidenceShown(Shown):
    """Why we believe something."""

    text: str
    source: str
    ref: str | None


class FindingShown(Shown):
    """2 · What a signal is about."""

    id: str
    signal: str
    act: str
    kind: str | None
    need: str | None
    entities: list[EntityShown]
    slots: dict[str, str]
    confidence: float
    evidence: list[EvidenceShown]
    brain: str
    made_at: dt.datetime


class ReasonShown(Shown):
    """A policy that took part in a decision."""

    policy: str
    text: str
    effect: Literal["permit", "forbid", "default"]


class DecisionShown(Shown):
    """5 · What happens next, and which policies said so."""

    id: str
    attempt: int
    kind: str
    summary: str
    plan: PlanShown | None
    question: str | None
    approvers: list[str]
    reasons: list[ReasonShown]
    decided_at: dt.datetime


class ReceiptShown(Shown):
    """What one step did."""

    key: str
    step: str
    uses: str
    state: str
    changed: bool
    summary: str
    output: dict[str, Any]
    error: str | None
    undo: str | None
    attempts: int
    started_at: dt.datetime
    ended_at: dt.datetime | None


class RunShown(Shown):
    """6 · One execution of a plan, step by step."""

    id: str
    runbook: str
    plan_hash: str
    state: str
    dry_run: bool
    reason: str
    started_at: dt.datetime
    ended_at: dt.datetime | None
    receipts: list[ReceiptShown]


class ReadingShown(Shown):
    """One question to a system of record, and its answer."""

    uses: str
    question: dict[str, Any]
    answer: dict[str, Any] | None
    expect: str
    held: bool | None
    evidence: str
    at: dt.datetime


class VerdictShown(Shown):
    """7 · What independent probes say."""

    id: str
    run: str
    result: Literal["held", "failed", "unknown"]
    readings: list[ReadingShown]
    hold_until: dt.datetime | None
    made_at: dt.datetime


class ResolutionShown(Shown):
    """8 · How it ended, and what that was worth."""

    outcome: str
    runbook: str | None
    seconds: float
    minutes_saved: float
    basis: str
    at: dt.datetime


class ParticipantShown(Shown):
    """Who takes part."""

    role: str
    ref: str
    since: dt.datetime


class SuspectShown(Shown):
    """A thing that may be the cause, and what speaks for it."""

    node: str
    name: str
    chance: float = Field(examples=[0.82])
    because: list[EvidenceShown]


class CauseShown(Shown):
    """What is behind a case: suspects, likeliest first. `named`: the first is likely enough to be called the cause."""

    named: bool
    why: str
    suspects: list[SuspectShown]
    at: dt.datetime
    alerts: int


class StoryShown(Shown):
    """A case from the first signal to an outcome that holds. `signal_count` may be larger than the list."""

    case: CaseShown
    participants: list[ParticipantShown]
    signals: list[JoinedShown]
    signal_count: int
    findings: list[FindingShown]
    correlation: list[EvidenceShown]
    cause: CauseShown | None = Field(
        description="What is behind it; null: nobody has looked, or it is not for the caller"
    )
    impact: ImpactShown
    decisions: list[DecisionShown]
    runs: list[RunShown]
    verdicts: list[VerdictShown]
    resolutions: list[ResolutionShown]
    messages: list[MessageShown]
