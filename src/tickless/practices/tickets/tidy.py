"""Taking secrets out of what people say in plain words, before somebody else reads it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from tickless.domain.record import Untrusted
from tickless.kit.redaction import MASK, redact_secrets

_SPOKEN = re.compile(
    r"(?i)\b(pass(?:word|code|phrase)?|pwd|pin(?: code)?|(?:one.time |access |login )?code|secret|token|credentials?)\b"
    r"((?:[\s,;]++(?:is|was|are|to|now|still|it'?s|it|used|of|and|reset|changed|set|for me|username))*[\s,;]*+[:=]?\s*+)"
    r"([\"'“”‘’`]?)(\S{4,128})"
)
"""Runs of blanks are taken as a whole: giving back their parts one by one would take for ever, and find nothing more."""
_TELLING = re.compile(r"\d|[^\w\s.,;:!?'\"()\[\]-]|[a-z][A-Z]")
"""What words have and ordinary words have not: digits, signs, capitals inside."""


def without_secrets(text: str, known: Iterable[str] = ()) -> str:
    """Mask credentials as machines write them, values in `known`, and passwords and codes as people tell them.

    “My password is expired” stays; “my password is Tr0ub4dor” does not. A password that is an ordinary word is masked when it
    stands in quotes.
    """
    return _SPOKEN.sub(_masked, redact_secrets(text, known))


def quoted(text: str) -> str:
    """Somebody's words with a mark before every line, tamed: none of them can pass for the words of somebody else."""
    return "\n".join(f"> {Untrusted(line).tame(2_000)}".rstrip() for line in text.splitlines())


def _masked(found: re.Match[str]) -> str:
    word = found[4].rstrip(".,;:!?\"'“”‘’`")
    if MASK in found[4] or not (found[3] or _TELLING.search(word)):
        return found[0]
    return f"{found[1]}{found[2]}{MASK}"
