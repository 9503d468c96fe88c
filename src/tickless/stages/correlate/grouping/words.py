"""What words tell: which are rare, which two texts share, and which other things a text names."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable

_TOKEN = re.compile(r"[^\s,;:()\[\]{}'\"=<>%|]+")
_NUMBER = re.compile(r"[\d.,:/-]*\d[\d.,:/-]*(?:ms|s|mb|gb|kb|x|%)?")
LONGEST = 2_000
"""Letters of a text that are read."""
MOST = 60
"""Different words of one text that are read."""
MEMORY = 20_000
"""Texts after which what was usual counts half."""
IN_COMMON = 0.5
"""Share of the words of an alert that its group is expected to explain."""
CAP = 4.0
"""How much words may say at most."""
PLAIN = 0.5
"""What an ordinary word is worth beside an identifier: words of one kind of alert come together in every incident."""
STRANGE = -0.7
"""What it says when nothing rare is shared."""
_QUOTABLE = re.compile(r"(?=.*\d)[a-z0-9._-]{3,24}")
_IDENTIFIER = re.compile(r"(?=.*\d)(?=.*[a-z.])[\w.:-]{4,}")


def words_of(
    text: str, nodes: Iterable[str] | frozenset[str], *, own: str | None
) -> tuple[frozenset[str], frozenset[str]]:
    """The words that a text has beside numbers and names of things, and the other things that it names."""
    known = nodes if isinstance(nodes, (set, frozenset)) else frozenset(nodes)
    words: set[str] = set()
    named: set[str] = set()
    for found in _TOKEN.findall(text[:LONGEST]):
        token = found.strip(".!?-_/").casefold()
        if token in known or found in known:
            named.add(token if token in known else found)
        elif len(token) > 1 and (not _NUMBER.fullmatch(token) or token.count(".") >= 2) and len(words) < MOST:
            words.add(token)
    named.discard(own or "")
    return frozenset(words), frozenset(named)


def gist_of(words: Iterable[str]) -> frozenset[str]:
    """What a text says beside everything that has a number in it: instances, counts, identifiers."""
    return frozenset(word for word in words if not any(letter.isdigit() for letter in word))


class Usual:
    """How often words are seen at all, with slow forgetting. Bounded: rare words go first."""

    def __init__(self) -> None:
        self._seen: Counter[str] = Counter()
        self._texts = 0

    def learn(self, words: Iterable[str]) -> None:
        self._seen.update(words)
        self._texts += 1
        if self._texts >= MEMORY:
            self._texts //= 2
            self._seen = Counter({word: count // 2 for word, count in self._seen.items() if count > 1})

    def chance(self, word: str) -> float:
        """The chance that a text has this word."""
        return (self._seen[word] + 1) / (self._texts + 30)


def common(words: frozenset[str], theirs: Counter[str], texts: int, usual: Usual) -> tuple[float, list[str]]:
    """How much more likely these words are in a group than anywhere (logarithm), and the words that say most.

    Only the most telling word counts: those of one text come together and are not so many witnesses.
    """
    telling: list[tuple[float, str]] = []
    for word in words:
        base = usual.chance(word)
        here = IN_COMMON * theirs[word] / max(texts, 1) + (1 - IN_COMMON) * base
        gain = math.log(here / base) * (1.0 if _IDENTIFIER.fullmatch(word) else PLAIN)
        if gain > 0:
            telling.append((gain, word))
    telling.sort(reverse=True)
    weight = min(CAP, telling[0][0] + STRANGE) if telling else STRANGE
    return weight, [word for gain, word in telling[:3] if gain > 1]


def shared_words(telling: list[str]) -> str:
    """What two texts share, in words that are safe to show: identifiers are quoted, other people's phrases are only counted."""
    if not telling:
        return "the words are the usual ones"
    quoted = [word for word in telling if _QUOTABLE.fullmatch(word)]
    rare = f"{len(telling)} rare {'word' if len(telling) == 1 else 'words'}"
    return f"the texts share {rare} ({', '.join(quoted)})" if quoted else f"the texts share {rare}"
