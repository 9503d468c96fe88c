"""Several needs in one message: where one ends and the next begins. Pure: the brain is asked, nothing else.

A message is cut where its two pieces mean different things and are more like what was taught than the whole is. What that
is worth beside the words at the seam is a logistic function, fitted on pairs that were joined from sentences of CLINC150's
training part and of the shipped examples, with brains that had not seen them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from tickless.ai.brain import Brain, Guess
from tickless.ai.seams import Seam, SeamKind, seams_of

MOST_PARTS = 6
WHOLE, LESSER, GREATER, SAME = 0.27, 0.22, 0.77, -0.30
"""Weights: log-odds of the whole's guess; how much more familiar the less and the more familiar piece is than the whole;
whether the whole means what one of the pieces means."""
SHORT = 1.50
"""Weight of the logarithm of the shorter piece's words, up to `e²` of them."""
CONSTANT = -3.73
AT: dict[SeamKind, float] = {"stop": 3.08, "strong": 4.34, "joint": 0.68, "comma": 0.0}


@dataclass(frozen=True)
class Part:
    """A piece of a message, as it stands there, that says one thing."""

    text: str
    start: int
    end: int
    """`message[start:end] == text`."""
    guess: Guess | None
    """What it most likely means; None if nothing in it can be read."""
    sure: bool
    """Whether that reaches the brain's threshold."""


def parts_of(text: str, brain: Brain) -> tuple[Part, ...]:
    """The pieces of a message in its order; one piece, the whole, where it says one thing. At least one, whatever the text.

    Costs two readings for each place where the message could be cut, and one more.
    """
    spans = _cut(text, 0, brain, MOST_PARTS)
    guesses = brain.rank_many([text[start:end] for start, end in spans], limit=1)
    return tuple(_part(text, span, ranked, brain.threshold) for span, ranked in zip(spans, guesses, strict=True))


def _part(text: str, span: tuple[int, int], ranked: tuple[Guess, ...], threshold: float) -> Part:
    guess = ranked[0] if ranked else None
    sure = guess is not None and guess.confidence >= threshold
    return Part(text[span[0] : span[1]], span[0], span[1], guess, sure)


def _cut(text: str, offset: int, brain: Brain, most: int) -> list[tuple[int, int]]:
    """Where the pieces of `text` begin and end, counted from `offset`."""
    seam = _best_seam(text, brain) if most > 1 else None
    if seam is None:
        return [(offset, offset + len(text))]
    left = _cut(text[: seam.end], offset, brain, most - 1)
    return left + _cut(text[seam.start :], offset + seam.start, brain, most - len(left))


def _best_seam(text: str, brain: Brain) -> Seam | None:
    """The likeliest place to cut, if cutting is likelier than not."""
    seams = seams_of(text)
    if not seams:
        return None
    pieces = [piece for seam in seams for piece in (text[: seam.end], text[seam.start :])]
    whole, *ranked = [ranked[0] if ranked else None for ranked in brain.rank_many([text, *pieces], limit=1)]
    best, most = None, 0.0
    for place, seam in enumerate(seams):
        left, right = ranked[2 * place], ranked[2 * place + 1]
        if whole is None or left is None or right is None or left.label == right.label:
            continue
        words = min(len(text[: seam.end].split()), len(text[seam.start :].split()))
        worth = AT[seam.kind] + SHORT * min(math.log(max(words, 1)), 2.0) + _gain(whole, left, right)
        if worth > most:
            best, most = seam, worth
    return best


def _gain(whole: Guess, left: Guess, right: Guess) -> float:
    """What speaks for two meanings rather than one, without the seam itself."""
    sure = min(max(whole.confidence, 1e-4), 1 - 1e-4)
    lesser, greater = sorted(piece.familiarity - whole.familiarity for piece in (left, right))
    same = SAME if whole.label in (left.label, right.label) else 0.0
    return CONSTANT + WHOLE * math.log(sure / (1 - sure)) + LESSER * lesser + GREATER * greater + same
