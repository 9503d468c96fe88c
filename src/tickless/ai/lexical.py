"""The brain that needs no model file: a ridge classifier and nearest examples over TF-IDF vectors.

Ridge regression on ±1 targets, one per label, is solved in its dual form; leave-one-out scores then cost nothing more
(target − α / diag(C⁻¹), the usual identity), and it is on those that confidences are calibrated. What an unknown sentence
looks like is learnt by hiding each example's own label.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from tickless.ai.brain import Example, Guess
from tickless.ai.calibration import Calibration, calibrate
from tickless.ai.features import Floats, Indexes, Vector, Vocabulary, learn_vocabulary

METHOD = "1"
RIDGE = 0.8
NEAREST = 0.4
"""Weight of the nearest example's cosine beside the classifier's score."""
UNKNOWN = 0.35
"""How much an unknown sentence counts beside a known one when confidences are calibrated."""
THRESHOLD = 0.5


@dataclass(frozen=True)
class _Rows:
    """The examples' vectors by column, for the cosine with every example at the price of the query's columns."""

    starts: Indexes
    rows: Indexes
    weights: Floats
    count: int

    def cosines(self, vector: Vector) -> Floats:
        """Cosine (0..1) of the vector with each example."""
        found = np.zeros(self.count)
        for column, weight in zip(vector.columns, vector.weights, strict=True):
            at = slice(self.starts[column], self.starts[column + 1])
            found[self.rows[at]] += weight * self.weights[at]
        return found


@dataclass(frozen=True)
class LexicalBrain:
    """Make it with `teach`."""

    labels: tuple[str, ...]
    examples: tuple[Example, ...]
    vocabulary: Vocabulary
    weights: Floats
    """Columns of the vocabulary × labels."""
    constants: Floats
    calibration: Calibration
    version: str
    _rows: _Rows
    _owners: Indexes
    name: str = "lexical"
    threshold: float = THRESHOLD

    def rank(self, text: str, *, limit: int = 3) -> tuple[Guess, ...]:
        """The likeliest labels, best first. Empty if the text shares nothing with what was taught."""
        vector = self.vocabulary.vector(text)
        if not len(vector.columns):
            return ()
        cosines = self._rows.cosines(vector)
        nearest = _nearest(cosines[None, :], self._owners, len(self.labels))[0]
        scores = vector.weights @ self.weights[vector.columns] + self.constants + NEAREST * nearest
        order = np.argsort(-scores, kind="stable")[:limit]
        top = self.calibration.confidence(_signs(scores[None, :], nearest[None, :])[0])
        fall = np.exp(4 * (scores[order] - scores[order[0]]))
        return tuple(
            Guess(self.labels[label], round(float(top * share), 4), self._nearest_text(cosines, label))
            for label, share in zip(order, fall, strict=True)
        )

    def guess(self, text: str) -> Guess | None:
        """The best label, or None below the threshold."""
        ranked = self.rank(text, limit=1)
        return ranked[0] if ranked and ranked[0].confidence >= self.threshold else None

    def _nearest_text(self, cosines: Floats, label: int) -> str:
        own = np.flatnonzero(self._owners == label)
        return self.examples[int(own[np.argmax(cosines[own])])].text


def teach(examples: Iterable[Example], *, threshold: float = THRESHOLD) -> LexicalBrain:
    """A brain that knows these examples. Needs at least two labels; raises ValueError otherwise."""
    taught = tuple(sorted({(one.label, one.text.strip()) for one in examples if one.text.strip()}))
    labels = tuple(sorted({label for label, _ in taught}))
    if len(labels) < 2:
        raise ValueError("a brain needs examples of at least two labels")
    vocabulary = learn_vocabulary([text for _, text in taught])
    vectors = [vocabulary.vector(text) for _, text in taught]
    owners = np.array([labels.index(label) for label, _ in taught], dtype=np.int64)
    targets = np.where(owners[:, None] == np.arange(len(labels))[None, :], 1.0, -1.0)
    kernel = _kernel(vectors, len(vocabulary.telling))
    inverse = np.linalg.inv(kernel + 1.0 + RIDGE * np.eye(len(taught)))
    duals: Floats = np.asarray(inverse @ targets, dtype=np.float64)
    left_out = targets - duals / np.diag(inverse)[:, None]
    return LexicalBrain(
        labels=labels,
        examples=tuple(Example(label, text) for label, text in taught),
        vocabulary=vocabulary,
        weights=_primal(vectors, duals, len(vocabulary.telling)),
        constants=duals.sum(axis=0),
        calibration=_calibration(left_out, kernel, owners),
        version=f"{METHOD}-{hashlib.sha256(repr(taught).encode()).hexdigest()[:12]}",
        threshold=threshold,
        _rows=_by_column(vectors, len(vocabulary.telling)),
        _owners=owners,
    )


def _kernel(vectors: list[Vector], width: int, *, block: int = 2_048) -> Floats:
    """Cosine of every pair, a block of columns at a time so that memory stays small."""
    kernel = np.zeros((len(vectors), len(vectors)))
    for start in range(0, width, block):
        part = np.zeros((len(vectors), block), dtype=np.float32)
        for row, vector in enumerate(vectors):
            inside = (vector.columns >= start) & (vector.columns < start + block)
            part[row, vector.columns[inside] - start] = vector.weights[inside]
        kernel += part @ part.T
    return kernel


def _primal(vectors: list[Vector], duals: Floats, width: int) -> Floats:
    weights = np.zeros((width, duals.shape[1]))
    for vector, dual in zip(vectors, duals, strict=True):
        weights[vector.columns] += vector.weights[:, None] * dual[None, :]
    return weights


def _by_column(vectors: list[Vector], width: int) -> _Rows:
    columns = np.concatenate([vector.columns for vector in vectors])
    rows = np.repeat(np.arange(len(vectors)), [len(vector.columns) for vector in vectors])
    order = np.argsort(columns, kind="stable")
    starts = np.searchsorted(columns[order], np.arange(width + 1))
    return _Rows(starts, rows[order], np.concatenate([v.weights for v in vectors])[order], len(vectors))


def _nearest(cosines: Floats, owners: Indexes, labels: int) -> Floats:
    """Per row and label, the mean of the two best cosines with an example of that label."""
    best = np.zeros((len(cosines), labels))
    for label in range(labels):
        own = np.sort(cosines[:, owners == label], axis=1)
        best[:, label] = own[:, -2:].mean(axis=1)
    return best


def _signs(scores: Floats, nearest: Floats) -> Floats:
    """What tells a good guess: the best score, its lead over the second, the cosine of its nearest examples."""
    rows = np.arange(len(scores))
    top = np.argmax(scores, axis=1)
    ordered = np.sort(scores, axis=1)
    return np.stack([ordered[:, -1], ordered[:, -1] - ordered[:, -2], nearest[rows, top]], axis=1)


def _calibration(left_out: Floats, kernel: Floats, owners: Indexes) -> Calibration:
    others = kernel - np.diag(np.diag(kernel))
    nearest = _nearest(others, owners, left_out.shape[1])
    scores = left_out + NEAREST * nearest
    known = _signs(scores, nearest)
    right = (np.argmax(scores, axis=1) == owners).astype(np.float64)
    rows = np.arange(len(owners))
    hidden = scores.copy()
    hidden[rows, owners] = -9.0
    unknown = _signs(hidden, nearest)
    return calibrate(
        np.vstack([known, unknown]),
        np.concatenate([right, np.zeros(len(owners))]),
        counts=np.concatenate([np.ones(len(owners)), np.full(len(owners), UNKNOWN)]),
    )
