"""Sparse vectors as the rows of a table that can be multiplied quickly with NumPy alone.

Language is uneven: a twentieth of the columns holds four fifths of the numbers. Those columns are kept dense, and BLAS does
them; the rest goes by small products, the rows with equally many entries together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tickless.ai.encoder.store import Floats32
from tickless.ai.features import Indexes, Vector

DENSE_COLUMNS = 1_500
BLOCK = 20_000
"""Entries that are multiplied at a time, so that they stay in the processor's cache."""


@dataclass(frozen=True)
class _Block:
    """Rows that have equally many entries: row `rows[r]` of the result gets `weights[r] · source[places[r]]` added."""

    rows: Indexes
    places: Indexes
    weights: Floats32


@dataclass(frozen=True)
class _Runs:
    """Entries by the row that they add to."""

    blocks: tuple[_Block, ...]

    @classmethod
    def of(cls, targets: Indexes, places: Indexes, weights: Floats32, *, count: int) -> _Runs:
        order = np.argsort(targets, kind="stable")
        starts = np.searchsorted(targets[order], np.arange(count + 1))
        sizes = np.diff(starts)
        places, weights = places[order], weights[order]
        blocks = []
        for size in np.unique(sizes[sizes > 0]):
            alike = np.flatnonzero(sizes == size)
            step = max(BLOCK // int(size), 1)
            for first in range(0, len(alike), step):
                rows = alike[first : first + step]
                at = starts[rows][:, None] + np.arange(size)
                blocks.append(_Block(rows, places[at], weights[at][:, None, :]))
        return cls(tuple(blocks))

    def add_to(self, result: Floats32, source: Floats32) -> None:
        for block in self.blocks:
            result[block.rows] += (block.weights @ source[block.places])[:, 0]


@dataclass(frozen=True)
class Rows:
    """n sparse rows of `width` columns. Make it with `Rows.of`."""

    width: int
    count: int
    _top: Indexes
    _dense: Floats32
    _by_row: _Runs
    _by_column: _Runs

    @classmethod
    def of(cls, vectors: Sequence[Vector], width: int) -> Rows:
        """Put vectors under each other; their columns are below `width`."""
        count = len(vectors)
        columns = np.concatenate([vector.columns for vector in vectors])
        weights = np.concatenate([vector.weights for vector in vectors]).astype(np.float32)
        rows = np.repeat(np.arange(count), [len(vector.columns) for vector in vectors])
        top = np.argsort(-np.bincount(columns, minlength=width), kind="stable")[:DENSE_COLUMNS]
        place = np.full(width, -1)
        place[top] = np.arange(len(top))
        common = place[columns] >= 0
        dense = np.zeros((count, len(top)), dtype=np.float32)
        dense[rows[common], place[columns[common]]] = weights[common]
        rows, columns, weights = rows[~common], columns[~common], weights[~common]
        by_row = _Runs.of(rows, columns, weights, count=count)
        return cls(width, count, top, dense, by_row, _Runs.of(columns, rows, weights, count=width))

    def times(self, table: Floats32) -> Floats32:
        """rows · table, n × k, for a table of width × k."""
        result = self._dense @ table[self._top]
        self._by_row.add_to(result, table)
        return result

    def turned_times(self, table: Floats32) -> Floats32:
        """rowsᵀ · table, width × k, for a table of n × k."""
        result = np.zeros((self.width, table.shape[1]), dtype=np.float32)
        result[self._top] = self._dense.T @ table
        self._by_column.add_to(result, table)
        return result


@dataclass(frozen=True)
class Dense:
    """The same two products over an ordinary table."""

    table: Floats32

    @property
    def width(self) -> int:
        return int(self.table.shape[1])

    @property
    def count(self) -> int:
        return int(self.table.shape[0])

    def times(self, table: Floats32) -> Floats32:
        return np.asarray(self.table @ table)

    def turned_times(self, table: Floats32) -> Floats32:
        return np.asarray(self.table.T @ table)


@dataclass(frozen=True)
class Postings:
    """The same rows by column: the products with one sparse vector at the price of that vector's columns."""

    count: int
    _starts: Indexes
    _rows: Indexes
    _weights: Floats32

    @classmethod
    def of(cls, vectors: Sequence[Vector], width: int) -> Postings:
        """Put vectors under each other; their columns are below `width`."""
        columns = np.concatenate([vector.columns for vector in vectors])
        rows = np.repeat(np.arange(len(vectors)), [len(vector.columns) for vector in vectors])
        weights = np.concatenate([vector.weights for vector in vectors]).astype(np.float32)
        order = np.argsort(columns, kind="stable")
        starts = np.searchsorted(columns[order], np.arange(width + 1))
        return cls(len(vectors), starts, rows[order], weights[order])

    def products(self, vector: Vector) -> Floats32:
        """One for each row."""
        if not len(vector.columns):
            return np.zeros(self.count, dtype=np.float32)
        runs = [slice(self._starts[column], self._starts[column + 1]) for column in vector.columns]
        times = np.repeat(vector.weights, [run.stop - run.start for run in runs])
        rows = np.concatenate([self._rows[run] for run in runs])
        weights = np.concatenate([self._weights[run] for run in runs])
        return np.bincount(rows, weights * times, minlength=self.count).astype(np.float32)
