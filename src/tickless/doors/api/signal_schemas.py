"""Shapes of signals and of what is said in the API."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from pydantic import ConfigDict, Field

from tickless.doors.api.schemas import Given, Short, Shown


class SignalShown(Shown):
    """One observation from either door."""

    id: str
    source: str
    kind: str
    state: str
    severity: str | None
    title: str
    body: str
    labels: dict[str, str]
    fingerprint: str
    occurred_at: dt.datetime
    received_at: dt.datetime


class QuarantineShown(Shown):
    """A payload that could not be read, kept for a replay."""

    id: str
    source: str
    received_at: dt.datetime
    reason: str
    mend: str
    content_type: str
    size: int
    replayed_at: dt.datetime | None


class Receipted(Shown):
    """How many signals a payload held, and how many of them were new."""

    received: int
    new: int
    quarantined: str | None = None
    reason: str | None = None
    mend: str | None = None


class Say(Given):
    """A message. `as` names the person who is spoken for, by id or user name: that takes the right `ask_as`."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"text": "I'm locked out of my account"}, {"text": "VPN is slow", "as": "ada"}]}
    )

    text: str = Field(min_length=1, max_length=8_000)
    conversation: Short | None = None
    as_: Short | None = Field(default=None, alias="as")
    unverified: bool = False
    """Nobody checked that it is really that person: what needs a verified identity will ask for it."""


class Taken(Shown):
    """The message was taken in; watch `conversation` for the answer."""

    signal: str
    conversation: str


class MessageShown(Shown):
    """One line of a conversation. `hidden`: it is private and not for the caller; text and card are left out."""

    id: str
    conversation: str
    case: str | None
    author: Literal["person", "tickless", "operator"]
    name: str
    text: str
    card: dict[str, Any] | None
    private: bool
    hidden: bool = False
    at: dt.datetime


class Secret(Shown):
    """A one-time secret, shown this once."""

    secret: str
