"""HTML of a mail → its words, as a reader would see them: hidden text is not there, quotes begin with `>`. Pure and total."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from tickless.connectors.email.tags import End, Start, tags_of

LONGEST = 200_000
"""Signs of HTML that are read."""
_BLOCKS = frozenset(
    {"p", "div", "br", "li", "tr", "h1", "h2", "h3", "h4", "blockquote", "table", "ul", "ol", "pre", "hr"}
)
_SILENT = frozenset({"script", "style", "head", "title", "template", "noscript", "object", "svg", "select", "textarea"})
_VOID = frozenset(
    {"br", "img", "hr", "input", "meta", "link", "area", "base", "col", "embed", "source", "track", "wbr"}
)
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all|font-size\s*:\s*0(?![.\d]*[1-9])|"
    r"opacity\s*:\s*0(?![.\d]*[1-9])|max-height\s*:\s*0(?![.\d]*[1-9])",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"\b(gmail_quote|gmail_extra|yahoo_quoted|moz-cite-prefix|protonmail_quote)\b", re.IGNORECASE)
_REST_IS_QUOTED = frozenset(
    {"divrplyfwdmsg", "appendonsend", "olk_src_body_section", "mail-editor-reference-message-container"}
)


@dataclass(frozen=True)
class _Open:
    tag: str
    hidden: bool
    quoted: bool


class _Words:
    """Keeps the words of an HTML text, one block a line, each with how deep it is quoted."""

    def __init__(self) -> None:
        self.lines: list[tuple[int, list[str]]] = [(0, [])]
        self._open: list[_Open] = []
        self._counts: Counter[str] = Counter()
        self._hidden = 0
        self._quoted = 0

    def start(self, tag: str, found: dict[str, str]) -> None:
        if tag in _BLOCKS:
            if self._open and self._open[-1].tag == "p":
                self.end("p")  # a paragraph ends where the next block begins
            self._break()
        if found.get("id", "").lower() in _REST_IS_QUOTED:
            self._quoted += 1  # what follows it is the old mail, as brothers and not as children
        if tag in _VOID:
            return
        one = _Open(
            tag,
            tag in _SILENT or "hidden" in found or bool(_HIDDEN.search(found.get("style", "")[:2_000])),
            tag == "blockquote" or bool(_QUOTED.search(found.get("class", "")[:500])),
        )
        self._open.append(one)
        self._counts[tag] += 1
        self._hidden += one.hidden
        self._quoted += one.quoted
        if one.quoted:
            self._break()

    def end(self, tag: str) -> None:
        if tag in _BLOCKS:
            self._break()
        while self._counts[tag] and self._open:
            one = self._open.pop()
            self._counts[one.tag] -= 1
            self._hidden -= one.hidden
            self._quoted -= one.quoted
            if one.tag == tag:
                break
        if tag in _BLOCKS:
            self._break()

    def text(self, words: str) -> None:
        line = self.lines[-1][1]
        if self._hidden <= 0 and (line or words.strip()):
            line.append(words)

    def _break(self) -> None:
        if self.lines[-1][1]:
            self.lines.append((self._quoted, []))
        else:
            self.lines[-1] = (self._quoted, [])


def without_markup(html: str) -> str:
    """The words of an HTML text, of its first `LONGEST` signs."""
    words = _Words()
    for piece in tags_of(html[:LONGEST]):
        if isinstance(piece, Start):
            words.start(piece.tag, piece.attributes)
        elif isinstance(piece, End):
            words.end(piece.tag)
        else:
            words.text(piece.words)
    told = [("> " * min(depth, 3) + " ".join("".join(line).split())).rstrip() for depth, line in words.lines if line]
    return "\n".join(told).strip()
