"""Where a message could be cut in two: after punctuation, and where words join what might be two things. Pure."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from typing import Literal

SeamKind = Literal["stop", "comma", "joint", "strong"]
"""The end of a sentence; a comma; `and`, `but`; `also`, `then`, `plus`, or several of them together."""
MOST_SEAMS = 8
"""Of longer messages the first ones are looked at: what follows them is part of the last piece."""

_STRONG = r"also|then|plus|additionally|besides|furthermore|on\s+top\s+of\s+that|after\s+that|as\s+well\s+as|oh\s+and"
_SEAM = re.compile(
    rf"""
      \s*(?P<stop>[.!?;\n]+)(?:\s+|$)(?:(?:and|but|so|oh|{_STRONG})\b[\s,]*)*
    | \s*(?P<comma>,)\s*(?P<joined>(?:(?:and|but|{_STRONG})\b[\s,]*)*)
    | \s+(?P<strong>(?:(?:and|but)\s+)?(?:{_STRONG})\b[\s,]*)
    | \s+(?P<joint>(?:and|but|&|\+)(?=\s)\s*)
    """,
    re.IGNORECASE | re.VERBOSE,
)


@dataclass(frozen=True)
class Seam:
    """A place to cut: the left piece ends at `end`, the right one begins at `start`."""

    end: int
    start: int
    kind: SeamKind


def seams_of(text: str) -> tuple[Seam, ...]:
    """Every place where `text` could be cut, in order; both pieces have something in them."""
    matches = (one for one in _SEAM.finditer(text) if text[: one.start()].strip() and text[one.end() :].strip())
    return tuple(Seam(one.start(), one.end(), _kind(one)) for one in itertools.islice(matches, MOST_SEAMS))


def _kind(match: re.Match[str]) -> SeamKind:
    if match["stop"]:
        return "stop"
    if match["comma"]:
        return (
            "strong" if re.search(_STRONG, match["joined"], re.IGNORECASE) else "joint" if match["joined"] else "comma"
        )
    return "strong" if match["strong"] else "joint"
