"""What is searched for an answer: the published articles by section, and the ways in which people ask for them.

How likely is enough is not guessed: the articles' own questions are asked, each with itself left out (its article should be
found) and with its whole article left out (nothing should be found), and the bar is put where that goes best.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from tickless.ai.encoder import Encoder
from tickless.domain.knowledge import Article
from tickless.domain.person import Person
from tickless.practices.knowledge.scoring import Signs
from tickless.practices.knowledge.sections import Section, sections_of
from tickless.practices.knowledge.words import numbers

PUBLIC = "public"
"""In an article's audience: guests whom nobody knows may read it, too."""
BAR = 0.6
"""Where nothing can be measured: fewer than `ENOUGH` questions stand in the articles."""
ENOUGH = 20
HOW = re.compile(r"\b(?:how (?:do|can|to|should|could)|what (?:do|should|can|must) i do|what now)\b", re.IGNORECASE)
HOW_MUCH = re.compile(r"\b(?:how (?:many|much|long|often|big|large|early|soon)|when|maximum|limit)\b", re.IGNORECASE)
STEPS = 0.35
"""What a section with steps gains when somebody asks how, and one that states a number when somebody asks how much."""
MOST_ASKED = 400
"""Questions that are asked for the measurement."""
WRONG = 2.0
"""How many right answers a wrong one outweighs."""


@dataclass(frozen=True)
class Reader:
    """Who would read it. `private`: nobody else reads along."""

    person: Person | None = None
    private: bool = True


@dataclass(frozen=True)
class Found:
    """A section that may answer. `confidence` is that of its article, 0..1; `fit` orders the sections of an article."""

    article: Article
    section: Section
    confidence: float
    fit: float

    @property
    def key(self) -> str:
        """`expenses#who-to-ask`"""
        return f"{self.article.id}#{self.section.anchor}"


@dataclass(frozen=True)
class Measured:
    """How the articles' own questions fare at this bar: shares, 0..1. None where there are too few questions."""

    bar: float
    asked: int
    right: float | None = None
    """Of the questions with themselves left out: answered from their own article."""
    wrong: float | None = None
    """Of those: answered from another article."""
    invented: float | None = None
    """Of the questions whose article was left out: answered all the same."""


def may_read(article: Article, reader: Reader) -> bool:
    """Everybody may read what is for everybody; guests only what is public; the rest needs the department or group."""
    if PUBLIC in article.audience:
        return True
    person = reader.person
    if person is None or not person.active:
        return False
    if not article.audience:
        return True
    return reader.private and bool({person.department, *person.groups} & set(article.audience))


@dataclass(frozen=True)
class Library:
    """The published articles, ready to be searched. Immutable; make a new one when articles change."""

    articles: dict[str, Article]
    _sections: dict[str, tuple[Article, Section]] = field(repr=False)
    _signs: Signs = field(repr=False)
    _encoder: Encoder | None = field(default=None, repr=False)

    @classmethod
    def of(cls, articles: Iterable[Article] = (), encoder: Encoder | None = None) -> Library:
        """Index the published ones among these."""
        kept = {one.id: one for one in articles if one.state == "published"}
        sections = {
            f"{article.id}#{place}": (article, section)
            for article in kept.values()
            for place, section in enumerate(sections_of(article.text))
        }
        return cls(kept, sections, Signs.of(tuple(kept.values()), sections, encoder), encoder)

    def with_article(self, article: Article) -> Library:
        """As it would be with this one published as it stands."""
        kept = {**self.articles, article.id: article.model_copy(update={"state": "published"})}
        return Library.of(kept.values(), self._encoder)

    @property
    def brain(self) -> str:
        """`embedding` or `lexical`."""
        return self._signs.sections.brain

    def examples(self) -> tuple[str, ...]:
        """How people ask, for the language brain."""
        return tuple(said for article in self.articles.values() for said in article.questions)

    def search(self, question: str, *, reader: Reader | None, limit: int = 10) -> list[Found]:
        """The sections that may answer, the likeliest article first, within it the best section; whatever the bar.
        `reader` None: for those who look after all of them."""
        scored = self._signs.score(question)
        found: list[Found] = []
        for article, confidence in sorted(scored.articles().items(), key=lambda one: (-one[1], one[0])):
            record = self.articles[article]
            if reader is None or may_read(record, reader):
                found += self._sections_for(record, question, confidence, scored.sections)
            if len(found) >= limit:
                break
        return found[:limit]

    def _sections_for(
        self, article: Article, question: str, confidence: float, fits: Mapping[str, float]
    ) -> list[Found]:
        how, how_much = bool(HOW.search(question)), bool(HOW_MUCH.search(question))
        found = []
        for place, section in enumerate(sections_of(article.text)):
            fit = fits.get(f"{article.id}#{place}", 0.0)
            steps = any(unit.kind == "step" for unit in section.units)
            states = any(unit.kind != "step" and numbers(unit.text) for unit in section.units)
            gain = STEPS if (how_much and states) or (how and steps and not how_much) else 0.0
            found.append(Found(article, section, confidence, fit + gain))
        return sorted(found, key=lambda one: -one.fit)

    def learn(self) -> None:
        """Do now what the first question would have to wait for: learn the articles that list several questions."""
        assert self._signs.learnt is None or self._signs.learnt.documents

    @cached_property
    def measured(self) -> Measured:
        """The bar, and what it does to the articles' own questions. Takes some milliseconds a question, once."""
        asked = {f"{a.id}?{place}": (a, said) for a in self.articles.values() for place, said in enumerate(a.questions)}
        step = max(1, len(asked) // MOST_ASKED)
        keys = sorted(asked)[::step]
        if len(keys) < ENOUGH:
            return Measured(BAR, len(keys))
        known, unknown = [], []
        for key in keys:
            article, said = asked[key]
            scored = self._signs.score(said, without=key)
            known.append(_best(scored.articles(), article.id))
            unknown.append(_best(scored.articles(without=article.id), article.id))
        return _measure(known, unknown)


def _best(likely: dict[str, float], wanted: str) -> tuple[float, bool]:
    """How likely the best article is, and whether it is the right one."""
    best = max(likely, key=lambda one: (likely[one], one == wanted), default=None)
    return (likely[best], best == wanted) if best is not None else (0.0, False)


def _measure(known: Sequence[tuple[float, bool]], unknown: Sequence[tuple[float, bool]]) -> Measured:
    """The bar at which right answers most outweigh wrong ones."""

    def worth(bar: float) -> float:
        right = sum(good for confidence, good in known if confidence >= bar)
        wrong = sum(not good for confidence, good in known if confidence >= bar)
        invented = sum(confidence >= bar for confidence, _ in unknown)
        return right - WRONG * wrong - invented

    bars = sorted({round(confidence, 3) for confidence, _ in (*known, *unknown) if confidence > 0.2} | {BAR})
    bar = max(bars, key=lambda one: (worth(one), -abs(one - BAR)))
    count = len(known)
    return Measured(
        bar=bar,
        asked=count,
        right=sum(good for confidence, good in known if confidence >= bar) / count,
        wrong=sum(not good for confidence, good in known if confidence >= bar) / count,
        invented=sum(confidence >= bar for confidence, _ in unknown) / count,
    )
