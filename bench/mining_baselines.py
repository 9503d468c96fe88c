"""What others would do first: TF-IDF with k-means, and HDBSCAN. Written here after the papers; no code is taken from anywhere.

HDBSCAN: Campello, Moulavi and Sander, 2013; excess of mass as there. On TF-IDF pressed into 50 dimensions, as is usual.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
DIMENSIONS = 50
STARTS = 4
_WORD = re.compile(r"(?u)\b\w\w+\b")


def tfidf(texts: Sequence[str], *, fewest: int = 3, often: float = 0.4) -> Floats:
    """Words in at least three texts and at most two fifths of them; logarithmic counts; rows of length one."""
    documents = [_WORD.findall(text.lower()) for text in texts]
    count = Counter(word for words in documents for word in set(words))
    kept = sorted(word for word, n in count.items() if fewest <= n <= often * len(texts))
    place = {word: index for index, word in enumerate(kept)}
    rows = np.zeros((len(texts), len(kept)), np.float32)
    for row, words in enumerate(documents):
        for word, n in Counter(word for word in words if word in place).items():
            rows[row, place[word]] = (1 + np.log(n)) * (np.log((1 + len(texts)) / (1 + count[word])) + 1)
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9), np.float32)


def tfidf_k_means(rows: Floats, count: int, *, seed: int) -> list[str]:
    """The best of four starts by its spread."""
    runs = [_lloyd(rows, count, np.random.default_rng(seed * 100 + start)) for start in range(STARTS)]
    return [str(label) for label in min(runs, key=lambda run: run[0])[1]]


def _lloyd(rows: Floats, count: int, random: np.random.Generator) -> tuple[float, NDArray[np.int64]]:
    centres = [rows[random.integers(len(rows))]]
    away = np.full(len(rows), np.inf)
    for _ in range(count - 1):
        away = np.minimum(away, ((rows - centres[-1]) ** 2).sum(1))
        centres.append(rows[random.choice(len(rows), p=away / away.sum())])
    middle, labels = np.stack(centres), np.full(len(rows), -1)
    for _ in range(60):
        distance = (middle**2).sum(1) - 2 * rows @ middle.T
        fresh = distance.argmin(1)
        if np.array_equal(fresh, labels):
            break
        labels = fresh
        for label in np.unique(labels):
            middle[label] = rows[labels == label].mean(0)
    return float(distance.min(1).sum()), labels


def hdbscan(rows: Floats, *, smallest: int) -> list[str]:
    """Labels; `-1`: noise. `smallest`: a group's fewest members, and the neighbours that tell how dense a place is."""
    points = _pressed(rows)
    squares = np.maximum(2 - 2 * points @ points.T, 0)
    distance = np.sqrt(squares)
    core = np.partition(distance, smallest, axis=1)[:, smallest]
    reach = np.maximum(np.maximum(core[:, None], core[None, :]), distance)
    return _stable(_single_linkage(reach), len(rows), smallest)


def _pressed(rows: Floats) -> Floats:
    _, vectors = np.linalg.eigh(rows.T.astype(np.float64) @ rows) if rows.shape[1] <= 4_000 else (None, None)
    if vectors is None:
        _, _, right = np.linalg.svd(rows, full_matrices=False)
        vectors = right[::-1].T
    points = rows @ vectors[:, -DIMENSIONS:]
    return np.asarray(points / np.maximum(np.linalg.norm(points, axis=1, keepdims=True), 1e-9), np.float32)


def _single_linkage(reach: Floats) -> list[tuple[float, int, int]]:
    """The edges of the minimum spanning tree (Prim), shortest first."""
    count = len(reach)
    near, best = np.zeros(count, np.int64), reach[0].astype(np.float64)
    inside = np.zeros(count, bool)
    inside[0] = True
    best[0] = np.inf
    edges = []
    for _ in range(count - 1):
        place = int(best.argmin())
        edges.append((float(best[place]), int(near[place]), place))
        inside[place] = True
        closer = (reach[place] < best) & ~inside
        near[closer], best[closer] = place, reach[place][closer]
        best[place] = np.inf
    return sorted(edges)


def _stable(edges: Sequence[tuple[float, int, int]], count: int, smallest: int) -> list[str]:
    """The tree of mergers, read from its top: a split counts where both sides are large enough; the most stable groups win."""
    parent = list(range(2 * count - 1))
    children: dict[int, tuple[int, int, float]] = {}
    size = [1] * count + [0] * (count - 1)

    def root(node: int) -> int:
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for step, (length, one, other) in enumerate(edges):
        left, right, made = root(one), root(other), count + step
        children[made] = (left, right, length)
        size[made] = size[left] + size[right]
        parent[left] = parent[right] = made
    groups = _condensed(2 * count - 2, children, size, smallest)
    labels = ["-1"] * count
    for label, members in enumerate(groups):
        for member in members:
            labels[member] = str(label)
    return labels


def _leaves(node: int, children: dict[int, tuple[int, int, float]]) -> list[int]:
    found, left = [], [node]
    while left:
        one = left.pop()
        if one in children:
            left += children[one][:2]
        else:
            found.append(one)
    return found


def _condensed(
    top: int, children: dict[int, tuple[int, int, float]], size: list[int], smallest: int
) -> list[list[int]]:
    """Members of the chosen groups. The whole is none."""
    birth: dict[int, float] = {top: 0.0}
    stability: dict[int, float] = {}
    below: dict[int, list[int]] = {}
    order = [top]
    for group in order:
        node, total = group, 0.0
        while node in children:
            left, right, length = children[node]
            density = 1 / max(length, 1e-9)
            large = [one for one in (left, right) if size[one] >= smallest]
            if len(large) == 2:
                total += size[node] * (density - birth[group])
                below[group] = large
                for one in large:
                    birth[one] = density
                    order.append(one)
                break
            total += sum(size[one] for one in (left, right) if one not in large) * (density - birth[group])
            if not large:
                break
            node = large[0]
        stability[group] = total
    chosen: dict[int, bool] = {}
    for group in reversed(order):
        inner = sum(stability[one] for one in below.get(group, ()))
        chosen[group] = group != top and (group not in below or stability[group] >= inner)
        if not chosen[group]:
            stability[group] = inner
    found, left_ = [], [top]
    while left_:
        group = left_.pop()
        if chosen[group]:
            found.append(_leaves(group, children))
        else:
            left_ += below.get(group, [])
    return found
