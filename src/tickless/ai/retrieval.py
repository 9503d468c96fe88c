"""Finds the documents that speak of what a text speaks of: by meaning and by words, over a few thousand articles.

With an encoder the score is 0.85 · cosine + 0.15 · BM25, the latter divided by the best document's, with more BM25 for long
texts; a document's cosine is the best of its title, its title with its opening, its questions, and its sections. Without
one it is 0.7 · BM25 + 0.3 · the nearest of its title and questions by words and pieces of words, where documents list
questions, both divided by the best document's. Every vector is compared: up to about 5,000 documents that costs a few
milliseconds, and nothing is approximate.

Documents that list several questions are also told apart as needs are, by a brain that was taught these, and a sample of the
others' titles and questions as one more need. How likely that one is, the others share by their scores; all stand in order
of likelihood.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from tickless.ai.asked import Asked
from tickless.ai.bm25 import Bm25
from tickless.ai.brain import Example
from tickless.ai.encoder import Encoder
from tickless.ai.encoder.store import Floats32
from tickless.ai.features import Floats, Indexes
from tickless.ai.late import TaughtBrain, teach

METHOD = "3"
WORDS, WORDS_LONG = 0.15, 0.35
"""Weight of BM25 beside the cosine: for a question, and for a long text, whose words say more than one vector holds."""
QUESTION, LONG = 8, 24
"""Words of the one and of the other; in between the weight grows evenly."""
ASKED = 0.3
"""Without an encoder: weight of the nearest title or question beside BM25, where documents list questions."""
FEWEST = 5
"""Questions that a document has to list to be told apart by them."""
MOST_OTHERS = 100
MORE_WORDS = 0.1
"""Added to the weight that the brain gave to words: it weighed them before it had seen all questions."""
APART = 20.0
"""How steeply the likelihood of documents that are not learnt grows with their scores: a tenth more is e² as likely."""
_REST = ""
OPENING = 400
SECTION = 700
"""Characters of a passage that its vector is made of."""
MOST_SECTIONS = 24
_HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*$", re.MULTILINE)
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n\s*\n")
_MARKS = re.compile(r"```.*?```|`|\*\*|__|!?\[([^\]]*)\]\([^)]*\)|<[^>]+>", re.DOTALL)


@dataclass(frozen=True)
class Document:
    """Something to be found. `text` is Markdown; its headings make the sections."""

    id: str
    title: str
    text: str = ""
    questions: tuple[str, ...] = ()
    """Ways in which people ask for it."""


@dataclass(frozen=True)
class Hit:
    """A document that was found."""

    id: str
    score: float
    """0..1, orders the hits of one search; not comparable between searches."""
    confidence: float
    """0..1, comparable between searches: how likely it speaks of what the text asks. Below about 0.5 say that there is none."""
    section: str
    """Heading of the section that fits best; empty for the title or the opening."""
    cosine: float | None
    """-1..1; None without an encoder."""
    words: float
    """0..1: the share of the text's telling words that the document has."""


@dataclass(frozen=True)
class Passage:
    """One piece of a document that has a vector of its own."""

    document: int
    section: str
    text: str


@dataclass(frozen=True)
class Index:
    """Documents to search in. Immutable; make it with `Index.of`, and a new one when the documents change."""

    documents: tuple[Document, ...]
    version: str
    _words: Bm25
    _asked: Asked | None
    """Only without an encoder, whose cosines say more."""
    _learnt: TaughtBrain | None
    """Its labels are the documents that list several questions."""
    _places: Mapping[str, int]
    """Where these stand among the documents."""
    _passages: tuple[Passage, ...]
    _owners: Indexes
    _vectors: Floats32 | None
    _encoder: Encoder | None

    @classmethod
    def of(cls, documents: Iterable[Document], encoder: Encoder | None = None) -> Index:
        """Index these documents, each with an id of its own. With an encoder about 2 ms a passage, unless it remembers them;
        where documents list several questions, a second or so to learn them."""
        kept = tuple(documents)
        passages = tuple(one for place, document in enumerate(kept) for one in passages_of(place, document))
        told = repr((METHOD, encoder.version if encoder else "", kept))
        return cls(
            documents=kept,
            version=f"{METHOD}-{hashlib.sha256(told.encode()).hexdigest()[:12]}",
            _words=Bm25.of([_readable(one) for one in kept]),
            _asked=_by_questions(kept) if encoder is None else None,
            _learnt=_learn(kept, encoder),
            _places={one.id: place for place, one in enumerate(kept) if len(one.questions) >= FEWEST},
            _passages=passages,
            _owners=np.array([one.document for one in passages], dtype=np.int64),
            _vectors=encoder.encode([one.text for one in passages], keep=True) if encoder else None,
            _encoder=encoder,
        )

    @property
    def brain(self) -> str:
        """`embedding` or `lexical`: the rung of the ladder that answers."""
        return "embedding" if self._encoder else "lexical"

    def search(self, text: str, limit: int = 5) -> tuple[Hit, ...]:
        """The documents that fit best, best first; those with nothing in common are left out. Never raises."""
        if not self.documents:
            return ()
        by_words = _of_the_best(self._words.scores(text))
        if self._asked is not None:
            by_words = (1 - ASKED) * by_words + ASKED * _of_the_best(self._asked.scores(text))
        cosines, places = self._cosines(text)
        weight = WORDS + (WORDS_LONG - WORDS) * min(max((len(text.split()) - QUESTION) / (LONG - QUESTION), 0.0), 1.0)
        scores = by_words if cosines is None else (1 - weight) * cosines + weight * by_words
        order = [int(one) for one in np.argsort(-scores, kind="stable")[:limit] if scores[one] > 0]
        covered = self._words.coverage(text)
        found = []
        for place, at in zip(order, self._rearranged(text, order, scores), strict=True):
            cosine, share = None if cosines is None else float(cosines[at]), float(covered[at])
            section = self._passages[int(places[at])].section
            found.append(
                Hit(
                    id=self.documents[at].id,
                    score=round(float(scores[place]), 4),
                    confidence=round(_confidence(cosine, share), 4),
                    section=section,
                    cosine=None if cosine is None else round(cosine, 4),
                    words=round(share, 4),
                )
            )
        return tuple(found)

    def _rearranged(self, text: str, order: list[int], scores: Floats) -> list[int]:
        """As many places as in `order`: those of the likeliest documents among all that have something in common."""
        shares = self._learnt.log_shares(text) if self._learnt else None
        if self._learnt is None or shares is None:
            return order
        told = dict(zip(self._learnt.labels, shares, strict=True))
        likely = APART * scores
        others = np.ones(len(scores), dtype=bool)
        others[list(self._places.values())] = False
        if others.any():
            likely[others] += told.get(_REST, -np.inf) - np.logaddexp.reduce(likely[others])
        for document, place in self._places.items():
            likely[place] = told[document]
        likely[scores <= 0] = -np.inf
        return [int(one) for one in np.argsort(-likely, kind="stable")[: len(order)]]

    def _cosines(self, text: str) -> tuple[Floats | None, Indexes]:
        """For each document its best cosine and the passage that has it."""
        first = np.searchsorted(self._owners, np.arange(len(self.documents)))
        if self._vectors is None or self._encoder is None:
            return None, first
        cosines = (self._vectors @ _vector(text, self._encoder)).astype(np.float64)
        order = np.lexsort((-cosines, self._owners))
        places = order[first]
        return cosines[places], places


