"""A page made of plain blocks: facts, rows, forms, a picture; `sheet.html` draws them. The practices' pages are made so."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Literal, Union

from markupsafe import Markup

from tickless.domain.practice import Event
from tickless.doors.console.frame import Screen
from tickless.doors.console.wording import Tone


@dataclass(frozen=True)
class Link:
    kind: ClassVar[str] = "link"
    text: str
    href: str


@dataclass(frozen=True)
class Tag:
    kind: ClassVar[str] = "tag"
    label: str
    tone: Tone | Literal[""] = ""
    meaning: str = ""


@dataclass(frozen=True)
class When:
    kind: ClassVar[str] = "when"
    at: dt.datetime


@dataclass(frozen=True)
class Deed:
    """A button of its own. `ears`: what it is about, for those who do not see the row."""

    kind: ClassVar[str] = "deed"
    label: str
    action: str
    hidden: tuple[tuple[str, str], ...] = ()
    ears: str = ""


@dataclass(frozen=True)
class What:
    """The first cell of a row: what it is, and what is said of it in small."""

    kind: ClassVar[str] = "what"
    main: str | Link
    under: tuple[str, ...] = ()


Cell = Union[str, Link, Tag, When, Deed, What, "tuple[Cell, ...]", None]


@dataclass(frozen=True)
class Facts:
    kind: ClassVar[str] = "facts"
    title: str
    pairs: tuple[tuple[str, Cell], ...]


@dataclass(frozen=True)
class Rows:
    kind: ClassVar[str] = "rows"
    title: str
    head: tuple[str, ...]
    rows: Sequence[Sequence[Cell]]
    empty: str = "There is nothing here yet."
    why: str = ""
    """What would put something here."""


@dataclass(frozen=True)
class Words:
    kind: ClassVar[str] = "words"
    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Picture:
    """SVG drawn on the server; `lines` say the same in words."""

    kind: ClassVar[str] = "picture"
    title: str
    svg: Markup
    lines: tuple[str, ...] = ()


FieldKind = Literal["text", "area", "select", "moment", "date", "number", "check", "hidden"]


@dataclass(frozen=True)
class Field:
    name: str
    label: str
    is_a: FieldKind = "text"
    options: tuple[tuple[str, str], ...] = ()
    value: str = ""
    required: bool = False
    help: str = ""


@dataclass(frozen=True)
class Form:
    kind: ClassVar[str] = "form"
    title: str
    action: str
    fields: tuple[Field, ...]
    button: str
    note: str = ""


Block = Facts | Rows | Words | Picture | Form


@dataclass(frozen=True)
class Sheet:
    """`blocks` in the middle, `beside` them what can be done; `tabs` lead to the neighbours."""

    title: str
    purpose: str
    blocks: tuple[Block, ...]
    beside: tuple[Block, ...] = ()
    crumb: Link | None = None
    tabs: tuple[tuple[str, str], ...] = field(default=())


def screen(sheet: Sheet) -> Screen:
    return Screen("sheet.html", {"sheet": sheet})


def story(events: Sequence[Event], called: Callable[[str], str], *, title: str = "Story") -> Rows:
    """A record's story, the latest first. `called`: how somebody is called."""
    rows = [(When(one.at), called(one.by), What(one.text)) for one in reversed(events)]
    return Rows(title, ("When", "Who", "What"), rows, "Nothing has happened yet.")


def said(pairs: Sequence[tuple[str, Cell]]) -> tuple[tuple[str, Cell], ...]:
    """Facts without those that say nothing."""
    return tuple(pair for pair in pairs if pair[1] not in (None, "", ()))


def paragraphs(title: str, words: str) -> tuple[Words, ...]:
    """A long text as a block of its own; nothing where it is empty."""
    lines = tuple(line for line in words.splitlines() if line.strip())
    return (Words(title, lines),) if lines else ()


def at_field(moment_: dt.datetime) -> str:
    """As a `datetime-local` field has it."""
    return f"{moment_.astimezone(dt.UTC):%Y-%m-%dT%H:%M}"
