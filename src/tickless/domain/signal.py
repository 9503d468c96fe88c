"""A signal: one normalised observation from either door."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import AwareDatetime, Field

from tickless.domain.record import NOTHING_SAID, Record, Untrusted

SignalKind = Literal["message", "alert", "forecast", "anomaly", "change", "deploy", "heartbeat"]
SignalState = Literal["firing", "resolved", "info"]
Severity = Literal["critical", "error", "warning", "info"]
Assurance = Literal["none", "channel", "signed_in", "step_up"]
"""How sure we are who speaks: nothing · an account bound to a person · a session · a one-time code just answered."""


class Deed(Record):
    """A button pressed instead of words: `ref` is the question, approval, page or case it belongs to."""

    kind: Literal[
        "answer",
        "approve",
        "deny",
        "have_it",
        "pass_on",
        "solved",
        "unsolved",
        "helped",
        "not_helped",
        "rate",
        "cancel",
    ]
    ref: str
    values: dict[str, str] = Field(default_factory=dict)
    """`answer` for a choice or code, field names for a form, `effort` `expected` `satisfaction` for a rating."""


class Sender(Record):
    """Who spoke at the human door. `person` is set only when the channel account is bound to that person."""

    channel: str
    account: str
    conversation: str
    person: str | None = None
    assurance: Assurance = "none"
    via: str | None = None
    """The person who types for somebody else (service desk), if any."""
    name: str = ""
    """What the channel calls them: never believed."""
    email: str = ""
    """An address that the channel vouches for, if it does."""
    address: dict[str, str] = Field(default_factory=dict)
    """Where an outside channel is answered."""
    private: bool = True
    """Nobody else reads this conversation."""
    approves: bool = True
    """Whether what is said here may answer an approval: who may speak as anybody approves for nobody."""
    automatic: str = ""
    """Why a machine wrote this, if one did: it is kept and never answered."""


class Signal(Record):
    """One observation. Idempotent on (`source`, `event_key`); the same trouble has the same `fingerprint`."""

    version: Literal[1] = 1
    id: str
    tenant: str = "main"
    source: str
    event_key: str
    kind: SignalKind
    state: SignalState = "info"
    fingerprint: str
    occurred_at: AwareDatetime
    received_at: AwareDatetime
    severity: Severity | None = None
    title: Untrusted
    body: Untrusted = NOTHING_SAID
    labels: dict[str, Untrusted] = Field(default_factory=dict)
    link: Untrusted | None = None
    sender: Sender | None = None
    deed: Deed | None = None
    payload: str | None = None
    """Id of the raw payload that it was read from."""

    def label(self, *names: str, limit: int = 200) -> str | None:
        """The first of these labels that is there, tamed."""
        for name in names:
            value = self.labels.get(name)
            if value:
                return value.tame(limit)
        return None


class Payload(Record):
    """What arrived, as it arrived: bytes and the headers that matter. Kept so that it can be replayed."""

    source: str
    received_at: dt.datetime
    content_type: str = "application/json"
    headers: dict[str, str] = Field(default_factory=dict)
    body: bytes


class Quarantined(Record):
    """A payload that could not be read: who sent it, why it was refused, how to mend it. Nothing is lost."""

    id: str
    source: str
    received_at: AwareDatetime
    reason: str
    mend: str
    content_type: str
    size: int
    replayed_at: AwareDatetime | None = None