def _by_questions(documents: Sequence[Document]) -> Asked | None:
    """A heading is no question: small words, which tell questions apart, are much alike in headings."""
    if not any(one.questions for one in documents):
        return None
    return Asked.of([(one.title, *one.questions) if one.questions else () for one in documents])


def _learn(documents: Sequence[Document], encoder: Encoder | None) -> TaughtBrain | None:
    """Knows the documents that list several questions, and a sample of what stands for the others as `_REST`."""
    several = [one for one in documents if len(one.questions) >= FEWEST]
    if len({one.id for one in several}) < 2:
        return None
    examples = [Example(one.id, said) for one in several for said in (one.title, *one.questions)]
    others = [said for one in documents if len(one.questions) < FEWEST for said in (one.title, *one.questions)]
    examples += [Example(_REST, said) for said in others[:: len(others) // MOST_OTHERS + 1]]
    taught = teach(examples, encoder=encoder)
    more = np.zeros(len(taught.weights))
    more[0] = MORE_WORDS
    return replace(taught, weights=taught.weights + more)


def _of_the_best(scores: Floats) -> Floats:
    """0..1: divided by the greatest, where there is one."""
    best = float(scores.max())
    return scores / best if best > 0 else scores


def _vector(text: str, encoder: Encoder) -> Floats32:
    """The vector of what is asked: of the whole, and its first sentence once more, which tells most of a long text."""
    first = _SENTENCE.split(text.strip(), maxsplit=1)[0]
    vectors = encoder.encode([text, first]).sum(axis=0)
    return np.asarray(vectors / max(float(np.linalg.norm(vectors)), 1e-6), dtype=np.float32)


def _confidence(cosine: float | None, words: float) -> float:
    """A logistic function of both signs, fitted on the first hits for questions of BANKING77's and CLINC150's training parts,
    asked once with the article that answers them among the documents and once without it, in equal shares."""
    score = 5.05 * words - 3.31 if cosine is None else 7.52 * cosine + 2.52 * words - 6.74
    return float(1 / (1 + np.exp(-score)))


def passages_of(place: int, document: Document) -> Sequence[Passage]:
    """The title, the title with the opening, what people ask for it, and every section under its heading."""
    opening, sections = _split(document.text)
    found = [Passage(place, "", document.title)]
    if opening:
        found.append(Passage(place, "", f"{document.title}. {opening[:OPENING]}"))
    found += [Passage(place, "", question) for question in document.questions[:MOST_SECTIONS]]
    for heading, body in sections[:MOST_SECTIONS]:
        found.append(Passage(place, heading, f"{document.title}: {heading}. {body[:SECTION]}"))
    return found


def _readable(document: Document) -> str:
    """The words that BM25 counts; those of the title twice."""
    return "\n".join((document.title, document.title, *document.questions, document.text))


def _split(text: str) -> tuple[str, list[tuple[str, str]]]:
    """The plain text before the first heading (or under it, where nothing stands before), and the sections."""
    parts = _HEADING.split(text)
    opening = _plain(parts[0])
    sections = [(_plain(parts[at]), _plain(parts[at + 1])) for at in range(1, len(parts) - 1, 2)]
    sections = [(heading, body) for heading, body in sections if body]
    return opening or (sections[0][1] if sections else ""), sections


def _plain(text: str) -> str:
    return " ".join(_MARKS.sub(lambda mark: mark[1] or " ", text).split())
