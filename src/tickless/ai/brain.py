"""What a language brain promises. `lexical` is the one that always works; a sentence encoder takes the same place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Example:
    """A sentence that somebody who means `label` might write."""

    label: str
    text: str


@dataclass(frozen=True)
class Guess:
    """What a sentence might mean. `confidence` is calibrated: of guesses at 0.8 about eight in ten are right."""

    label: str
    confidence: float
    evidence: str
    """The nearest sentence it was taught for that label."""


class Brain(Protocol):
    """Reads one sentence at a time. Immutable once taught: same brain, same version, same words → same guesses."""

    @property
    def name(self) -> str:
        """`lexical`, `embedding`, …: the rung of the ladder that answered."""

    @property
    def version(self) -> str:
        """Changes whenever the method or anything taught changes."""

    @property
    def threshold(self) -> float:
        """Below this confidence a guess is refused."""

    def rank(self, text: str, *, limit: int = 3) -> tuple[Guess, ...]:
        """The likeliest labels, best first, however unlikely. Empty only if the text has nothing readable in it."""

    def guess(self, text: str) -> Guess | None:
        """The best label, or None where the brain would rather not say. Never raises, whatever the text."""
