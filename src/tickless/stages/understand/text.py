"""Plain handling of what somebody wrote: cleaned text, words with their places, ordinary words. Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from tickless.stages.understand.spelling import SpellingIndex, fold, index_words

MAX_CHARACTERS = 4_000
"""What is written beyond is not read."""

_INVISIBLE = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
    r"\U000e0000-\U000e01ef]"
)
_EMOJI_NAME = re.compile(r"(?<![\w:]):[a-z][a-z0-9_+-]{1,40}:(?::skin-tone-\d:)?(?![\w:])|(?<![\w:]):\+1:(?![\w:])")
"""`:pray:`, as chats write an emoji."""
_WORD = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+|[^\W_]+(?:['’][^\W_]+)*(?:[._][^\W_]+)*")


def clean(text: str) -> str:
    """What a reader would see: no invisible characters, compatible forms, straight quotes, single blanks; line ends kept."""
    seen = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text[: MAX_CHARACTERS * 2]))[:MAX_CHARACTERS]
    seen = _EMOJI_NAME.sub(" ", seen).replace("’", "'").replace("‘", "'").replace("“", '"').replace("”", '"')
    return re.sub(r"[^\S\n]+", " ", seen).strip()


@dataclass(frozen=True)
class Word:
    """A word and its place. `plain` is folded, without a possessive ending."""

    text: str
    plain: str
    start: int
    end: int
    owns: bool
    """It ended in `'s` or `s'`."""

    @property
    def capital(self) -> bool:
        return self.text[:1].isupper()

    @property
    def latin(self) -> bool:
        """Only Latin letters and digits: anything else may be a look-alike and is never linked."""
        return self.plain.isascii()


def words_of(text: str) -> tuple[Word, ...]:
    """The words of a cleaned text, in order."""
    found = []
    for match in _WORD.finditer(text):
        raw = match.group()
        plain = fold(raw)
        owns = plain.endswith("'s") or (plain.endswith("s") and text[match.end() : match.end() + 1] == "'")
        plain = plain.removesuffix("'s").rstrip(".") if owns else plain.rstrip(".")
        found.append(Word(raw, plain.replace("'", "") or raw, match.start(), match.end(), owns))
    return tuple(found)


def listed(text: str) -> frozenset[str]:
    """The words of a list that is written as one text."""
    return frozenset(text.split())


@lru_cache(maxsize=1)
def _ordinary() -> SpellingIndex:
    lines = files("tickless.stages.understand").joinpath("ordinary.txt").read_text(encoding="utf-8").splitlines()
    return index_words(line.strip() for line in lines if line.strip() and not line.startswith("#"))


def is_ordinary(plain: str) -> bool:
    """An everyday or IT word (exactly), a number or a single letter: no name to look up unless something else says so."""
    return len(plain) == 1 or plain.isdigit() or plain in _ordinary().words


@lru_cache(maxsize=8_192)
def is_nearly_ordinary(plain: str) -> bool:
    """An everyday word, possibly with a slip of the finger."""
    return is_ordinary(plain) or "@" in plain or any(cost <= 1 for cost, _ in _ordinary().near(plain))
