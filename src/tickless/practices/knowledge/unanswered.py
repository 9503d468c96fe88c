"""What people asked and no article answered: the same question in other words counted together, heaviest first. Pure."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from tickless.ai.encoder.store import Floats32
from tickless.domain.knowledge import Article, Asked
from tickless.kit.redaction import redact_personal
from tickless.practices.knowledge.words import alike, telling

Encode = Callable[[Sequence[str]], Floats32]
HALF_LIFE_DAYS = 14.0
"""A question of two weeks ago counts half."""
SAME_WORDS = 0.45
SAME_MEANING = 0.72
MOST = 3_000
_POLITE = re.compile(r"^\W*(?:hi|hello|hey|please|pls|dear all|good (?:morning|afternoon))\b[\s,.!]*", re.IGNORECASE)


@dataclass(frozen=True)
class Cluster:
    """One question in all its words, newest first. `weight` ranks: the count, in which older ones count less."""

    asked: tuple[Asked, ...]
    weight: float

    @property
    def id(self) -> str:
        """That of the first time it was asked: stays while more are added."""
        return min(self.asked, key=lambda one: (one.at, one.id)).id

    @property
    def question(self) -> str:
        """The words that have most in common with the others."""
        sets = [telling(one.question) for one in self.asked[:50]]
        best = max(range(len(sets)), key=lambda at: (sum(alike(sets[at], other) for other in sets), -at))
        return self.asked[best].question

    @property
    def people(self) -> int:
        return len({one.person or one.conversation for one in self.asked})

    @property
    def last_at(self) -> dt.datetime:
        return self.asked[0].at


def clusters(asked: Sequence[Asked], *, now: dt.datetime, encode: Encode | None = None) -> list[Cluster]:
    """Group the questions that nobody could answer, heaviest first. At most the `MOST` newest are looked at."""
    open_ones = sorted((one for one in asked if one.article is None), key=lambda one: (one.at, one.id), reverse=True)[
        :MOST
    ]
    words = [telling(one.question) for one in open_ones]
    vectors = encode([one.question for one in open_ones]) if encode and open_ones else None
    groups: list[list[int]] = []
    for place in range(len(open_ones)):
        near = next((group for group in groups if _same(group[0], place, words, vectors)), None)
        if near is None:
            groups.append([place])
        else:
            near.append(place)
    found = [_cluster([open_ones[place] for place in group], now) for group in groups]
    return sorted(found, key=lambda one: (-one.weight, -one.last_at.timestamp(), one.id))


def _same(one: int, other: int, words: Sequence[frozenset[str]], vectors: Floats32 | None) -> bool:
    if words[one] == words[other]:
        return True
    if vectors is not None and float(np.dot(vectors[one], vectors[other])) >= SAME_MEANING:
        return True
    return alike(words[one], words[other]) >= SAME_WORDS


def _cluster(asked: list[Asked], now: dt.datetime) -> Cluster:
    ages = [max(0.0, (now - one.at).total_seconds() / 86_400) for one in asked]
    return Cluster(tuple(asked), round(sum(0.5 ** (age / HALF_LIFE_DAYS) for age in ages), 3))


def draft(cluster: Cluster, *, answers: Sequence[str], taken: set[str], owner: str | None, now: dt.datetime) -> Article:
    """An article to begin with: the question as its title, its other words as `questions`, and what colleagues answered.

    A draft only: a person reads, mends and publishes it. Addresses, telephone numbers and credentials are masked.
    """
    question = clean_line(cluster.question)
    asked = tuple(dict.fromkeys(clean_line(one.question) for one in cluster.asked))
    found = [redact_personal(text.strip()) for text in answers if text.strip()]
    text = "\n\n".join(dict.fromkeys(found)) or f"Nobody has answered this yet: {question}"
    return Article(
        id=identity_for(question, taken),
        title=question[:1].upper() + question[1:].rstrip(" ?.!")[:120],
        text=text,
        owner=owner,
        reviewed_at=now,
        state="draft",
        questions=tuple(one[:300] for one in asked[:10]),
    )


def clean_line(text: str) -> str:
    """What somebody asked, on one line, without courtesies and personal data."""
    line = " ".join(redact_personal(text).split())
    return _POLITE.sub("", line)[:300] or line[:300]


def identity_for(question: str, taken: set[str]) -> str:
    """A short id that tells what it is about, and is nobody's yet."""
    plain = question.casefold().encode("ascii", "ignore").decode()
    words = [word for word in re.findall(r"[a-z0-9]+", plain) if telling(word)][:5]
    base = "-".join(words)[:50] or "article"
    found, number = base, 1
    while found in taken:
        number += 1
        found = f"{base}-{number}"
    return found
