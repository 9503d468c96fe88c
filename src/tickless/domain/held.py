"""What a language model was asked for, and what is kept of it: messages that wait for their turn, and summaries of cases."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import AwareDatetime

from tickless.domain.record import Record
from tickless.domain.signal import Signal


class Held(Record):
    """A message that is written down and not acted on yet. Gone as soon as it is heard."""

    version: Literal[1] = 1
    id: str
    """Of its signal."""
    place: int
    """Order within the house: a conversation is heard in it."""
    conversation: str
    signal: Signal
    state: Literal["read", "behind"]
    """A model reads it; or it came while one read an earlier message of the conversation."""
    came_at: AwareDatetime
    """It answers only what had been asked by then."""
    since: AwareDatetime
    """When it got into this state."""
    asked: bool = False
    """The model was asked, which happens once whatever is cut off."""
    reading: dict[str, Any] | None = None
    """What the model read, checked; None: nothing (yet)."""
    source: str = ""
    """The model and its prompt's version."""
    why: str = ""
    """Why there is no reading."""


class CaseSummary(Record):
    """A handed-off case in a model's words, checked against its pack."""

    version: Literal[1] = 1
    id: str
    """One for each time that it was handed off."""
    case: str
    generation: int
    text: str
    """Empty: there is none, for the reason in `why`."""
    source: str = ""
    """The model and its prompt's version."""
    why: str = ""
    asked: bool = False
    at: AwareDatetime
