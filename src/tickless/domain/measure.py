"""What is counted: one resolution a row, never changed except to say that it did not hold."""

from __future__ import annotations

from typing import Literal

from pydantic import AwareDatetime, Field

from tickless.domain.case import Outcome
from tickless.domain.record import Record


class Resolution(Record):
    """One end of a case. If the trouble comes back inside the hold window the row becomes `regressed`."""

    version: Literal[1] = 1
    id: str
    case: str
    outcome: Outcome
    door: Literal["human", "machine"]
    need: str | None = None
    runbook: str | None = None
    service: str | None = None
    seconds: float = Field(ge=0)
    """From the first signal to this end."""
    minutes_saved: float = 0.0
    basis: str = ""
    at: AwareDatetime
