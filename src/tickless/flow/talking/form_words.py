"""A form answered in plain text: `Start: Monday`, or as many answers as there are questions, in their order. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tickless.domain.card import FormField

_LABEL = re.compile(r"(?P<first>[A-Za-z]\w*\s+)?(?P<word>[A-Za-z]\w*)\s*[:=]\s*")
_EDGES = " \t\n,;-*•.)"
_WORDS = re.compile(r"[a-z]{3,}")
_EMPTY = frozenset(
    {"the", "what", "who", "will", "when", "which", "for", "you", "example", "name", "are", "does", "person"}
)


def read_lines(text: str, fields: Sequence[FormField]) -> dict[str, str]:
    """The values by field name, from labelled answers (in lines or not), or as many answers as there are questions; nothing
    where words and fields do not meet."""
    marks = [(found.start(at), found.end(), name) for found in _LABEL.finditer(text) if (label := _field(found, fields))
             for at, name in (label,)]  # fmt: skip
    ends = [*(start for start, _, _ in marks[1:]), *([len(text)] if marks else [])]
    values = {name: text[begin:end].strip(_EDGES) for (_, begin, name), end in zip(marks, ends, strict=True)}
    if values or len(fields) < 2:
        return {name: value for name, value in values.items() if value}
    for pieces in (text.splitlines(), text.split(";"), text.split(",")):
        kept = [piece.strip(_EDGES) for piece in pieces if piece.strip(_EDGES)]
        if len(kept) == len(fields):
            return {field.name: piece for field, piece in zip(fields, kept, strict=True)}
    return {}


def _field(found: re.Match[str], fields: Sequence[FormField]) -> tuple[str, str] | None:
    """The one field that the label means, and from which of its words on it is a label."""
    words = {field.name: set(_WORDS.findall(f"{field.name} {field.label}".casefold().replace("_", " "))) - _EMPTY
             for field in fields}  # fmt: skip
    word = found["word"].casefold()
    exact = [name for name in words if name == word]
    meant = exact or [name for name, known in words.items() if word in known]
    if len(meant) != 1:
        return None
    first = (found["first"] or "").strip().casefold()
    return ("first" if first and first in words[meant[0]] else "word"), meant[0]
