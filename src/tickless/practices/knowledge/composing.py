"""A model's words instead of the article's: only if every sentence names its source and stands in it. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from tickless.practices.knowledge.sections import sentences
from tickless.practices.knowledge.words import addresses, commands_a_machine, denies, names, numbers, telling

SHARE = 0.7
"""Of a sentence's telling words, so many must stand in what it cites."""
MOST_CHARACTERS = 1_200
_MARKS = re.compile(r"\s*((?:\[\d{1,2}\]\s*)+)$")
_NUMBER = re.compile(r"\[(\d{1,2})\]")


@dataclass(frozen=True)
class Passage:
    """What may be cited, by its number."""

    number: int
    text: str


class Composer(Protocol):
    """Puts passages into an answer to a question."""

    def compose(self, question: str, passages: Sequence[Passage]) -> str | None:
        """Text with `[n]` behind each sentence; None when it has nothing to say or cannot. Never raises."""


def stands(text: str, passages: Sequence[Passage]) -> bool:
    """Whether every sentence is cited and found in what it cites: its telling words for the most part, its numbers,
    addresses and names all of them, and a not only where there is one."""
    by_number = {passage.number: passage.text for passage in passages}
    pieces = _cited_sentences(text)
    if not pieces or len(text) > MOST_CHARACTERS:
        return False
    return all(_supported(said, [by_number.get(number) for number in cites]) for said, cites in pieces)


def _cited_sentences(text: str) -> list[tuple[str, list[int]]]:
    """Sentences with the numbers behind them; a citation after the full stop belongs to the sentence before it."""
    joined = re.sub(r"([.!?])\s*((?:\[\d{1,2}\]\s*)+)", lambda m: f" {m[2].strip()}{m[1]} ", text)
    found = []
    for line in joined.splitlines():
        for piece in sentences(line.strip()):
            bare = piece.rstrip(".!? ")
            marks = _MARKS.search(bare)
            cites = [int(number) for number in _NUMBER.findall(marks[1])] if marks else []
            said = _NUMBER.sub("", bare).strip()
            if said:
                found.append((said, cites))
    return found


def _supported(said: str, sources: Sequence[str | None]) -> bool:
    if not sources or None in sources or commands_a_machine(said):
        return False
    source = "\n".join(text for text in sources if text)
    words = telling(said)
    enough = not words or len(words & telling(source)) >= SHARE * len(words)
    near = [
        one for line in source.splitlines() for one in sentences(line) if len(telling(one) & words) * 2 >= len(words)
    ]
    negated = denies(said) == any(denies(one) for one in near) if near else not denies(said)
    facts = numbers(said) <= numbers(source) and addresses(said) <= addresses(source)
    return enough and facts and negated and all(name in source for name in names(said))
