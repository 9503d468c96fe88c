"""Sentences as sparse vectors: TF-IDF over words (1–2 grams) and over characters inside words (2–4 grams).

The two blocks are scaled to length one each and then joined, so that typos (characters) weigh as much as words.
Weights follow the usual form: (1 + ln tf) · (1 + ln((1 + n) / (1 + df))).
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Indexes = NDArray[np.int64]

MAX_CHARACTERS = 1_000
"""Longer sentences are cut: nobody's need hides behind a thousand characters of one sentence."""

_NOISE = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e007f]")
_MASKS = (
    (re.compile(r"\b[\w.+-]+@[\w-]+\.[\w.-]+"), " mailaddress "),
    (re.compile(r"https?://\S+"), " weblink "),
    (re.compile(r"\d{3,}"), " 000 "),
)
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")


def normalise(text: str) -> str:
    """Lower case, compatible forms, straight apostrophes; addresses, links and long numbers as one word each."""
    text = unicodedata.normalize("NFKC", _NOISE.sub("", text[:MAX_CHARACTERS])).lower().replace("’", "'")
    for pattern, mask in _MASKS:
        text = pattern.sub(mask, text)
    return text


def unmasked(text: str) -> str:
    """The text without characters that nobody sees; lone surrogates, which no tokenizer reads, as a question mark."""
    return _NOISE.sub("", text).encode("utf-8", "replace").decode("utf-8")


def words(text: str) -> list[str]:
    """The words of a normalised text, apostrophes taken out (`can't` → `cant`, as people type it anyway)."""
    return [word.replace("'", "") for word in _WORD.findall(text)]


def word_grams(tokens: Sequence[str]) -> Counter[str]:
    """Words and pairs of neighbours; the ends count as neighbours, so that a bare `no` differs from `no access`."""
    framed = ["^", *tokens, "$"]
    grams = Counter("w:" + token for token in tokens)
    grams.update(f"w:{left} {right}" for left, right in itertools.pairwise(framed))
    return grams


def character_grams(tokens: Iterable[str]) -> Counter[str]:
    """Pieces of 2 to 4 characters inside words, with a blank at each end of the word."""
    return Counter(itertools.chain.from_iterable(map(_pieces, tokens)))


@lru_cache(maxsize=20_000)
def _pieces(token: str) -> tuple[str, ...]:
    padded = f" {token} "
    return tuple("c:" + padded[at : at + size] for size in (2, 3, 4) for at in range(max(len(padded) - size + 1, 1)))


@dataclass(frozen=True)
class Vector:
    """A sparse vector: columns in the vocabulary, and the weight in each."""

    columns: Indexes
    weights: Floats


@dataclass(frozen=True)
class Vocabulary:
    """The grams that were seen in teaching: gram → column, and how telling each one is."""

    columns: dict[str, int]
    telling: Floats

    def vector(self, text: str) -> Vector:
        """The sentence over this vocabulary; empty when it shares nothing with it."""
        tokens = words(normalise(text))
        blocks = [self._block(word_grams(tokens)), self._block(character_grams(tokens))]
        return Vector(np.concatenate([block.columns for block in blocks]), np.concatenate([b.weights for b in blocks]))

    def _block(self, grams: Counter[str]) -> Vector:
        known = [(column, count) for gram, count in grams.items() if (column := self.columns.get(gram)) is not None]
        columns = np.array([column for column, _ in known], dtype=np.int64)
        weights = (1 + np.log(np.array([count for _, count in known], dtype=np.float64))) * self.telling[columns]
        length = float(np.sqrt(weights @ weights)) or 1.0
        return Vector(columns, weights / (length * np.sqrt(2.0)))


def learn_vocabulary(texts: Sequence[str], *, rarest: int = 2) -> Vocabulary:
    """Every gram found in at least `rarest` texts (single words always), with its inverse document frequency."""
    seen: Counter[str] = Counter()
    for text in texts:
        tokens = words(normalise(text))
        seen.update(word_grams(tokens).keys() | character_grams(tokens).keys())
    kept = sorted(gram for gram, count in seen.items() if count >= rarest or (gram[0] == "w" and " " not in gram))
    counts = np.array([seen[gram] for gram in kept], dtype=np.float64)
    return Vocabulary(
        columns={gram: column for column, gram in enumerate(kept)},
        telling=1 + np.log((1 + len(texts)) / (1 + counts)),
    )
