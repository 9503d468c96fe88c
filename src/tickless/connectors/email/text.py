"""The words of a mail: decoded, without markup, without what was quoted. Pure and total."""

from __future__ import annotations

import re
from email.message import Message

from tickless.connectors.email.attachments import is_attached
from tickless.connectors.email.markup import without_markup
from tickless.connectors.email.parts import bytes_of, charset_of, clean, header, leaves

__all__ = ["body_of", "clean", "header", "without_markup", "without_quotes"]

_ATTRIBUTION = re.compile(
    r"^\s*(?:on|am|le|el|il|op|den|em)\b.{3,200}"
    r"(?:wrote|schrieb|a écrit|escribió|ha scritto|schreef|skrev|escreveu)[^:\n]{0,120}:\s*$",
    re.IGNORECASE | re.DOTALL,
)
_FORWARDED = re.compile(
    r"^\s*(?:-{2,}\s*(?:forwarded message|weitergeleitete nachricht|message transféré|mensaje reenviado)\b.*|"
    r"begin forwarded message:|anfang der weitergeleiteten nachricht:)\s*$",
    re.IGNORECASE,
)
_TAIL = re.compile(
    r"^\s*(?:-{2,}\s*(?:original message|ursprüngliche nachricht|message d'origine).*|_{10,}|-- ?|"
    r"sent from (?:my |outlook|mail for )\w.*|get outlook for \w+.*|von meinem \w+ gesendet.*)\s*$",
    re.IGNORECASE,
)
_HEADER_BLOCK = re.compile(r"^\s*\*?(?:from|von|de|da)\s?:\*?\s.*@", re.IGNORECASE)
_HEADER_LINE = re.compile(r"^\s*\*?[A-Za-zÀ-ÿ-]{2,20}( [A-Za-zÀ-ÿ-]{2,20})?\s?:\*?\s", re.IGNORECASE)
_FORWARD_SUBJECT = re.compile(r"^\s*(?:fwd?|wg|tr|rv|enc|vs|doorst)\s*:", re.IGNORECASE)
_MOST_LINES = 5_000
_LONGEST = 500_000
"""Signs of a text that are read at all."""
_WIDER = {"iso-8859-1": "cp1252", "latin-1": "cp1252", "us-ascii": "utf-8", "ascii": "utf-8", "gb2312": "gb18030"}
"""What programs really mean by these names (after the Encoding Standard)."""


def body_of(message: Message) -> str:
    """The text of a mail: its first plain part, else its first HTML part without markup."""
    html = ""
    for part in leaves(message):
        if is_attached(part):
            continue
        kind = part.get_content_type()
        if kind == "text/plain" and (text := _decoded(part)).strip():
            return text
        if kind == "text/html" and not html:
            html = without_markup(_decoded(part))
    return html


def _decoded(part: Message) -> str:
    raw, declared = bytes_of(part), charset_of(part)
    for charset in (_WIDER.get(declared, declared), "utf-8", "cp1252"):
        try:
            return _tidy(raw.decode(charset))
        except (LookupError, ValueError):
            continue
    return _tidy(raw.decode("utf-8", "replace"))


def _tidy(text: str) -> str:
    return clean(text[:_LONGEST].replace("\r\n", "\n"))


def without_quotes(text: str, *, subject: str = "") -> str:
    """What the sender wrote this time: no quoted lines, nothing after an attribution or a signature.

    Of a forwarded mail the words of the one who forwards it come first, then those that they forward. A mail that would be
    empty then is kept whole.
    """
    lines = text.split("\n")[:_MOST_LINES]
    own, end = _own(lines)
    forwards = end < len(lines) and (_FORWARDED.match(lines[end]) or _FORWARD_SUBJECT.match(subject))
    passed_on = _own(_below_headers(lines[end:]))[0] if forwards else ""
    return "\n\n".join(part for part in (own, passed_on) if part) or text.strip()


def _own(lines: list[str]) -> tuple[str, int]:
    """The words up to what was quoted, and the line at which that begins."""
    kept: list[str] = []
    for index, line in enumerate(lines):
        two = "\n".join(lines[index : index + 2])
        if _ends(line) or _ATTRIBUTION.match(line) or _wraps(two, line):
            return "\n".join(kept).strip(), index
        if not line.lstrip().startswith(">"):
            kept.append(line.rstrip())
    return "\n".join(kept).strip(), len(lines)


def _ends(line: str) -> bool:
    return bool(_TAIL.match(line) or _FORWARDED.match(line) or _HEADER_BLOCK.match(line))


def _below_headers(lines: list[str]) -> list[str]:
    """The lines after the marker and headers of a forwarded mail; quote marks are taken off."""
    bare = [re.sub(r"^\s*(?:> ?)+", "", line) for line in lines]
    while bare and (
        not bare[0].strip() or _FORWARDED.match(bare[0]) or _TAIL.match(bare[0]) or _HEADER_LINE.match(bare[0])
    ):
        bare = bare[1:]
    return bare


def _wraps(two: str, first: str) -> bool:
    """An attribution that a mail program broke in two lines."""
    return bool(first.strip()) and len(two) < 300 and bool(_ATTRIBUTION.match(two))
