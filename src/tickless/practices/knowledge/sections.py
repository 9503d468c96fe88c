"""An article's Markdown as what can be quoted: sections with whole sentences and whole steps, as plain text. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from markdown_it import MarkdownIt
from markdown_it.token import Token

MOST_CHARACTERS = 100_000
MOST_DEPTH = 20
"""Lists in lists and quotes in quotes; deeper ones are plain text."""
_ENDS = re.compile(r"(?<=[.!?])[\"”’)]*\s+(?=[\"“‘(]*[A-Z0-9])")
_SHORTENED = re.compile(r"(?:\b(?:e\.g|i\.e|etc|approx|no|nr|vs|mr|ms|mrs|dr|st)|\b[A-Z])\.$", re.IGNORECASE)


@dataclass(frozen=True)
class Unit:
    """The smallest thing that is quoted: a sentence, a step with its number, a bullet, or a block of code or table row."""

    kind: Literal["sentence", "step", "item", "block"]
    text: str
    paragraph: int
    """Units of one paragraph or list have the same number."""


@dataclass(frozen=True)
class Section:
    """What stands under one heading. `heading` and `anchor` are empty for what stands before the first."""

    heading: str
    anchor: str
    units: tuple[Unit, ...]

    @property
    def text(self) -> str:
        return "\n".join(unit.text for unit in self.units)


def anchor_of(heading: str) -> str:
    """`Who to ask?` → `who-to-ask`: where a link into the article leads."""
    return re.sub(r"[^\w]+", "-", heading.casefold()).strip("-")[:80]


@lru_cache(maxsize=4_096)
def sections_of(text: str) -> tuple[Section, ...]:
    """The sections of an article that say something, in order. Never raises, whatever the text."""
    tokens = parser().parse(text[:MOST_CHARACTERS])
    found: list[Section] = []
    reader = _Units()
    heading, taken = "", set[str]()
    for at, token in enumerate(tokens):
        if token.type == "heading_open":
            found.append(_section(heading, reader.done(), taken))
            heading = inline_text(tokens[at + 1])
        else:
            reader.take(token, in_heading=at > 0 and tokens[at - 1].type == "heading_open")
    found.append(_section(heading, reader.done(), taken))
    return tuple(section for section in found if section.units)


def parser() -> MarkdownIt:
    """CommonMark with tables, and no raw HTML: it stays text."""
    return MarkdownIt("commonmark", {"html": False, "maxNesting": MOST_DEPTH}).enable("table")


def _section(heading: str, units: tuple[Unit, ...], taken: set[str]) -> Section:
    anchor, number = anchor_of(heading), 1
    while anchor and anchor in taken:
        number += 1
        anchor = f"{anchor_of(heading)}-{number}"
    taken.add(anchor)
    return Section(heading, anchor, units)


class _Units:
    """Collects units while the tokens of a section go by."""

    def __init__(self) -> None:
        self._units: list[Unit] = []
        self._lists: list[int | None] = []
        self._step: list[str] = []
        self._row: list[str] | None = None
        self._head: list[str] = []
        self._paragraph = 0

    def done(self) -> tuple[Unit, ...]:
        found, self._units = tuple(self._units), []
        return found

    def take(self, token: Token, *, in_heading: bool) -> None:
        kind = token.type
        if in_heading or kind == "heading_close":
            return
        if kind in {"ordered_list_open", "bullet_list_open"}:
            if not self._lists:
                self._paragraph += 1
            start = token.attrGet("start")
            self._lists.append(int(start) if start else (1 if kind == "ordered_list_open" else None))
        elif kind in {"ordered_list_close", "bullet_list_close"}:
            self._lists.pop()
        elif kind == "list_item_close":
            self._item()
        elif kind in {"fence", "code_block"}:
            self._say(token.content.rstrip(), block=True)
        elif kind == "tr_open":
            self._row = []
        elif kind == "table_open":
            self._head = []
        elif kind == "thead_close":
            self._head, self._row = self._row or [], None
        elif kind == "tr_close" and token.level == 2 and self._row is not None:
            self._table_row(self._row)
        elif kind == "inline":
            self._inline(token)

    def _inline(self, token: Token) -> None:
        text = inline_text(token)
        if self._row is not None:
            self._row.append(text)
        else:
            self._say(text, block=False)

    def _table_row(self, cells: list[str]) -> None:
        """`Town: Leeds; floor: 2`: a row is read with the heads of its columns."""
        if not self._head:  # this is the head itself
            return
        named = [f"{head}: {cell}" if head else cell for head, cell in zip(self._head, cells, strict=False) if cell]
        self._row = None
        self._say("; ".join(named), block=True)

    def _say(self, text: str, *, block: bool) -> None:
        if not text.strip():
            return
        if self._lists:
            self._step.append(text)
            return
        self._paragraph += 1
        if block:
            self._units.append(Unit("block", text, self._paragraph))
        else:
            self._units += [Unit("sentence", one, self._paragraph) for one in sentences(text)]

    def _item(self) -> None:
        """The end of a list item; one inside another belongs to the outer one, so that a step stays whole."""
        number = self._lists[-1]
        text = "\n".join(self._step).strip()
        if number is not None:
            self._lists[-1] = number + 1
        if len(self._lists) > 1 or not text:
            return
        self._step = []
        lead, kind = (f"{number}. ", "step") if number is not None else ("• ", "item")
        self._units.append(Unit("step" if kind == "step" else "item", lead + text, self._paragraph))


def inline_text(token: Token) -> str:
    """Text as people read it: no marks, a link's address behind its words, breaks as blanks."""
    parts: list[str] = []
    address = ""
    for child in token.children or ():
        if child.type in {"text", "code_inline"}:
            parts.append(child.content)
        elif child.type in {"softbreak", "hardbreak"}:
            parts.append(" ")
        elif child.type == "image":
            parts.append(child.content)
        elif child.type == "link_open":
            address = str(child.attrGet("href") or "")
        elif child.type == "link_close" and address:
            shown = address.removeprefix("mailto:")
            if shown not in "".join(parts) and not shown.startswith("#"):
                parts.append(f" ({shown})")
            address = ""
    return " ".join("".join(parts).split())


def sentences(text: str) -> list[str]:
    """A paragraph cut behind `.`, `!` and `?`, but not behind `e.g.` and single letters."""
    found: list[str] = []
    for piece in _ENDS.split(text):
        if found and _SHORTENED.search(found[-1]):
            found[-1] = f"{found[-1]} {piece}"
        elif piece.strip():
            found.append(piece.strip())
    return found
