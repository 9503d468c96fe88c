"""Cuts a message where one need may end and another begin. Pure: it proposes, the reading of the pieces decides."""

from __future__ import annotations

import re
from dataclasses import dataclass

_SENTENCE = re.compile(r"[.!?;]+(?=\s|$)|\n+|(?:(?<=\s)|^)\(?\d{1,2}[.)](?=\s)|(?:(?<=\s)|^)[•*]\s")
_JOINT = re.compile(
    r"\s*(?:,|-|–|—|\()?\s*\b(?:and also|and then|then also|then|and|also|plus|additionally|besides|oh and|btw|by the "
    r"way|on top of that|another thing|but also|but|as well as|moreover)\b:?,?\s+|\s*[,–—]\s+|\s+-\s+|\s*\+\s*",
    re.IGNORECASE,
)
_CAUSAL = re.compile(
    r"^(?:now|so|because|since|therefore|it|that|this|then|still|which|as|when|after|thus|hence|"
    r"tried|same (?:thing|on|here|result)|"
    r"i (?:only|just) wanted)\b",
    re.IGNORECASE,
)
MOST_PIECES = 14


@dataclass(frozen=True)
class Piece:
    """A stretch of the message with its place. `fresh`: it begins a sentence."""

    text: str
    start: int
    fresh: bool

    @property
    def end(self) -> int:
        return self.start + len(self.text)

    @property
    def leans(self) -> bool:
        """It explains what came before rather than asking for something of its own."""
        return bool(_CAUSAL.match(self.text))


def cut(text: str) -> list[Piece]:
    """Sentences, cut again at joints such as `and` or a comma, left to right; never empty pieces."""
    pieces: list[Piece] = []
    for sentence in _spans(text, _SENTENCE, 0, len(text)):
        for at, (start, end) in enumerate(_spans(text, _JOINT, *sentence)):
            pieces.append(Piece(text[start:end], start, fresh=at == 0))
    return pieces[:MOST_PIECES]


def join(text: str, first: Piece, last: Piece) -> Piece:
    """One piece from the beginning of the first to the end of the last, with what stands between."""
    return Piece(text[first.start : last.end], first.start, first.fresh)


def _spans(text: str, pattern: re.Pattern[str], start: int, end: int) -> list[tuple[int, int]]:
    found, at = [], start
    for match in pattern.finditer(text, start, end):
        found.append((at, match.start()))
        at = match.end()
    found.append((at, end))
    trimmed = []
    for left, right in found:
        inside = text[left:right]
        if inside.strip():
            trimmed.append((left + len(inside) - len(inside.lstrip()), right - len(inside) + len(inside.rstrip())))
    return trimmed
