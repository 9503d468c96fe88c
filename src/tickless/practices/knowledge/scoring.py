"""How likely an article answers a question, from several signs that fail in different ways. Pure.

By words: how much of the question stands in the article, in its best section, in its title and tags, and how near the question
is to one of the article's own. By meaning, with an encoder: the best cosine of a section, of a question or the title.
An article that stands out from the next one is likelier than two that are alike.

Articles that list several questions are learnt: which of them comes first is told by what was learnt, how likely it is by
the signs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from tickless.ai.bm25 import Bm25, terms
from tickless.ai.encoder import Encoder
from tickless.ai.features import Floats
from tickless.ai.retrieval import FEWEST, Document, Hit, Index
from tickless.domain.knowledge import Article
from tickless.practices.knowledge.sections import Section

MEANING = 0.6
"""Weight of the meaning beside the words."""
SHARPER = 8
"""A question of the article in nearly the same words settles it; one that is only a little alike hardly counts."""
APART = 0.3
"""What standing out from the next article counts."""
WIDE = 80
"""Sections and questions that one search looks at."""


@dataclass(frozen=True)
class Scored:
    """For one question: how likely each article is by itself, and how well each section fits, by its key."""

    likely: dict[str, float]
    sections: dict[str, float]

    def articles(self, *, without: str = "") -> dict[str, float]:
        """Article → likelihood, 0..1, what stands out from the next one likelier still. `without`: as if it weren't there."""
        ranked = sorted(
            ((s, a) for a, s in self.likely.items() if a != without and s > 0), key=lambda one: (-one[0], one[1])
        )
        kept = {article: score for score, article in ranked}
        if kept:
            best, second = ranked[0][0], ranked[1][0] if len(ranked) > 1 else 0.0
            kept[ranked[0][1]] = min(1.0, best + APART * (best - second))
        return kept


@dataclass(frozen=True)
class Signs:
    """Articles, made ready once. Keys are `<article>#<place>` for sections and `<article>?<place>` for questions."""

    articles: tuple[Article, ...]
    encoder: Encoder | None
    whole: Bm25
    titles: Bm25
    sections: Index
    questions: Index
    asked: Mapping[str, frozenset[str]]
    """Question key → its words."""

    @classmethod
    def of(
        cls, articles: Sequence[Article], sections: Mapping[str, tuple[Article, Section]], encoder: Encoder | None
    ) -> Signs:
        asked = {f"{one.id}?{place}": said for one in articles for place, said in enumerate(one.questions)}
        named = {f"{one.id}?title": one.title for one in articles}
        return cls(
            articles=tuple(articles),
            encoder=encoder,
            whole=Bm25.of([f"{one.title} {' '.join(one.tags)}\n{one.text}" for one in articles]),
            titles=Bm25.of([f"{one.title} {' '.join(one.tags)}" for one in articles]),
            sections=Index.of((_document(key, *found) for key, found in sections.items()), encoder),
            questions=Index.of((Document(key, said) for key, said in {**asked, **named}.items()), encoder),
            asked={key: frozenset(terms(said)) for key, said in {**asked, **named}.items()},
        )

    @cached_property
    def learnt(self) -> Index | None:
        """The articles by title and questions, those with several told apart as needs are. None where fewer than two have
        several. Learnt when it is first asked for, which takes about a second for a hundred such articles."""
        if sum(len(one.questions) >= FEWEST for one in self.articles) < 2:
            return None
        return Index.of((Document(one.id, one.title, questions=one.questions) for one in self.articles), self.encoder)

    def score(self, question: str, *, without: str = "") -> Scored:
        """`without`: key of a question that is left out, for measuring; then nothing counts that was learnt with it."""
        words = frozenset(terms(question))
        found: dict[str, _Sum] = defaultdict(_Sum)
        for by_words, sign in ((self.whole.coverage(question), "whole"), (self.titles.coverage(question), "title")):
            _add(found, [one.id for one in self.articles], by_words, sign)
        in_sections = self.sections.search(question, limit=WIDE)
        for hit in in_sections:
            found[_article(hit)].see(section=hit.words, meaning=hit.cosine)
        for hit in self.questions.search(question, limit=WIDE):
            if hit.id != without:
                found[_article(hit)].see(question=_alike(words, self.asked[hit.id]), meaning=hit.cosine)
        meant = self.sections.brain == "embedding"
        likely = {article: signs.total(meant) for article, signs in found.items()}
        if not without:
            likely = self._in_learnt_order(question, likely)
        return Scored(likely, {hit.id: hit.score for hit in in_sections})

    def _in_learnt_order(self, question: str, likely: dict[str, float]) -> dict[str, float]:
        """The likelihoods of the learnt articles, handed out among them anew: the greatest to the one that comes first. As they
        are where the question is more like those that were not learnt."""
        found = self.learnt.search(question, limit=WIDE) if self.learnt else ()
        several = {one.id for one in self.articles if len(one.questions) >= FEWEST}
        if not found or found[0].id not in several:
            return likely
        order = [hit.id for hit in found if hit.id in several and hit.id in likely]
        return likely | dict(zip(order, sorted((likely[one] for one in order), reverse=True), strict=True))


@dataclass
class _Sum:
    """The best of each sign for one article."""

    whole: float = 0.0
    title: float = 0.0
    section: float = 0.0
    question: float = 0.0
    meaning: float = 0.0

    def see(self, *, section: float = 0.0, question: float = 0.0, meaning: float | None = None) -> None:
        self.section, self.question = max(self.section, section), max(self.question, question)
        self.meaning = max(self.meaning, meaning or 0.0)

    def total(self, meant: bool) -> float:
        words = (self.whole + self.title + self.section + self.question) / 4
        likely = (1 - MEANING) * words + MEANING * self.meaning if meant else words
        return likely + (1 - likely) * self.question**SHARPER


def _add(found: dict[str, _Sum], ids: Sequence[str], values: Floats, sign: str) -> None:
    for place in np.flatnonzero(values):
        setattr(found[ids[int(place)]], sign, float(values[place]))


def _alike(one: frozenset[str], other: frozenset[str]) -> float:
    return 2 * len(one & other) / (len(one) + len(other)) if one and other else 0.0


def _article(hit: Hit) -> str:
    return hit.id.partition("#")[0].partition("?")[0]


def _document(key: str, article: Article, section: Section) -> Document:
    title = f"{article.title}: {section.heading}" if section.heading else article.title
    return Document(key, title, section.text)
