"""How near a text comes to what documents are called and how people ask for them, by words and pieces of words.

The nearest of a document's title and questions counts, by the cosine of their TF-IDF vectors: it stands typing errors and
other endings, and knows a question in nearly the same words among many that share one word.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tickless.ai.features import Floats, Vocabulary, learn_vocabulary
from tickless.ai.rows import Postings


@dataclass(frozen=True)
class Asked:
    """Make it with `Asked.of`."""

    _vocabulary: Vocabulary
    _postings: Postings
    _starts: list[int]

    @classmethod
    def of(cls, documents: Sequence[Sequence[str]]) -> Asked:
        """`documents`: of each, at least one text that stands for it. At least one document."""
        texts = [text for said in documents for text in said]
        vocabulary = learn_vocabulary(texts)
        postings = Postings.of([vocabulary.vector(text) for text in texts], len(vocabulary.telling))
        starts = np.cumsum([0, *(len(said) for said in documents[:-1])])
        return cls(vocabulary, postings, starts.tolist())

    def scores(self, text: str) -> Floats:
        """For each document the best cosine, 0..1."""
        products = self._postings.products(self._vocabulary.vector(text))
        return np.maximum.reduceat(products, self._starts).astype(np.float64)
