"""Text → plain values that remember their lines. Total: any text gives a document and its problems, never an exception.

A small YAML: mappings with text keys, lists, texts, numbers, true, false and null. Anchors, tags, dates and `yes`/`no` as
booleans are not part of it, because they surprise people and let a small file grow without end.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, NoReturn

import yaml
from yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    DocumentStartEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
)

from tickless.kit.yaml_text import LOADER

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


Tell = Callable[[str, Place, str, str], None]
"""(code, place, reason, mend)"""


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


def read_source(text: str, report: Tell) -> Document:
    """Read a document; every problem of the text itself goes to `report(code, place, reason, mend)`."""
    document = Document()
    if len(text) > MAX_CHARACTERS:
        report("too_long", Place(1, 1), f"longer than {MAX_CHARACTERS} characters", "split it into several runbooks")
        return document
    try:
        document.value = _Reader(yaml.parse(text, Loader=LOADER), document, report).read()
    except yaml.MarkedYAMLError as error:
        place = _at(error.problem_mark or error.context_mark)
        report("not_yaml", place, error.problem or "this is no YAML", "mend the indentation, quotes or brackets here")
    except (yaml.YAMLError, UnicodeError, ValueError):
        mend = "save it as plain UTF-8 text"
        report("not_yaml", Place(1, 1), "the text holds characters that YAML does not allow", mend)
    except _Refused:
        return Document()
    else:
        if document.value is None:
            report("empty", Place(1, 1), "there is nothing in it", "start with `runbook: <area>.<name>`")
        return document
    return Document()


class _Refused(Exception):
    """The text was refused, and why was reported."""


class _Reader:
    """Builds plain values from the parser's events, which come one by one: what grows without end is refused on the way."""

    def __init__(self, events: Iterator[yaml.Event], document: Document, report: Tell) -> None:
        self._events = events
        self._document = document
        self._report = report
        self._depth = 0

    def read(self) -> Any:
        value, documents = None, 0
        for event in self._events:
            if isinstance(event, DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self._refuse("two_documents", event, "a second document begins here", "one file, one runbook")
            elif isinstance(event, NodeEvent):
                value = self._value(event, ())
        return value

    def _refuse(self, code: str, event: yaml.Event, reason: str, mend: str) -> NoReturn:
        self._report(code, _at(event.start_mark), reason, mend)
        raise _Refused

    def _value(self, event: yaml.Event, where: Where) -> Any:
        if isinstance(event, AliasEvent) or (isinstance(event, NodeEvent) and event.anchor):
            mend = "write it out where it is needed"
            self._refuse("anchor", event, "anchors and aliases are not used in runbooks", mend)
        self._document.values[where] = _at(event.start_mark)
        if isinstance(event, ScalarEvent):
            return _scalar(event)
        self._depth += 1
        if self._depth > MAX_DEPTH:
            self._refuse("too_deep", event, f"more than {MAX_DEPTH} levels deep", "a runbook needs about six")
        value = self._mapping(where) if isinstance(event, MappingStartEvent) else self._list(where)
        self._depth -= 1
        return value

    def _list(self, where: Where) -> list[Any]:
        found: list[Any] = []
        for event in self._events:
            if isinstance(event, CollectionEndEvent):
                break
            found.append(self._value(event, (*where, len(found))))
        return found

    def _mapping(self, where: Where) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for event in self._events:
            if isinstance(event, CollectionEndEvent):
                break
            if not isinstance(event, ScalarEvent):
                mend = 'put quotes around values that begin with "{" or "["'
                self._report("bad_key", _at(event.start_mark), "a name is expected here", mend)
                self._value(event, (*where, ""))
                self._value(next(self._events), (*where, ""))
                continue
            self._pair(event, found, where)
        return found

    def _pair(self, event: ScalarEvent, found: dict[str, Any], where: Where) -> None:
        key = str(event.value)
        if event.anchor:
            self._refuse(
                "anchor", event, "anchors and aliases are not used in runbooks", "write it out where it is needed"
            )
        if key in found:
            self._report("duplicate_key", _at(event.start_mark), f"{key!r} stands here twice", "keep one of them")
            self._value(next(self._events), (*where, ""))
            return
        self._document.keys[(*where, key)] = _at(event.start_mark)
        found[key] = self._value(next(self._events), (*where, key))


def _scalar(event: ScalarEvent) -> Any:
    text = str(event.value)
    if event.style:
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _INT.fullmatch(text):
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) else text


def _at(mark: Any) -> Place:
    """PyYAML counts from 0 and sometimes cannot tell."""
    return Place(mark.line + 1, mark.column + 1) if mark else Place(1, 1)
