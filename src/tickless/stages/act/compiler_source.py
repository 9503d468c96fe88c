"""Text → plain values that remember their lines. Total: any text gives a document and its problems, never an exception.

A small YAML: mappings with text keys, lists, texts, numbers, true, false and null. Anchors, tags, dates and `yes`/`no` as
booleans are not part of it, because they surprise people and let a small file grow without end.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import yaml
from yaml.events import AliasEvent, CollectionEndEvent, CollectionStartEvent, DocumentStartEvent, ScalarEvent

MAX_CHARACTERS = 200_000
MAX_DEPTH = 30

Where = tuple[str | int, ...]
Report = Callable[[str, Where, str, str], None]
"""(code, where, reason, mend)"""

_INT = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})")
_FLOAT = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})\.[0-9]{1,18}([eE][-+]?[0-9]{1,2})?")
_WORDS: dict[str, Any] = {"true": True, "false": False, "null": None, "~": None, "": None}


@dataclass(frozen=True)
class Place:
    """From 1, as editors count."""

    line: int
    column: int


@dataclass
class Document:
    """`value` is None when nothing could be read. `keys` and `values` tell where each stands."""

    value: Any = None
    keys: dict[Where, Place] = field(default_factory=dict)
    values: dict[Where, Place] = field(default_factory=dict)

    def place(self, where: Where, *, key: bool = False) -> Place:
        """The place of a value (or of its key); for what isn't written, of the nearest thing around it."""
        while where:
            found = (self.keys.get(where) or self.values.get(where)) if key else self.values.get(where)
            if found:
                return found
            where, key = where[:-1], True
        return self.values.get((), Place(1, 1))


def read_source(text: str, report: Callable[[str, Place, str, str], None]) -> Document:
    """Read a document; every problem of the text itself goes to `report(code, place, reason, mend)`."""
    document = Document()
    if len(text) > MAX_CHARACTERS:
        report("too_long", Place(1, 1), f"longer than {MAX_CHARACTERS} characters", "split it into several runbooks")
        return document
    try:
        if not _fits(text, report):
            return document
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = _at(mark)
        report(
            "not_yaml", place, error.problem or "the text is no YAML", "mend the indentation, quotes or brackets here"
        )
        return document
    except (yaml.YAMLError, UnicodeError, ValueError):
        report(
            "not_yaml", Place(1, 1), "the text holds characters that YAML does not allow", "save it as plain UTF-8 text"
        )
        return document
    if root is not None:
        _Builder(document, report).build(root, ())
    if document.value is None:
        report("empty", Place(1, 1), "there is nothing in it", "start with `runbook: <area>.<name>`")
    return document


def _fits(text: str, report: Callable[[str, Place, str, str], None]) -> bool:
    """Look over the events first: they come without recursion, so depth and aliases can be refused safely."""
    depth = documents = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        place = _at(event.start_mark)
        documents += isinstance(event, DocumentStartEvent)
        depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
        anchored = isinstance(event, (ScalarEvent, CollectionStartEvent)) and event.anchor
        if isinstance(event, AliasEvent) or anchored:
            report("anchor", place, "anchors and aliases are not used in runbooks", "write it out where it is needed")
            return False
        if depth > MAX_DEPTH:
            report("too_deep", place, f"more than {MAX_DEPTH} levels deep", "a runbook needs about six")
            return False
        if documents > 1:
            report("two_documents", place, "a second document begins here", "one file, one runbook: remove the `---`")
            return False
    return True


class _Builder:
    def __init__(self, document: Document, report: Callable[[str, Place, str, str], None]) -> None:
        self._document = document
        self._report = report
        document.value = None

    def build(self, root: yaml.Node, where: Where) -> None:
        self._document.value = self._value(root, where)

    def _value(self, node: yaml.Node, where: Where) -> Any:
        self._document.values[where] = _place(node)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, where)
        if isinstance(node, yaml.SequenceNode):
            return [self._value(item, (*where, index)) for index, item in enumerate(node.value)]
        return _scalar(node) if isinstance(node, yaml.ScalarNode) else None

    def _mapping(self, node: yaml.MappingNode, where: Where) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                self._report(
                    "bad_key", _place(key_node), "a name is expected here", 'quote values that begin with "{" or "["'
                )
                continue
            key = str(key_node.value)
            if key in found:
                self._report("duplicate_key", _place(key_node), f"{key!r} stands here twice", "keep one of them")
                continue
            self._document.keys[(*where, key)] = _place(key_node)
            found[key] = self._value(value_node, (*where, key))
        return found


def _scalar(node: yaml.ScalarNode) -> Any:
    text = str(node.value)
    if node.style is not None:
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _INT.fullmatch(text):
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) else text


def _place(node: yaml.Node) -> Place:
    return _at(node.start_mark)


def _at(mark: Any) -> Place:
    """PyYAML counts from 0 and sometimes cannot tell."""
    return Place(mark.line + 1, mark.column + 1) if mark else Place(1, 1)
