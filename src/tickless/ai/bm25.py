"""Okapi BM25 over stemmed words: how well the words of a query are those of a document.

The usual form (Robertson and Zaragoza 2009): idf · tf · (k1 + 1) / (tf + k1 · (1 − b + b · length / mean length)), with the
idf that is never negative. Names written together (`NodeDiskFull`) also count as their parts.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tickless.ai.features import Floats, Indexes, normalise, words

K1 = 1.2
B = 0.75
_STOP_WORDS = """
a an and are as at be been but by can could do does did for from had has have he her him his how i if in into is it its
me my no nor not of on or our she should so some such than that the their them then there these they this those to too
us was we were what when where which while who whom why will with would you your please
"""
_STOP = frozenset(_STOP_WORDS.split())
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[_/.:-]+")


def terms(text: str) -> list[str]:
    """The words that count, stemmed; joined names as a whole and in parts."""
    found: list[str] = []
    for token in text.split():
        whole = words(normalise(token))
        parts = words(normalise(" ".join(_CAMEL.split(token)))) if _CAMEL.search(token) else []
        found += [stem(word) for word in (whole if whole == parts else [*whole, *parts]) if word not in _STOP]
    return found


def stem(word: str) -> str:
    """A light English stemmer: plural, past and progressive endings only, so that it seldom joins what differs."""
    if len(word) <= 3 or word.isdigit():
        return word
    for ending, instead in (("ies", "y"), ("sses", "ss"), ("ings", ""), ("ing", ""), ("edly", ""), ("ed", "")):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return _undoubled(word[: len(word) - len(ending)] + instead)
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return _undoubled(word[:-1])
    return _undoubled(word)


def _undoubled(word: str) -> str:
    """`stopp` → `stop`, `reboote` and `reboot` alike."""
    if len(word) > 4 and word[-1] == "e":
        return word[:-1]
    return word[:-1] if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "lsz" else word


@dataclass(frozen=True)
class Bm25:
    """The words of a set of documents, by word. Make it with `Bm25.of`."""

    columns: dict[str, int]
    starts: Indexes
    rows: Indexes
    weights: Floats
    telling: Floats
    """How rare each word is (idf)."""
    count: int

    @classmethod
    def of(cls, documents: Sequence[str]) -> Bm25:
        """Index these texts. Empty documents are found by nothing."""
        counted = [Counter(terms(document)) for document in documents]
        lengths = np.array([sum(one.values()) for one in counted], dtype=np.float64)
        mean = float(lengths.mean()) if len(lengths) and lengths.any() else 1.0
        spread = Counter(term for one in counted for term in one)
        columns = {term: column for column, term in enumerate(sorted(spread))}
        entries = [(columns[term], row, times) for row, one in enumerate(counted) for term, times in one.items()]
        table = np.array(entries, dtype=np.int64).reshape(-1, 3)
        table = table[np.argsort(table[:, 0], kind="stable")]
        frequency = np.array([spread[term] for term in sorted(spread)], dtype=np.float64)
        telling = np.log(1 + (len(documents) - frequency + 0.5) / (frequency + 0.5))
        times, rows = table[:, 2].astype(np.float64), table[:, 1]
        weights = telling[table[:, 0]] * times * (K1 + 1) / (times + K1 * (1 - B + B * lengths[rows] / mean))
        starts = np.searchsorted(table[:, 0], np.arange(len(columns) + 1))
        return cls(columns, starts, rows, weights, telling, len(documents))

    def scores(self, query: str) -> Floats:
        """One score ≥ 0 for each document."""
        found = np.zeros(self.count)
        for term, times in Counter(terms(query)).items():
            column = self.columns.get(term)
            if column is not None:
                at = slice(self.starts[column], self.starts[column + 1])
                found[self.rows[at]] += times * self.weights[at]
        return found

    def coverage(self, query: str) -> Floats:
        """For each document the share, 0..1, of the query's words that it has; rare words count more, unknown ones most."""
        found = np.zeros(self.count)
        total = 0.0
        unknown = float(np.log(1 + (self.count + 0.5) / 0.5))
        for term in set(terms(query)):
            column = self.columns.get(term)
            weight = unknown if column is None else float(self.telling[column])
            total += weight
            if column is not None:
                found[self.rows[self.starts[column] : self.starts[column + 1]]] += weight
        return found / total if total else found
