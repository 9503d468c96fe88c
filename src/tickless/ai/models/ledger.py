"""What a call cost and came to: kept by the caller, durably."""

from __future__ import annotations

import datetime as dt
from typing import Literal, Protocol

from pydantic import AwareDatetime

from tickless.ai.models.options import Use
from tickless.domain.record import Record

Latency = Literal["under 1 s", "under 5 s", "under 20 s", "longer"]


class ModelCall(Record):
    """One question to a model, without its words: for the audit record."""

    version: Literal[1] = 1
    at: AwareDatetime
    use: Use
    model: str
    prompt: str
    request: str
    """SHA-256 of the redacted request."""
    sent: int
    """Tokens."""
    received: int
    latency: Latency
    looked: tuple[str, ...] = ()
    """The tools that it asked, in order."""
    outcome: Literal["used", "discarded", "failed"]
    reason: str = ""


class Ledger(Protocol):
    """The day's tokens and the calls. Kept in the journal, so that neither a restart nor a second process forgets them."""

    def reserve(self, day: dt.date, tokens: int, *, limit: int) -> bool:
        """Take tokens from the day's budget; False, and nothing taken, if that would be more than `limit` in all."""

    def settle(self, day: dt.date, reserved: int, call: ModelCall) -> None:
        """Put what was used in place of what was reserved, and write the call down."""

    def spent(self, day: dt.date) -> int:
        """Tokens taken that day."""


def latency_of(seconds: float) -> Latency:
    """The class of a latency."""
    if seconds < 1:
        return "under 1 s"
    if seconds < 5:
        return "under 5 s"
    return "under 20 s" if seconds < 20 else "longer"
