"""Atlassian Document Format: plain text → document, document → plain text. Pure and total."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

_BLOCKS = frozenset({"paragraph", "heading", "listItem", "codeBlock", "blockquote", "tableRow", "panel", "rule"})
DEEPEST = 40


def document(text: str) -> dict[str, Any]:
    """A document of paragraphs: an empty line ends one, a line end breaks it."""
    paragraphs = [_paragraph(part) for part in text.strip().split("\n\n") if part.strip()]
    return {"type": "doc", "version": 1, "content": paragraphs or [{"type": "paragraph", "content": []}]}


def _paragraph(text: str) -> dict[str, Any]:
    content: list[dict[str, Any]] = []
    for number, line in enumerate(text.strip("\n").split("\n")):
        content += [{"type": "hardBreak"}] if number else []
        content += [{"type": "text", "text": line}] if line else []
    return {"type": "paragraph", "content": content}


def plain(body: object) -> str:
    """The text of a document, or of a body that is text already."""
    if isinstance(body, str):
        return body.replace("\r\n", "\n").strip()
    text = "".join(_pieces(body, 0))
    lines = [line.rstrip() for line in text.split("\n")]
    return "\n".join(line for number, line in enumerate(lines) if line or (number and lines[number - 1])).strip()


def _pieces(node: object, depth: int) -> Iterator[str]:
    if not isinstance(node, Mapping) or depth > DEEPEST:
        return
    kind, attributes = str(node.get("type")), node.get("attrs")
    if kind == "text":
        yield str(node.get("text", ""))
    elif kind == "hardBreak":
        yield "\n"
    elif kind in {"mention", "emoji", "inlineCard"} and isinstance(attributes, Mapping):
        yield str(attributes.get("text") or attributes.get("shortName") or attributes.get("url") or "")
    content = node.get("content")
    for child in content if isinstance(content, list) else []:
        yield from _pieces(child, depth + 1)
    if kind in _BLOCKS:
        yield "\n"
