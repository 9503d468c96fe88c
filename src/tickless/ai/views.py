"""What a set of examples says of a sentence, seen in different ways: by its words, by its meaning, by its neighbours.

A view gives a number for each label. Two are classifiers (logits), one is the mean cosine of the two nearest examples.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tickless.ai.encoder.store import Floats32
from tickless.ai.features import Floats, Indexes, Vector
from tickless.ai.rows import Dense, Postings
from tickless.ai.sentences import Examples
from tickless.ai.softmax import Softmax, Table, fit_softmax, log_shares, mean_of

WORDS_COST = 30.0
MEANING_COST = 30.0
SPREAD = 10.0
"""Cosines are stretched to the size of logits."""
NEAREST = 2


@dataclass(frozen=True)
class Seen:
    """What the views say of n sentences."""

    logits: Floats
    """n × labels × classifiers, raw: by words, then (with an encoder) by meaning."""
    nearest: Floats
    """n × labels: mean cosine with the label's two nearest examples."""
    cosines: Floats
    """n × examples."""

    def evidence(self) -> Floats:
        """n × labels × views: log-shares of the classifiers, and the stretched cosine."""
        kinds = self.logits.shape[2]
        shares = [log_shares(self.logits[:, :, kind].astype(np.float32)) for kind in range(kinds)]
        return np.stack([*shares, SPREAD * self.nearest], axis=2).astype(np.float64)


@dataclass(frozen=True)
class Fits:
    """The two classifiers; by words over `Examples.words`, by meaning only with an encoder."""

    words: Softmax
    meaning: Softmax | None

    @classmethod
    def mean(cls, fits: Sequence[Fits]) -> Fits:
        """Halfway between fits to different parts of the same examples."""
        meanings = [one.meaning for one in fits if one.meaning is not None]
        return cls(mean_of([one.words for one in fits]), mean_of(meanings) if meanings else None)


@dataclass(frozen=True)
class Views:
    """Fitted on examples; `owners` holds each example's label."""

    owners: Indexes
    labels: int
    words: Softmax
    meaning: Softmax | None
    _postings: Postings | None
    _meanings: Floats32 | None

    @classmethod
    def fit(cls, examples: Examples, owners: Indexes, labels: int, *, start: Fits | None = None) -> Views:
        """Learn from all of these examples. `start`: fits to a part of them, to go on from."""
        every = np.arange(len(owners))
        fits = _fit(examples, every, owners, labels, start)
        words, meaning = examples.spread(fits.words), fits.meaning
        postings = Postings.of(examples.vectors, examples.width) if examples.meanings is None else None
        return cls(owners, labels, words, meaning, postings, examples.meanings)

    def see(self, vectors: Sequence[Vector], meanings: Floats32 | None) -> Seen:
        """What they say of these sentences."""
        weights = self.words.weights
        by_words = np.stack([one.weights @ weights[one.columns] for one in vectors])
        logits: list[NDArray[np.floating]] = [by_words + self.words.constants]
        if self.meaning is not None and meanings is not None and self._meanings is not None:
            logits.append(_logits(Dense(meanings), self.meaning))
            cosines = np.asarray(meanings @ self._meanings.T)
        else:
            assert self._postings is not None, "without meanings there are words to compare"
            cosines = np.stack([self._postings.products(vector) for vector in vectors])
        return _seen(logits, cosines, self.owners, self.labels)


def see_left_out(
    examples: Examples, owners: Indexes, labels: int, *, inside: Indexes, outside: Indexes
) -> tuple[Seen, Fits]:
    """What views fitted on the examples `inside` say of those `outside`; and what was fitted."""
    fits = _fit(examples, inside, owners, labels, None)
    logits = [_logits(examples.words(outside), fits.words)]
    if fits.meaning is not None and examples.meanings is not None:
        logits.append(_logits(Dense(examples.meanings[outside]), fits.meaning))
    seen = _seen(logits, examples.cosines(outside, inside), owners[inside], labels)
    return Seen(seen.logits, seen.nearest, np.zeros((len(outside), 0))), fits


def _fit(examples: Examples, places: Indexes, owners: Indexes, labels: int, start: Fits | None) -> Fits:
    words = fit_softmax(
        examples.words(places), owners[places], labels, cost=WORDS_COST, start=start.words if start else None
    )
    if examples.meanings is None:
        return Fits(words, None)
    meanings = Dense(examples.meanings[places])
    meaning = fit_softmax(
        meanings, owners[places], labels, cost=MEANING_COST, rounds=120, start=start.meaning if start else None
    )
    return Fits(words, meaning)


def _logits(table: Table, fitted: Softmax) -> NDArray[np.floating]:
    return table.times(fitted.weights) + fitted.constants


def _seen(logits: Sequence[NDArray[np.floating]], cosines: Floats32, owners: Indexes, labels: int) -> Seen:
    nearest = _nearest(cosines, owners, labels)
    return Seen(np.stack(logits, axis=2).astype(np.float64), nearest, cosines.astype(np.float64))


def _nearest(cosines: Floats32, owners: Indexes, labels: int) -> Floats:
    """Per row and label, the mean of the two best cosines with an example of that label; 0 for a label without."""
    best = np.zeros((len(cosines), labels))
    for label in range(labels):
        own = cosines[:, owners == label]
        if own.shape[1] > NEAREST:
            own = np.partition(own, own.shape[1] - NEAREST, axis=1)[:, -NEAREST:]
        if own.shape[1]:
            best[:, label] = own.mean(axis=1)
    return best
