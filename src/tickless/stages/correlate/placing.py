"""What becomes of a case that takes something in or comes back. Pure."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from tickless.domain.case import Case, Impact, Outcome
from tickless.domain.finding import CaseKind, Evidence
from tickless.domain.signal import Severity, Signal
from tickless.domain.world import World
from tickless.stages.correlate.impact import impact, personal_impact
from tickless.stages.correlate.live import REASONS

SOLVED: frozenset[Outcome | None] = frozenset({"verified", "confirmed", "assumed", "prevented"})
"""Ends that can turn out not to have held."""


@dataclass(frozen=True)
class Union:
    """A case that is a part of another one (ids), and why."""

    into: str
    gone: str
    why: str


@dataclass(frozen=True)
class Placement:
    """What happened to a finding. `case` is None when it only changed the state of an alert that has no case."""

    how: Literal["open", "join", "again", "reopen", "state"]
    case: Case | None
    why: str
    unions: tuple[Union, ...] = ()
    """Cases that turned out to be one by it, as far as nothing was done about them yet."""


def reopened(case: Case, *, now: dt.datetime) -> dict[str, object]:
    """What changes when a case comes back: a new generation with its own durable run. A one-time code proved who spoke then,
    not who speaks now."""
    return {
        "inputs": {name: text for name, text in case.inputs.items() if name != "confirmed_by"},
        "assurance": "none" if case.assurance == "step_up" else case.assurance,
        "state": "open",
        "outcome": None,
        "generation": case.generation + 1,
        "regressions": case.regressions + (case.outcome in SOLVED),
        "reopened_at": now,
        "resolved_at": None,
        "hold_until": None,
    }


def with_reason(evidence: tuple[Evidence, ...], why: str, signal: Signal) -> tuple[Evidence, ...]:
    """The reasons of a case and one more, said once, as far as there is room."""
    if any(known.text == why for known in evidence) or len(evidence) >= REASONS:
        return evidence
    return (*evidence, Evidence(text=why, source="service map", ref=signal.id))


def impact_of(
    kind: CaseKind,
    service: str | None,
    subject: str,
    severity: Severity | None = None,
    *,
    world: World,
    at: dt.datetime,
) -> Impact:
    """Whom it hurts: a person, or those who use what the map says."""
    if subject.startswith("person:"):
        return personal_impact(kind)
    return impact(kind=kind, service=service, severity=severity, world=world, at=at)
