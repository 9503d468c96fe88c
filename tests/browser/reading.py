"""Reads pages as a person does: headings, words, links, forms. On the parser of the standard library."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

_EMPTY = {"meta", "link", "input", "br", "hr", "img", "path", "rect", "circle"}


@dataclass
class Node:
    """An element with what is in it; text is a node without a tag."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    inside: list[Node | str] = field(default_factory=list)

    def all(self, tag: str | None = None, **attributes: str) -> Iterator[Node]:
        """Every element below, in order, with this tag and these attributes (`class_` holds a word of the class)."""
        for node in self.inside:
            if isinstance(node, str):
                continue
            if (tag is None or node.tag == tag) and all(node.has(name, value) for name, value in attributes.items()):
                yield node
            yield from node.all(tag, **attributes)

    def has(self, name: str, value: str) -> bool:
        found = self.attributes.get(name.rstrip("_"), "")
        return value in found.split() if name == "class_" else found == value

    def one(self, tag: str | None = None, **attributes: str) -> Node:
        found = list(self.all(tag, **attributes))
        assert found, f"no <{tag}> with {attributes}"
        return found[0]

    @property
    def text(self) -> str:
        words = " ".join(node if isinstance(node, str) else node.text for node in self.inside)
        return re.sub(r"\s+", " ", words).strip()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Node("page")
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, {name: value or "" for name, value in attrs})
        self._open[-1].inside.append(node)
        if tag not in _EMPTY:
            self._open.append(node)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open[-1].inside.append(Node(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        if tag in _EMPTY:
            return
        assert self._open[-1].tag == tag, f"</{tag}> closes <{self._open[-1].tag}>"
        self._open.pop()

    def handle_data(self, data: str) -> None:
        self._open[-1].inside.append(data)


def read_page(html: str) -> Node:
    """The page as a tree. Fails for tags that are not nested well."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.root


def form_of(page: Node, action: str) -> dict[str, str]:
    """The hidden and filled-in fields of the form that is sent to that address."""
    form = page.one("form", action=action)
    return {
        field.attributes["name"]: field.attributes.get("value", "")
        for field in form.all("input")
        if "name" in field.attributes
    }
