"""A verdict: what independent probes say about the post-conditions."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import AwareDatetime

from tickless.domain.record import Record


class ProbeReading(Record):
    """One question to a system of record, and its answer."""

    uses: str
    question: dict[str, Any]
    answer: dict[str, Any] | None
    expect: str
    held: bool | None
    """None: the probe could not tell (unreachable, or the answer lacks the field)."""
    evidence: str
    at: AwareDatetime


class Verdict(Record):
    """`held` only if every check held; `unknown` if any could not be told and none failed."""

    version: Literal[1] = 1
    id: str
    case: str
    run: str
    result: Literal["held", "failed", "unknown"]
    readings: tuple[ProbeReading, ...]
    hold_until: AwareDatetime | None = None
    made_at: AwareDatetime


class Watch(Record):
    """A resolution that must hold: probed again until the window ends."""

    version: Literal[1] = 1
    id: str
    case: str
    run: str
    subject: str
    """What it is about: a later resolution about the same thing replaces this watch."""
    due_at: AwareDatetime
    until: AwareDatetime
    looks: int = 0
