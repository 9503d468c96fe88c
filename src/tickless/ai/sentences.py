"""The examples of a brain, as tables to learn from.

Up to some thousand sentences, their word vectors are turned into as many coordinates as there are sentences (the Cholesky
factor of their products): a classifier fitted on those is the same as one over all words, and many times quicker to fit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tickless.ai.encoder.store import Floats32
from tickless.ai.features import Indexes, Vector
from tickless.ai.rows import Dense, Postings, Rows
from tickless.ai.softmax import Softmax, Table

MOST_FACTORED = 2_500
ALIKE = 1e-6
"""Added to the products of sentences with themselves, so that equal sentences do no harm."""
BLOCK = 256


@dataclass(frozen=True)
class Examples:
    """Make it with `Examples.of`."""

    vectors: tuple[Vector, ...]
    width: int
    meanings: Floats32 | None
    _factor: Floats32 | None
    """n × n: coordinates of the sentences that keep all products between them."""

    @classmethod
    def of(cls, vectors: tuple[Vector, ...], width: int, meanings: Floats32 | None) -> Examples:
        """`width`: of the vocabulary; `meanings`: n × d, or None without an encoder."""
        factor = None
        if len(vectors) <= MOST_FACTORED:
            products = _products(vectors, width) + ALIKE * np.eye(len(vectors))
            factor = np.linalg.cholesky(products).astype(np.float32)
        return cls(vectors, width, meanings, factor)

    def words(self, places: Indexes) -> Table:
        """The sentences at these places by their words, to fit on or to ask."""
        if self._factor is not None:
            return Dense(self._factor[places])
        return Rows.of([self.vectors[place] for place in places], self.width)

    def spread(self, fitted: Softmax) -> Softmax:
        """What was fitted on all of `words`, over the columns of the vocabulary."""
        if self._factor is None:
            return fitted
        duals = np.linalg.solve(self._factor.T.astype(np.float64), fitted.weights)
        weights = np.zeros((self.width, duals.shape[1]), dtype=np.float32)
        for vector, dual in zip(self.vectors, duals, strict=True):
            weights[vector.columns] += (vector.weights[:, None] * dual[None, :]).astype(np.float32)
        return Softmax(weights, fitted.constants)

    def cosines(self, places: Indexes, others: Indexes) -> Floats32:
        """Of each of `places` with each of `others`: by meaning, or else by words."""
        if self.meanings is not None:
            return np.asarray(self.meanings[places] @ self.meanings[others].T)
        if self._factor is not None:
            return np.asarray(self._factor[places] @ self._factor[others].T)
        postings = Postings.of([self.vectors[place] for place in others], self.width)
        return np.stack([postings.products(self.vectors[place]) for place in places])


def _products(vectors: tuple[Vector, ...], width: int) -> Floats32:
    """Of every sentence with every other, n × n."""
    rows = Rows.of(vectors, width)
    found = np.zeros((len(vectors), len(vectors)), dtype=np.float32)
    for start in range(0, len(vectors), BLOCK):
        some = vectors[start : start + BLOCK]
        table = np.zeros((width, len(some)), dtype=np.float32)
        for place, vector in enumerate(some):
            table[vector.columns, place] = vector.weights
        found[:, start : start + BLOCK] = rows.times(table)
    return np.asarray((found + found.T) / 2)
