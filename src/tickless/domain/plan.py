"""A plan: a runbook bound to inputs and targets. Approvals bind to its hash."""

from __future__ import annotations

from typing import Any

from pydantic import AwareDatetime, Field

from tickless.domain.record import Record
from tickless.domain.runbook import Check, Effect, Step
from tickless.domain.step import NEW_KINDS
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
    attached: dict[str, str] = Field(default_factory=dict)
    """What stands in the runbook's attachments."""
    outputs: dict[str, str] = Field(default_factory=dict)
    """Name → expression: what the run gives in the end."""

    @property
    def hash(self) -> str:
        """SHA-256 over everything that decides what happens. What came later and is not used does not count, so that a plan
        keeps the hash under which it was approved."""
        told = self.model_dump(mode="json", by_alias=True)
        for name in ("attached", "outputs"):
            if not told[name]:
                del told[name]
        for step in told["steps"]:
            for kind in NEW_KINDS:
                if step[kind] is None:
                    del step[kind]
        return digest(told)

    @property
    def blast_radius(self) -> int:
        """How many records it changes at most."""
        return len(self.targets) + sum(_items(step) for step in self.steps)


def runbooks_of(plan: Plan) -> frozenset[str]:
    """The runbook, and those that it calls."""
    return frozenset({plan.runbook, *_called(plan.steps)})


def _called(steps: tuple[Step, ...]) -> set[str]:
    found: set[str] = set()
    for step in steps:
        if step.call is not None:
            found |= {step.call.runbook, *(_called(step.call.linked.steps) if step.call.linked else ())}
    return found


def _items(step: Step) -> int:
    if step.for_each is not None:
        return step.for_each.at_most
    if step.call is not None and step.call.linked is not None:
        return sum(_items(one) for one in step.call.linked.steps)
    return 0


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
    outputs: dict[str, Any] = Field(default_factory=dict)
    started_at: AwareDatetime
    ended_at: AwareDatetime | None = None
