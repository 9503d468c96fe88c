"""HTML → its tags and texts in order, in one pass however broken it is. Pure and total.

The standard library's parser looks at the rest of the text again for every mark that is not closed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape

_MARK = re.compile(r"<(?=[A-Za-z!?]|/[A-Za-z>])")
_NAME = re.compile(r"[A-Za-z][^\s/>]*+")
_ATTRIBUTE = re.compile(r"[\s/]*+([^\s/>=][^\s/>=]*+)(?:\s*+=\s*+(\"[^\"]*+\"|'[^']*+'|[^\s>]*+))?")
_REST = re.compile(r"[^>]*+>?")
_HUGE = re.compile(r"&#(?:[0-9]{8,}+|[xX][0-9A-Fa-f]{8,}+);?")
_RAW = {
    name: re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE)
    for name in ("script", "style", "title", "textarea", "iframe", "noembed")
}
"""Nothing in these is a tag, up to their own end."""


@dataclass(frozen=True)
class Text:
    words: str


@dataclass(frozen=True)
class Start:
    tag: str
    attributes: dict[str, str]


@dataclass(frozen=True)
class End:
    tag: str


def tags_of(html: str) -> Iterator[Text | Start | End]:
    """Tags and texts; comments and declarations are left out, and what is opened and never closed ends the text."""
    at = 0
    while at < len(html):
        mark = _MARK.search(html, at)
        end = mark.start() if mark else len(html)
        if end > at:
            yield Text(_plain(html[at:end]))
        if mark is None:
            return
        at = end
        if html.startswith("<!--", at):
            at = _after(html, "-->", at + 2)
        elif html.startswith("</", at) and (name := _NAME.match(html, at + 2)) is not None:
            yield End(name[0].lower())
            at = _after(html, ">", name.end())
        elif (name := _NAME.match(html, at + 1)) is not None:
            at, start = _start(html, name)
            yield start
            if start.tag in _RAW:
                close = _RAW[start.tag].search(html, at)
                at = close.start() if close else len(html)
        else:
            at = _after(html, ">", at + 2)


def _after(html: str, sign: str, at: int) -> int:
    found = html.find(sign, at)
    return found + len(sign) if found >= 0 else len(html)


def _start(html: str, name: re.Match[str]) -> tuple[int, Start]:
    """Where the tag ends, and what it says; the first of two equal attributes counts."""
    attributes: dict[str, str] = {}
    at = name.end()
    while (found := _ATTRIBUTE.match(html, at)) is not None:
        value = found[2] or ""
        attributes.setdefault(found[1].lower(), _plain(value[1:-1] if value[:1] in {'"', "'"} else value))
        at = found.end()
    rest = _REST.match(html, at)
    return rest.end() if rest else len(html), Start(name[0].lower(), attributes)


def _plain(text: str) -> str:
    return unescape(_HUGE.sub("\ufffd", text))
