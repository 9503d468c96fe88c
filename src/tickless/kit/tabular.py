"""Tables of text: CSV or JSON becomes rows that know their line. Total: any text gives rows, refusals, or both."""

from __future__ import annotations

import csv
import io
import itertools
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Form = Literal["csv", "json"]

MOST_ROWS = 50_000
"""A file of more is to be divided."""
MOST_UNREADABLE = 1_000
"""So many rows that cannot be read at all, and the rest is left."""


@dataclass(frozen=True)
class Row:
    """One row: the line on which it begins (from 1), and its cells by column. CSV cells are text, JSON's any plain value."""

    line: int
    cells: Mapping[str, object]


@dataclass(frozen=True, order=True)
class Refusal:
    """Why a row is not taken: where, and how to mend it. `field` is empty when it is the whole row."""

    line: int
    field: str
    reason: str
    mend: str


@dataclass(frozen=True)
class Table:
    """What could be read, and what could not."""

    rows: tuple[Row, ...] = ()
    refused: tuple[Refusal, ...] = ()


def read_table(text: str, form: Form) -> Table:
    """CSV with a header (comma, semicolon or tab), or JSON: a list of objects, or one object after the other (NDJSON).
    The first `MOST_ROWS` rows; that there are more is a refusal too."""
    rows = (_csv_rows if form == "csv" else _json_rows)(text.removeprefix("\ufeff"))
    found = list(itertools.islice(rows, MOST_ROWS))
    rest = next(rows, None)
    if rest is not None:
        found.append(Refusal(rest.line, "", f"comes after {MOST_ROWS:,} rows: the rest is left", "divide the file"))
    return Table(
        tuple(row for row in found if isinstance(row, Row)), tuple(row for row in found if isinstance(row, Refusal))
    )


def shown(value: object) -> str:
    """A value as it may be printed: in one short line, nothing invisible in it."""
    text = "…" if isinstance(value, (dict, list)) else str(value)[:60]
    return text if text.isprintable() else ascii(text)[1:-1]


def write_csv(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """CSV text with commas and a line break after each row. For cells without carriage returns."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([header, *rows])
    return out.getvalue()


def _csv_rows(text: str) -> Iterator[Row | Refusal]:
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    header: list[str] | None = None
    line = unreadable = 0
    while unreadable < MOST_UNREADABLE:
        line = reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            yield Refusal(
                line, "", f"this is no CSV from here on: {error}", "look for a quotation mark without its pair"
            )
            return
        if cells is None:
            return
        if not any(cell.strip() for cell in cells):
            continue
        if header is None:
            header = [cell.strip() for cell in cells]
            twice = {name for name in header if name and header.count(name) > 1}
            if twice:
                yield Refusal(
                    line, shown(min(twice)), "two columns have this name", "give each column a name of its own"
                )
                return
        elif any(cell.strip() for cell in cells[len(header) :]):
            unreadable += 1
            yield Refusal(
                line,
                "",
                f"has {len(cells)} cells, the header {len(header)}",
                "put cells with commas into quotation marks",
            )
        else:
            yield Row(line, {name: cell for name, cell in zip(header, cells, strict=False) if name})
    yield Refusal(line, "", "too many rows cannot be read: the rest is left", "is this the right file?")


def _json_rows(text: str) -> Iterator[Row | Refusal]:
    unreadable = 0
    for line, value, problem in _json_values(text):
        if not problem and isinstance(value, dict):
            body = value.get("body")
            yield Row(line, body if isinstance(body, dict) else value)
            continue
        unreadable += 1
        yield Refusal(line, "", problem or "is no object", "one object {…} for each record")
        if unreadable >= MOST_UNREADABLE:
            yield Refusal(line, "", "too many rows cannot be read: the rest is left", "is this the right file?")
            return


def _json_values(text: str) -> Iterator[tuple[int, Any, str]]:
    """Line, value, problem: the elements of a list, or values that follow each other; these go on after a broken line."""
    at = _skip(text, 0)
    listed = text[at : at + 1] == "["
    at += listed
    line, counted = 1, 0
    while (at := _skip(text, at)) < len(text):
        line, counted = line + text.count("\n", counted, at), at
        if listed and text[at] == "]":
            if _skip(text, at + 1) < len(text):
                yield line, None, "something follows the end of the list"
            return
        try:
            value, at = _DECODER.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            yield line, None, f"is no JSON: {error.msg if isinstance(error, json.JSONDecodeError) else error}"
            at = len(text) if listed else text.find("\n", at)
            if listed or at < 0:
                return
            continue
        yield line, value, ""
        at = _skip(text, at)
        if listed and text[at : at + 1] == ",":
            at += 1
        elif listed and text[at : at + 1] != "]":
            yield line, None, "a comma or the end of the list is missing after this"
            return
    if listed:
        yield line, None, "the end of the list is missing"


def _skip(text: str, at: int) -> int:
    """The next place that is no white space."""
    while at < len(text) and text[at] in " \t\r\n":
        at += 1
    return at


def _constant(name: str) -> None:
    raise ValueError(f"{name} is no value")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("an object names a field twice")
    return found


_DECODER = json.JSONDecoder(parse_constant=_constant, object_pairs_hook=_once)
