"""Vectors into clusters: many small ones (k-means: Lloyd, 1982, begun as k-means++: Arthur and Vassilvitskii, 2007), which
are merged
where that costs least (Ward, 1963). Pure: the same vectors give the same clusters; the seed only says where to begin."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tickless.stages.learn.mining.vectors import Floats

Labels = NDArray[np.int64]
MICRO = 100
_ROUNDS = 40


def cluster(vectors: Floats, count: int, *, seed: int = 0) -> Labels:
    """A label for each row, 0 … count - 1 at most."""
    if len(vectors) <= count:
        return np.arange(len(vectors), dtype=np.int64)
    micro = min(max(MICRO, 4 * count), max(len(vectors) // 6, count))
    labels = k_means(vectors, micro, seed=seed)
    merged = ward(vectors, labels, count)
    return _settled(vectors, merged)


def k_means(vectors: Floats, count: int, *, seed: int = 0) -> Labels:
    centres = _begin(vectors, count, np.random.default_rng(seed))
    labels = np.full(len(vectors), -1, np.int64)
    for _ in range(_ROUNDS):
        fresh = nearest(vectors, centres)
        if np.array_equal(fresh, labels):
            break
        labels = fresh
        centres = _means(vectors, labels, centres)
    return _numbered(labels)


def _begin(vectors: Floats, count: int, random: np.random.Generator) -> Floats:
    chosen = [int(random.integers(len(vectors)))]
    away = np.full(len(vectors), np.inf)
    for _ in range(count - 1):
        away = np.minimum(away, ((vectors - vectors[chosen[-1]]) ** 2).sum(1))
        total = float(away.sum())
        if total <= 1e-9:
            break
        chosen.append(int(random.choice(len(vectors), p=away / total)))
    return vectors[chosen].copy()


def nearest(vectors: Floats, centres: Floats) -> Labels:
    """The centre that is nearest to each row."""
    return np.asarray(((centres**2).sum(1) - 2 * vectors @ centres.T).argmin(1), np.int64)


def _means(vectors: Floats, labels: Labels, centres: Floats) -> Floats:
    found = centres.copy()
    for label in np.unique(labels):
        found[label] = vectors[labels == label].mean(0)
    return found


def ward(vectors: Floats, labels: Labels, count: int) -> Labels:
    """Merge clusters until so many are left; always the two whose merging adds least to the spread."""
    kept = list(range(int(labels.max()) + 1))
    centre = np.stack([vectors[labels == label].mean(0) for label in kept]).astype(np.float64)
    size = np.array([float((labels == label).sum()) for label in kept])
    cost = _costs(centre, size)
    parent = list(kept)
    left = len(kept)
    while left > count:
        one, other = divmod(int(cost.argmin()), len(kept))
        centre[one] = (centre[one] * size[one] + centre[other] * size[other]) / (size[one] + size[other])
        size[one] += size[other]
        parent = [one if label == other else label for label in parent]
        cost[other, :] = cost[:, other] = np.inf
        alive = np.isfinite(cost[one])
        alive[other] = False
        fresh = ((centre - centre[one]) ** 2).sum(1) * size * size[one] / (size + size[one])
        cost[one, alive] = fresh[alive]
        cost[alive, one] = fresh[alive]
        left -= 1
    return _numbered(np.array([parent[label] for label in labels], np.int64))


def _costs(centre: NDArray[np.float64], size: NDArray[np.float64]) -> NDArray[np.float64]:
    away = ((centre[:, None] - centre[None]) ** 2).sum(2)
    cost = np.asarray(away * np.outer(size, size) / np.add.outer(size, size))
    np.fill_diagonal(cost, np.inf)
    return cost


def _settled(vectors: Floats, labels: Labels, rounds: int = 3) -> Labels:
    """Rows that are nearer to another cluster's middle go there."""
    for _ in range(rounds):
        centres = np.stack([vectors[labels == label].mean(0) for label in range(int(labels.max()) + 1)])
        labels = _numbered(nearest(vectors, centres))
    return labels


def _numbered(labels: Labels) -> Labels:
    return np.asarray(np.unique(labels, return_inverse=True)[1].reshape(-1), np.int64)
