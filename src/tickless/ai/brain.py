"""What a language brain promises, whichever rung of the ladder answers."""

from __future__ import annotations

from collections.abc import Sequence
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
    familiarity: float = 0.0
    """How much the sentence is like what was taught, whatever it means; comparable between sentences of one brain only."""


@dataclass(frozen=True)
class LeftOut:
    """How an example was read by a brain that had not been taught it: the best label, and how surely."""

    example: Example
    label: str
    confidence: float


class Brain(Protocol):
    """Reads one sentence at a time. Immutable once taught: same brain, same version, same words → same guesses."""

    @property
    def name(self) -> str:
        """`embedding` (words and meaning) or `lexical` (words alone): the rung of the ladder that answers."""

    @property
    def rung(self) -> str:
        """The same for people: by words and meaning, or by words alone, and then why."""

    @property
    def version(self) -> str:
        """Changes whenever the method or anything taught changes."""

    @property
    def examples(self) -> tuple[Example, ...]:
        """All that it was taught."""

    @property
    def left_out(self) -> tuple[LeftOut, ...]:
        """What became of the examples when they were left out while teaching, in no order; some may be missing."""

    @property
    def threshold(self) -> float:
        """Below this confidence a guess is refused."""

    def rank(self, text: str, *, limit: int = 3) -> tuple[Guess, ...]:
        """The likeliest labels, best first, however unlikely. Empty only if the text has nothing readable in it."""

    def rank_many(self, texts: Sequence[str], *, limit: int = 3) -> tuple[tuple[Guess, ...], ...]:
        """`rank` of each sentence, in one go: much quicker than one by one where there are many."""

    def guess(self, text: str) -> Guess | None:
        """The best label, or None where the brain would rather not say. Never raises, whatever the text."""
