"""The shapes of the tools. Their descriptions are what an assistant reads, so they say what it must know."""

from __future__ import annotations

from typing import Any

from pydantic import ConfigDict, Field

from tickless.doors.api.case_schemas import CaseShown
from tickless.doors.api.catalogue import ItemOffered
from tickless.doors.api.conversations import Kind
from tickless.doors.api.schemas import Given, Shown
from tickless.doors.api.signal_schemas import MessageShown

LONGEST_WAIT = 45.0
"""Seconds. Clients give up on a call after a minute or so."""
USUAL_WAIT = 20.0

Wait = Field(default=USUAL_WAIT, ge=0, le=LONGEST_WAIT, description="How many seconds to wait for the answer")


class Ask(Given):
    """Say something to the service desk, in a person's own words, and wait for the answer."""

    model_config = ConfigDict(populate_by_name=True)

    text: str = Field(min_length=1, max_length=8_000, description="What the person says, in their words")
    conversation: str | None = Field(
        default=None, max_length=200, description="Go on with this one; leave it out to begin a new one"
    )
    as_: str | None = Field(
        default=None,
        alias="as",
        max_length=200,
        description="Id or user name of the person spoken for (right `ask_as`)",
    )
    unverified: bool = Field(default=False, description="Nobody checked that it is really that person")
    key: str = Field(default="", max_length=150, description="The same key makes a retry harmless")
    wait_seconds: float = Wait


class Press(Given):
    """Press a button of a card that a message brought."""

    conversation: str = Field(max_length=200)
    deed: Kind
    ref: str = Field(min_length=1, max_length=300, description="The question, approval or case that the card names")
    values: dict[str, str] = Field(default={}, max_length=30, description='For example {"answer": "yes"}')
    key: str = Field(default="", max_length=150, description="The same key makes a retry harmless")
    wait_seconds: float = Wait


class Listen(Given):
    """Read a conversation from after a message, and wait for what comes if there is nothing new."""

    conversation: str = Field(max_length=200)
    after: str = Field(default="", max_length=100, description="Id of the last message you have")
    wait_seconds: float = Field(default=0.0, ge=0, le=LONGEST_WAIT, description="How many seconds to wait for more")


class MyCases(Given):
    """The person's own cases, newest first."""

    live: bool | None = Field(default=None, description="Only those that are being worked on, or only those that ended")
    limit: int = Field(default=20, ge=1, le=100)


class Catalogue(Given):
    """What the person may ask for, and how to say it to `ask`."""

    category: str | None = Field(default=None, max_length=200)


class CaseStory(Given):
    """Everything that happened in one case, stage by stage. For operators."""

    case: str = Field(min_length=1, max_length=100, description="Number or id", examples=["42"])


class Answered(Shown):
    """Where a conversation stands. `working`: the house still acts, so `listen` again behind the last message."""

    conversation: str
    working: bool
    messages: list[MessageShown]
    cases: list[CaseShown]


class CasesFound(Shown):
    items: list[CaseShown]


class ItemsFound(Shown):
    items: list[ItemOffered]


class Refused(Shown):
    """Why not, and what would help."""

    error: dict[str, Any]
