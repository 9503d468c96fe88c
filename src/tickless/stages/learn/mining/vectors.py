"""Texts as vectors: words weighed by how rare they are, pressed into few dimensions (latent semantic analysis: Deerwester et
al.,
1990; the decomposition by random projection: Halko, Martinsson and Tropp, 2011). Pure: the seed is fixed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
WIDTH = 60
MOST_WORDS = 4_000
FEWEST = 3
"""Texts in which a word has to be."""
OFTEN = 0.4
"""A word in more texts than this share tells nothing."""
_ROUNDS = 4
_CHUNK = 1_000


@dataclass(frozen=True)
class Space:
    """What words count, how much, and which way they point."""

    place: dict[str, int]
    rarity: Floats
    axes: Floats
    """words × dimensions"""

    def vectors(self, texts: Sequence[Sequence[str]]) -> Floats:
        """texts × dimensions, of length one; a text with no word that counts is zero."""
        found = [
            weigh(texts[at : at + _CHUNK], self.place, self.rarity) @ self.axes for at in range(0, len(texts), _CHUNK)
        ]
        return unit(np.vstack(found)) if found else np.zeros((0, self.axes.shape[1]), np.float32)


def unit(vectors: Floats) -> Floats:
    """Rows of length one; zero stays zero."""
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(norms, 1e-9), np.float32)


def weigh(texts: Sequence[Sequence[str]], place: dict[str, int], rarity: Floats) -> Floats:
    """TF-IDF with logarithmic counts, rows of length one."""
    rows = np.zeros((len(texts), len(place)), np.float32)
    for row, words in enumerate(texts):
        for word, count in Counter(word for word in words if word in place).items():
            rows[row, place[word]] = (1 + np.log(count)) * rarity[place[word]]
    return unit(rows)


def space_of(texts: Sequence[Sequence[str]], *, width: int = WIDTH) -> Space:
    """Learnt from texts that are given as their words."""
    count = Counter(word for words in texts for word in set(words))
    fewest = FEWEST if len(texts) >= 50 else 1
    kept = sorted(word for word, often in count.items() if fewest <= often <= max(OFTEN * len(texts), fewest))
    if len(kept) > MOST_WORDS:
        kept = sorted(sorted(kept, key=lambda word: (-count[word], word))[:MOST_WORDS])
    place = {word: index for index, word in enumerate(kept)}
    rarity = np.array([np.log((1 + len(texts)) / (1 + count[word])) + 1 for word in kept], np.float32)
    rows = weigh(texts, place, rarity)
    return Space(place, rarity, _axes(rows, min(width, max(min(rows.shape) - 1, 1))))


def _axes(rows: Floats, width: int) -> Floats:
    if rows.shape[1] == 0:
        return np.zeros((0, 1), np.float32)
    random = np.random.default_rng(0)
    probe = rows @ random.standard_normal((rows.shape[1], width + 10)).astype(np.float32)
    for _ in range(_ROUNDS):
        probe, _ = np.linalg.qr(probe)
        probe = rows @ (rows.T @ probe)
    basis, _ = np.linalg.qr(probe)
    _, _, right = np.linalg.svd(basis.T @ rows, full_matrices=False)
    return np.asarray(right[:width].T, np.float32)
