"""Cells → values by a list of columns, whatever a column is called in the file; and values → cells. Pure and total."""

from __future__ import annotations

import contextlib
import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from tickless.kit.tabular import Refusal, Row, shown

_WORD = re.compile(r"[^a-z0-9]+")
_YES = frozenset({"true", "yes", "y", "1", "x", "on", "active", "enabled"})
_NO = frozenset({"false", "no", "n", "0", "off", "inactive", "disabled"})
Kind = Literal["text", "list", "pairs", "flag", "choice", "share", "moment"]
"""share: a number from 0 to 1 · moment: ISO 8601, UTC where it names no zone · pairs: `name=value`, divided like a list."""


@dataclass(frozen=True)
class Column:
    """A field of a record: what it is called in files, and what its cells hold."""

    field: str
    names: tuple[str, ...] = ()
    """Other names; letters and digits count, whatever their case."""
    kind: Kind = "text"
    needed: bool = False
    choices: tuple[tuple[str, object], ...] = ()
    """Word in the file → value; the first word for a value is how it is written."""
    pattern: str = ""
    pattern_says: str = ""
    most: int = 200

    @property
    def spellings(self) -> frozenset[str]:
        return frozenset(_word(name) for name in (self.field, *self.names))


class _Wrong(Exception):
    """A cell that does not fit: reason, mend."""


def read_cells(row: Row, columns: Sequence[Column]) -> tuple[dict[str, object], tuple[Refusal, ...]]:
    """The row's values by field: only of columns it has; None where the cell is empty. And what is wrong with it."""
    values: dict[str, object] = {}
    refused: list[Refusal] = []
    by_word = {word: column for column in columns for word in column.spellings}
    for name, cell in row.cells.items():
        column = by_word.get(_word(name))
        if column is None:
            continue
        if column.field in values:
            refused.append(Refusal(row.line, column.field, "two columns mean this", "leave one of them out"))
            continue
        try:
            values[column.field] = _value(column, cell)
        except _Wrong as wrong:
            values[column.field] = None
            refused.append(Refusal(row.line, column.field, *wrong.args))
    return values, tuple(refused)


def unknown_columns(rows: Iterable[Row], columns: Sequence[Column]) -> tuple[str, ...]:
    """Columns of the file that mean nothing here, as printable text, in order."""
    known = frozenset(word for column in columns for word in column.spellings)
    names = dict.fromkeys(name for row in rows for name in row.cells)
    return tuple(shown(name) for name in names if _word(name) not in known)


def write_cells(values: Mapping[str, object], columns: Sequence[Column]) -> list[str]:
    """A record's values as CSV cells that `read_cells` reads as the same."""
    return [_cell(column, values.get(column.field)) for column in columns]


def slug(text: str) -> str:
    """Lower-case letters, digits and dashes: `Web shop` → `web-shop`; empty when nothing is left."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9._]+", "-", plain).strip("-._")


@lru_cache(2_000)
def _word(name: str) -> str:
    return _WORD.sub("", name.lower())


def _value(column: Column, cell: object) -> object:
    return None if cell is None or cell in ("", [], {}) else _READ[column.kind](column, cell)


def _text(column: Column, cell: object) -> str | None:
    if isinstance(cell, bool) or not isinstance(cell, (str, int, float)):
        raise _Wrong(f"{shown(cell)!r} is no text", "give text")
    text = " ".join(unicodedata.normalize("NFC", str(cell)).split())
    if not text.isprintable():
        raise _Wrong(f"{shown(text)!r} has characters that cannot be seen", "type it anew")
    if len(text) > column.most:
        raise _Wrong(f"is {len(text)} characters long", f"at most {column.most}")
    if column.pattern and text and not re.fullmatch(column.pattern, text):
        raise _Wrong(f"{shown(text)!r} does not fit", column.pattern_says)
    return text or None


def _parts(column: Column, cell: object) -> list[str]:
    parts = cell.split(";") if isinstance(cell, str) else cell
    if not isinstance(parts, list):
        raise _Wrong(f"{shown(cell)!r} is no list", "divide several by a semicolon")
    found = [_text(column, part) for part in parts if part is not None]
    return [part for part in found if part]


def _list(column: Column, cell: object) -> object:
    return tuple(dict.fromkeys(_parts(column, cell))) or None


def _pairs(column: Column, cell: object) -> object:
    if isinstance(cell, dict):
        pairs = [(_text(column, name) or "", _text(column, value or "") or "") for name, value in cell.items()]
    else:
        split = [part.partition("=") for part in _parts(column, cell)]
        pairs = [(name.strip() if sign else "", value.strip()) for name, sign, value in split]
    if not all(name for name, _ in pairs):
        raise _Wrong(f"{shown(cell)!r} is not name=value", "for example host=app-1;path=/var")
    return dict(pairs) or None


def _flag(column: Column, cell: object) -> object:
    word = str(cell).strip().lower()
    if isinstance(cell, (str, bool, int)) and word in _YES | _NO:
        return word in _YES
    return _other(word, cell, "yes or no")


def _choice(column: Column, cell: object) -> object:
    word = " ".join(str(cell).lower().split())
    choices = dict(column.choices)
    if isinstance(cell, (str, int)) and word in choices:
        return choices[word]
    return _other(word, cell, ", ".join(dict.fromkeys(str(value) for value in choices.values())))


def _share(column: Column, cell: object) -> object:
    text = str(cell).strip()
    with contextlib.suppress(ValueError):
        if not isinstance(cell, bool) and 0 <= float(text) <= 1:
            return float(text)
    return _other(text, cell, "a number from 0 to 1, such as 0.8")


def _moment(column: Column, cell: object) -> object:
    text = str(cell).strip()
    try:
        found = dt.datetime.fromisoformat(text)
        return (found if found.tzinfo else found.replace(tzinfo=dt.UTC)).astimezone(dt.UTC)
    except (ValueError, OverflowError):
        return _other(text, cell, "a time such as 2026-01-05T06:00:00Z")


def _other(text: str, cell: object, mend: str) -> object:
    """White space is an empty cell; anything else does not fit."""
    if text:
        raise _Wrong(f"{shown(cell)!r} does not fit", mend)
    return None


_READ: dict[Kind, Callable[[Column, object], object]] = {
    "text": _text, "list": _list, "pairs": _pairs, "flag": _flag, "choice": _choice, "share": _share, "moment": _moment,
}  # fmt: skip


def _cell(column: Column, value: object) -> str:
    if value is None:
        return ""
    if column.kind == "choice":
        return next((word for word, meant in column.choices if meant == value), "")
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return ";".join(f"{name}={inner}" for name, inner in value.items())
    if isinstance(value, (tuple, list)):
        return ";".join(str(part) for part in value)
    return value.isoformat() if isinstance(value, dt.datetime) else str(value)
