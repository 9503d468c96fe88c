"""How near a text comes to what documents are called and how people ask for them, by words and pieces of words.

The nearest of a document's title and questions counts, by the cosine of their TF-IDF vectors: it stands typing errors and
other endings, and knows a question in nearly the same words among many that share one word.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tickless.ai.features import Floats, Indexes, Vocabulary, learn_vocabulary
from tickless.ai.rows import Postings


@dataclass(frozen=True)
class Asked:
    """Make it with `Asked.of`."""

    _vocabulary: Vocabulary
    _postings: Postings
    _owners: Indexes
    """The document of each text."""
    _count: int

    @classmethod
    def of(cls, documents: Sequence[Sequence[str]]) -> Asked:
        """`documents`: of each the texts that stand for it; one without any is like nothing. At least one text in all."""
        texts = [text for said in documents for text in said]
        vocabulary = learn_vocabulary(texts)
        postings = Postings.of([vocabulary.vector(text) for text in texts], len(vocabulary.telling))
        owners = np.repeat(np.arange(len(documents)), [len(said) for said in documents])
        return cls(vocabulary, postings, owners, len(documents))

    def scores(self, text: str) -> Floats:
        """For each document the best cosine, 0..1."""
        best = np.zeros(self._count)
        np.maximum.at(best, self._owners, self._postings.products(self._vocabulary.vector(text)))
        return best
