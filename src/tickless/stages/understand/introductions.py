"""Where writers name themselves: `this is Tom`, a signature, `Tom from Sales here`. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tickless.stages.understand.names import PeopleIndex
from tickless.stages.understand.text import Word, listed

_SAYS_WHO = re.compile(r"\b(?:this is|i am|i'm|im|my name is|my name's|it's|its|name:|signed,?)\s*$", re.IGNORECASE)
_HERE = re.compile(r"^(?: (?:from|in|of) [^:,.\n]{2,40}?)?(?: here\b|: (?:my|i|i'm)\b)", re.IGNORECASE)
_CLOSING = listed(
    "thanks thank you thx cheers regards best kind many greetings sincerely yours with warm br vg lg mfg and"
)


def introductions(index: PeopleIndex, words: Sequence[Word], text: str, *, writer: str | None) -> frozenset[int]:
    """Places of words in which writers name themselves, though others may be called the same."""
    own = index.called.get(writer or "", frozenset())
    if not own:
        return frozenset()
    found: set[int] = set()
    for at, word in enumerate(words):
        goes_on = at - 1 in found and text[words[at - 1].end : word.start] == " "
        if word.plain in own and not word.owns and (goes_on or _is_own(words, at, text, own)):
            found.add(at)
    return frozenset(found)


def _is_own(words: Sequence[Word], at: int, text: str, own: frozenset[str]) -> bool:
    word = words[at]
    return (
        bool(_SAYS_WHO.search(text[: word.start]))
        or bool(_HERE.match(text[word.end :]))
        or _signs(words, word, text, own)
    )


def _signs(words: Sequence[Word], word: Word, text: str, own: frozenset[str]) -> bool:
    """The line holds the writer's names alone, and stands after a closing or after another line."""
    start = text.rfind("\n", 0, word.start) + 1
    end = text.find("\n", word.end)
    line = [one for one in words if start <= one.start and one.end <= (len(text) if end < 0 else end)]
    named = [one for one in line if one.plain not in _CLOSING]
    return all(one.plain in own for one in named) and (start > 0 or len(named) < len(line))
