"""Before text leaves the house: secrets go for good; people, addresses and long numbers get stand-ins that are put back."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from tickless.kit.redaction import redact_secrets

_STAND_IN = re.compile(r"\[((?:person|mail|phone|address|number)-\d{1,3})\]")
_KINDS = (
    ("mail", re.compile(r"\b[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}\b")),
    ("phone", re.compile(r"(?<![\w.])\+?\d[\d ()/-]{7,}\d(?!\w)")),
    ("address", re.compile(r"\b(?:\d{1,3}\.){3}\d{1,3}\b|\b(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}\b")),
    ("number", re.compile(r"(?<!\w)[A-Za-z]{0,4}-?\d{5,}(?!\w)")),
)
_WORD = re.compile(r"[^\W_][\w.’'-]*[^\W_]|[^\W_]")
SHORT = 2
"""Parts of names up to this length are left alone."""


class Names:
    """The names of people. Whole names and sign-in names are found in any case, parts of names only capitalised."""

    def __init__(self, names: Iterable[str] = (), sign_ins: Iterable[str] = ()) -> None:
        """`names`: as people are called, `Anna Weber`; `sign_ins`: single words, `aweber`."""
        self._sign_ins = frozenset(one.casefold() for one in sign_ins if len(one) > SHORT)
        split = [tuple(one.casefold().split()) for one in names]
        self._whole = frozenset(words for words in split if len(words) > 1)
        self._longest = max(map(len, self._whole), default=1)
        self._parts = frozenset(word for words in split for word in words if len(word) > SHORT)

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Where somebody is named: (start, end), in order, none inside another."""
        found: list[tuple[int, int]] = []
        words = list(_WORD.finditer(text))
        at = 0
        while at < len(words):
            taken = self._at(words, at)
            if taken:
                found.append((words[at].start(), self._end(words[at + taken - 1])))
            at += max(taken, 1)
        return found

    def _at(self, words: list[re.Match[str]], at: int) -> int:
        """How many words from here on are a name."""
        folded = [self._bare(word[0]) for word in words[at : at + self._longest]]
        for many in range(len(folded), 1, -1):
            if tuple(folded[:many]) in self._whole:
                return many
        word = words[at][0]
        one = folded[0] in self._sign_ins or (word[0].isupper() and folded[0] in self._parts)
        return int(one)

    @staticmethod
    def _bare(word: str) -> str:
        return re.sub(r"[’']s$", "", word).casefold()

    @staticmethod
    def _end(word: re.Match[str]) -> int:
        return word.end() - (2 if re.search(r"[’']s$", word[0]) else 0)


@dataclass
class Mask:
    """The stand-ins of one request. The same words have the same stand-in, in every text of the request."""

    names: Names = field(default_factory=Names)
    secrets: frozenset[str] = frozenset()
    """Values that must never leave, besides what looks like a secret."""
    _stands: dict[str, str] = field(default_factory=dict)

    def hide(self, text: str) -> str:
        """The text as it may leave the house."""
        text = _STAND_IN.sub(r"(\1)", redact_secrets(text, self.secrets))
        for kind, pattern in _KINDS:
            text = pattern.sub(lambda found, kind=kind: self._stand_in(kind, found[0]), text)  # type: ignore[misc]
        pieces, at = [], 0
        for start, end in self.names.spans(text):
            if text[max(start - 1, 0) : start] == "[" and _STAND_IN.match(text, start - 1):
                continue
            pieces += [text[at:start], self._stand_in("person", text[start:end])]
            at = end
        return "".join([*pieces, text[at:]])

    def put_back(self, text: str) -> str:
        """What a model said, with the words that its stand-ins stand for. One it made up stays as it is."""
        words = {stand: original for original, stand in self._stands.items()}
        return _STAND_IN.sub(lambda found: words.get(found[0], found[0]), text)

    def _stand_in(self, kind: str, original: str) -> str:
        known = self._stands.get(original)
        if known is None:
            number = sum(stand.startswith(f"[{kind}-") for stand in self._stands.values()) + 1
            known = self._stands[original] = f"[{kind}-{number}]"
        return known


def has_stand_ins(text: str) -> bool:
    """Whether a stand-in is left: one that nobody gave out."""
    return _STAND_IN.search(text) is not None
