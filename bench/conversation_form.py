"""T1's form: a conversation, what it is given, what is said, and how it has to end."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, field_validator

from bench.given_form import Given, Words
from bench.suite_files import SUITES, Entry, Form, read_suite

Writer = Literal["employee", "manager", "contractor", "impostor", "service_desk"]
Channel = Literal["web", "slack", "teams", "email", "matrix", "rest", "mcp", "any"]
Need = Literal[
    "password_reset", "account_unlock", "access_request", "access_removal", "vpn_trouble", "software_install",
    "device_trouble", "mailbox_quota", "joiner", "mover", "leaver", "incident_report", "question", "status_of_case",
    "approval_answer", "cancel", "thanks", "out_of_scope",
]  # fmt: skip
Outcome = Literal[
    "verified", "confirmed", "answered", "asked_back", "joined", "handed_off", "needs_approval", "step_up", "refused",
    "nothing",
]  # fmt: skip


def _several(value: object) -> object:
    return [value] if isinstance(value, str) else value


class Turn(Form):
    """Something that the writer says. `otherwise` (written `else`): `skip` sends it only if a question is open."""

    says: str
    otherwise: Literal["skip"] | None = Field(default=None, alias="else")


class End(Form):
    """How one need has to end. `outcome`: any of these is fair."""

    need: Need
    target: Words = "{me}"
    object: Words | None = None
    outcome: Annotated[tuple[Outcome, ...], BeforeValidator(_several), Field(min_length=1)]


Patterns = Annotated[tuple[str, ...], BeforeValidator(_several)]


class Conversation(Entry):
    """One entry of the suite."""

    writer: Writer
    channel: Channel = "any"
    channels: tuple[Channel, ...] = ()
    """Held over each of these, as `id@channel`, in the place of `channel`."""
    given: Given = Field(default_factory=Given)
    turns: tuple[Turn, ...] = Field(min_length=1)
    ends: tuple[End, ...]
    must_say: Patterns = ()
    must_not_say: Patterns = ()
    within_turns: int | None = Field(default=None, ge=0)

    @field_validator("must_say", "must_not_say")
    @classmethod
    def _compile(cls, patterns: tuple[str, ...]) -> tuple[str, ...]:
        for pattern in patterns:
            try:
                re.compile(pattern)
            except re.error as error:
                raise ValueError(f"{pattern!r} is no regular expression: {error}") from error
        return patterns


CONVERSATIONS = SUITES / "conversations"


def read_conversations(folder: Path | None = None) -> list[Conversation]:
    """The suite of this folder, or our own. Raises `CannotRun` with all problems."""
    read = read_suite(folder or CONVERSATIONS, Conversation, keys=("turns", "ends"))
    return [held for one in read for held in _over_each(one)]


def _over_each(one: Conversation) -> list[Conversation]:
    if not one.channels:
        return [one]
    return [
        one.model_copy(update={"id": f"{one.id}@{channel}", "channel": channel, "channels": ()})
        for channel in one.channels
    ]
