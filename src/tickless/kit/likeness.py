"""How much two short texts say the same, by their words alone. Pure, symmetric, 0..1."""

from __future__ import annotations

import re
from functools import lru_cache

_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?", re.UNICODE)
_SAYING_NOTHING = """a about again all also am an and any anyone are as at back be been but by can can't cannot could did do
does     doesn't doing don't for from get gets getting got had has have hello help hey hi how i i'm if in into is isn't it it's
    just know let like me my need no not now of off on or our out over please pls still that the their them there they
    this to today too try trying up us very was we what when where which while who why will with won't would you your"""
_EMPTY = frozenset(_SAYING_NOTHING.split())
_ENDINGS = ("ations", "ation", "ings", "ing", "edly", "ers", "ies", "ed", "es", "er", "ly", "s")
SHORTEST = 3
"""Letters that a stem keeps at least."""


def content_words(text: str) -> frozenset[str]:
    """The stems of the words that carry meaning."""
    return _content_words(text[:4_000].casefold())


@lru_cache(maxsize=4_096)
def _content_words(text: str) -> frozenset[str]:
    return frozenset(_stem(word) for word in _WORD.findall(text) if word not in _EMPTY)


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= SHORTEST:
            return word[: -len(ending)]
    return word


def likeness(one: str, other: str) -> float:
    """1 for the same content words, 0 for none in common: Dice's coefficient over stems."""
    mine, theirs = content_words(one), content_words(other)
    if not mine or not theirs:
        return 0.0
    return 2 * len(mine & theirs) / (len(mine) + len(theirs))


def covered(part: str, whole: str) -> float:
    """The share of the content words of `part` that `whole` has, too."""
    mine = content_words(part)
    return len(mine & content_words(whole)) / len(mine) if mine else 0.0
