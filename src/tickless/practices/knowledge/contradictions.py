"""Articles that say different things about the same: pairs of sentences alike in their words and apart in their facts. Pure.

Two sentences of two published articles are about the same when they share most of their telling words (or, with an encoder,
most of their meaning). They contradict each other when a number, an address or a name stands on both sides and is not the
same, or when one of them has a not in it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from tickless.ai.encoder.store import Floats32
from tickless.domain.knowledge import Article
from tickless.practices.knowledge.sections import sections_of
from tickless.practices.knowledge.words import addresses, alike, denies, names, numbers, telling

What = Literal["number", "address", "name", "not"]
Encode = Callable[[Sequence[str]], Floats32]
_STEP = re.compile(r"\d+\. ")
SAME_WORDS = 0.5
FEWEST_WORDS = 3
FEWEST_SHARED = 1
SAME_MEANING = 0.8
SOME_WORDS = 0.3
"""With nearly the same meaning, so few words in common are enough."""
GENERAL = frozenset(
    telling(
        "day days week weeks month months year years hour hours minute minutes working take takes time times about up"
    )
)
"""Words of measures: two sentences with nothing else in common are not about the same."""
COMMON = 60
"""A word in more sentences than this says nothing about what they have in common."""


@dataclass(frozen=True)
class Contradiction:
    """Two sentences that cannot both be right. `first` is the article that was reviewed later."""

    first: str
    second: str
    first_says: str
    second_says: str
    first_section: str
    second_section: str
    what: What
    alike: float


@dataclass(frozen=True)
class _Sentence:
    article: Article
    section: str
    text: str
    subject: frozenset[str]
    """What the article is called: a sentence needs not repeat it."""
    words: frozenset[str]


def contradictions(articles: Iterable[Article], encode: Encode | None = None) -> list[Contradiction]:
    """Every pair once, the most alike first."""
    said = [sentence for article in articles if article.state == "published" for sentence in _sentences(article)]
    vectors = encode([one.text for one in said]) if encode and said else None
    found = []
    for one, other in _pairs(said, vectors):
        what = _differ(said[one], said[other])
        if what is not None:
            found.append(_told(said[one], said[other], what))
    return sorted(found, key=lambda pair: (-pair.alike, pair.first, pair.second, pair.first_says))


def _sentences(article: Article) -> Iterable[_Sentence]:
    for section in sections_of(article.text):
        subject = telling(f"{article.title} {section.heading}")
        for unit in section.units:
            words = telling(unit.text) - telling(" ".join(names(unit.text)))
            if len(words) >= FEWEST_WORDS and unit.kind != "block":
                yield _Sentence(article, section.anchor, unit.text, subject, words)


def _pairs(said: Sequence[_Sentence], vectors: Floats32 | None) -> Iterable[tuple[int, int]]:
    """Sentences of two articles that are about the same."""
    where: dict[str, list[int]] = defaultdict(list)
    for at, sentence in enumerate(said):
        for word in sentence.words:
            where[word].append(at)
    shared: dict[tuple[int, int], int] = defaultdict(int)
    for places in where.values():
        if len(places) <= COMMON:
            for nth, one in enumerate(places):
                for other in places[nth + 1 :]:
                    if said[one].article.id != said[other].article.id:
                        shared[one, other] += 1
    for (one, other), count in shared.items():
        if count >= 2 and _about_the_same(said[one], said[other], one, other, vectors):
            yield one, other


def _about_the_same(a: _Sentence, b: _Sentence, one: int, other: int, vectors: Floats32 | None) -> bool:
    words = alike(a.words, b.words)
    if len((a.words & b.words) - GENERAL) < FEWEST_SHARED:
        return False
    if words >= SAME_WORDS:
        return True
    near = vectors is not None and float(np.dot(vectors[one], vectors[other])) >= SAME_MEANING
    if near and words >= SOME_WORDS:
        return True
    # `It is paid on the 25th` in an article on salaries: the subject stands in the title.
    whole = alike(a.words | a.subject, b.words | b.subject)
    return whole >= SAME_WORDS + 0.1 and words >= SOME_WORDS


def _differ(a: _Sentence, b: _Sentence) -> What | None:
    """The first kind of fact in which they differ although both have one."""
    for what, facts in (("number", numbers), ("address", addresses), ("name", _full_names)):
        ours, theirs = facts(a.text), facts(b.text)
        if ours and theirs and not ours & theirs:
            return what  # type: ignore[return-value]
        if what == "number" and ours != theirs and ours and theirs and len(ours) == len(theirs):
            return "number"
    if denies(a.text) != denies(b.text) and alike(a.words, b.words) >= SAME_WORDS:
        return "not"
    return None


def _full_names(text: str) -> frozenset[str]:
    """Of more than one word, and not in a step: steps about two programs are alike and both right."""
    return frozenset() if _STEP.match(text) else frozenset(one for one in names(text) if " " in one)


def _told(a: _Sentence, b: _Sentence, what: What) -> Contradiction:
    first, second = sorted((a, b), key=lambda one: (-one.article.reviewed_at.timestamp(), one.article.id))
    return Contradiction(
        first=first.article.id,
        second=second.article.id,
        first_says=first.text,
        second_says=second.text,
        first_section=first.section,
        second_section=second.section,
        what=what,
        alike=round(alike(a.words, b.words), 3),
    )
