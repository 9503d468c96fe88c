"""A lesson: a sentence that the language brain could be taught, because of how a case ended."""

from __future__ import annotations

from typing import Literal

from pydantic import AwareDatetime, Field

from tickless.domain.record import Record, Untrusted

Source = Literal["clarified", "corrected", "confirmed", "model", "person"]
"""How it came: it was not understood and then said in other words; taken for another need and put right; understood, but not
surely; read by a language model; written by a person who looks after the words."""
LessonState = Literal["heard", "proposed", "taught", "refused", "retired"]
"""`heard`: not understood, and what it meant has not shown yet. Only `taught` bears on anything."""


class Lesson(Record):
    """What was said, what it was taken for, and what it turned out to mean. Names of people are taken out of the text."""

    version: Literal[1] = 1
    id: str
    text: Untrusted
    need: str | None = None
    """What it means: a need such as `vpn_trouble`; None while it is only heard."""
    source: Source
    state: LessonState
    taken_for: str | None = None
    """The need that was guessed, however unsurely."""
    confidence: float = Field(default=0.0, ge=0, le=1)
    """Of that guess."""
    conversation: str | None = None
    signal: str | None = None
    cases: tuple[str, ...] = ()
    """The ends that speak for it: verified, or confirmed by the person."""
    people: tuple[str, ...] = ()
    """Who said it; ids."""
    at: AwareDatetime
    decided_by: str | None = None
    decided_at: AwareDatetime | None = None
    reason: str = ""
