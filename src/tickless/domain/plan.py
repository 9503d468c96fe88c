"""A plan: a runbook bound to inputs and targets. Approvals bind to its hash."""

from __future__ import annotations

from typing import Any

from pydantic import AwareDatetime

from tickless.domain.record import Record
from tickless.domain.runbook import Check, Effect, Step
from tickless.kit.canonical import digest


class Plan(Record):
    """What would be done, exactly. Two plans with the same hash do the same."""

    version: int = 1
    case: str
    runbook: str
    revision: str
    title: str
    effect: Effect
    reversible: bool
    inputs: dict[str, Any]
    subject: str
    precheck: tuple[Check, ...]
    steps: tuple[Step, ...]
    verify: tuple[Check, ...]
    targets: tuple[str, ...]
    """Records that it touches, for locks and blast radius."""

    @property
    def hash(self) -> str:
        """SHA-256 over everything that decides what happens."""
        return digest(self.model_dump(mode="json", by_alias=True))


def runbooks_of(plan: Plan) -> frozenset[str]:
    """The runbook, and those that it calls."""
    return frozenset({plan.runbook})


class Run(Record):
    """One execution of a plan. Its steps' effects are receipts with the key `run:step`."""

    version: int = 1
    id: str
    case: str
    plan: Plan
    plan_hash: str
    state: str = "pending"
    """pending · running · done · failed · undone · stopped"""
    dry_run: bool = False
    reason: str = ""
    started_at: AwareDatetime
    ended_at: AwareDatetime | None = None
