"""Markdown → HTML that is safe to show: no raw HTML, links only to the web, to mail and to this site, pictures only from here.

The parser is markdown-it-py, CommonMark with tables; what it would let through beyond that is taken out by rules of our own.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markupsafe import Markup, escape

from tickless.doors.console.rendering import harmless
from tickless.practices.knowledge.sections import MOST_CHARACTERS, anchor_of, inline_text

_SCHEMES = frozenset({"http", "https", "mailto"})
_FIRST_LEVEL = 2
"""A page has its own first heading: those of an article begin one level lower, and go down step by step."""


class _Safe(RendererHTML):
    """Draws links and pictures by our rules."""

    def link_open(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        address = str(tokens[idx].attrGet("href") or "")
        if not here(address):
            tokens[idx].attrSet("rel", "noopener noreferrer nofollow")
        tokens[idx].attrs.pop("title", None)
        return self.renderToken(tokens, idx, options, env)

    def image(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        token = tokens[idx]
        words = self.renderInlineAsText(token.children or [], options, env)
        address = str(token.attrGet("src") or "")
        if not here(address):
            return str(escape(words or "picture"))
        return str(Markup('<img src="{}" alt="{}" loading="lazy">').format(address, words))


def here(address: str) -> bool:
    """Whether an address leads to this site: a path or an anchor, never `//elsewhere`."""
    return address.startswith(("/", "#")) and not address.startswith(("//", "/\\"))


def allowed(address: str) -> bool:
    """Whether a link may lead there."""
    if here(address):
        return "\\" not in address
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme.lower() in _SCHEMES and (bool(parts.netloc) or parts.scheme.lower() == "mailto")


def _drawer() -> MarkdownIt:
    drawer = MarkdownIt("commonmark", {"html": False, "maxNesting": 20}, renderer_cls=_Safe).enable("table")
    drawer.validateLink = allowed  # type: ignore[assignment,method-assign]
    return drawer


def draw(text: str) -> Markup:
    """The article as HTML. Headings carry the anchors that citations lead to. Never raises, whatever the text."""
    drawer = _drawer()
    tokens = drawer.parse(harmless(text[:MOST_CHARACTERS]))
    taken: set[str] = set()
    highest = min((int(token.tag[1]) for token in tokens if token.type == "heading_open"), default=1)
    level = _FIRST_LEVEL - 1
    for at, token in enumerate(tokens):
        if token.type == "heading_open":
            level = min(int(token.tag[1]) - highest + _FIRST_LEVEL, level + 1, 6)
            token.attrSet("id", _anchor(tokens[at + 1], taken))
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{level}"
        if token.type == "fence":
            token.info = ""
    return Markup(drawer.renderer.render(tokens, drawer.options, {}))  # noqa: S704 - drawn by the rules above


def _anchor(inline: Token, taken: set[str]) -> str:
    base = anchor_of(inline_text(inline))
    found, number = base, 1
    while found in taken:
        number += 1
        found = f"{base}-{number}"
    taken.add(found)
    return found
