"""How far a written word is from a meant one, and a quick way to find near words among thousands. Pure.

The distance is Damerau–Levenshtein (optimal string alignment) with one change: putting a letter in the place of one that
is not its neighbour on the keyboard costs 1.5, because that is how other names differ (`marta`, `maria`), not how fingers slip.
Near words are found by symmetric deletion: words within n slips share a form with at most n letters deleted.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_FAR = 1.5


def _neighbours() -> frozenset[tuple[str, str]]:
    places = {letter: (row + 0.0, at + row * 0.5) for row, line in enumerate(_ROWS) for at, letter in enumerate(line)}
    return frozenset(
        (one, other)
        for one, (row, at) in places.items()
        for other, (row2, at2) in places.items()
        if one != other and abs(row - row2) <= 1 and abs(at - at2) <= 1
    )


_NEIGHBOURS = _neighbours()


def fold(text: str) -> str:
    """Lower case without accents; what is no Latin letter or digit stays as it is, so look-alikes never match."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter)).replace("ß", "ss")


def allowed_slips(word: str) -> int:
    """How many slips a word of this length may have: none up to 3 letters, one up to 7, then two."""
    return 0 if len(word) <= 3 else 1 if len(word) <= 7 else 2


def slips(written: str, meant: str) -> float:
    """The cost of turning one into the other."""
    before: list[float] = []
    last = [float(at) for at in range(len(meant) + 1)]
    for row, letter in enumerate(written, 1):
        line = [float(row)]
        for at, wanted in enumerate(meant, 1):
            swap = 0.0 if letter == wanted else 1.0 if (letter, wanted) in _NEIGHBOURS else _FAR
            cost = min(last[at] + 1, line[at - 1] + 1, last[at - 1] + swap)
            if row > 1 and at > 1 and letter == meant[at - 2] and written[row - 2] == wanted:
                cost = min(cost, before[at - 2] + 1)
            line.append(cost)
        before, last = last, line
    return last[-1]


@lru_cache(maxsize=16_384)
def _forms(word: str, most: int) -> frozenset[str]:
    """The word with up to `most` letters deleted."""
    forms = shorter = {word}
    for _ in range(most):
        shorter = {form[:at] + form[at + 1 :] for form in shorter for at in range(len(form))}
        forms = forms | shorter
    return frozenset(forms)


@dataclass(frozen=True)
class SpellingIndex:
    """Words that may be meant. Make it with `index_words`."""

    words: frozenset[str]
    _by_form: dict[str, tuple[str, ...]] = field(repr=False)

    def near(self, written: str) -> list[tuple[float, str]]:
        """Meant words with their cost, best first: exact 0, plausible slips up to the allowance, then half a slip more."""
        if written in self.words:
            return [(0.0, written)]
        most = min(allowed_slips(written) or 1, 2) if len(written) >= 3 else 0
        if most == 0 or len(written) > 40:
            return []
        meant = {word for form in _forms(written, most) for word in self._by_form.get(form, ())}
        costs = ((slips(written, word), word) for word in meant)
        return sorted((cost, word) for cost, word in costs if cost <= allowed_slips(word) + 0.5 and allowed_slips(word))


def index_words(words: Iterable[str]) -> SpellingIndex:
    """An index over folded words."""
    known = frozenset(words)
    by_form: dict[str, list[str]] = {}
    for word in sorted(known):
        if len(word) <= 40:
            for form in _forms(word, allowed_slips(word)):
                by_form.setdefault(form, []).append(word)
    return SpellingIndex(known, {form: tuple(found) for form, found in by_form.items()})
