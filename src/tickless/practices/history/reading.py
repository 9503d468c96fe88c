"""Reads rows out of files as a stream: CSV, JSON, one object a line; packed with gzip or not. Memory holds a row or two.

Total: what cannot be read is a refusal with its place, and reading goes on behind it where that can be.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from tickless.domain.errors import BadInput
from tickless.domain.history_import import FileForm
from tickless.practices.history.entries import Refused
from tickless.practices.history.vendors import cells_of

LONGEST_CELL = 1_000_000
_CHUNK = 1 << 16
_LIST = re.compile(r"\A\s*\[|:\s*\[(?=\s*\{)")
_EMPTY = re.compile(r":\s*\[")
csv.field_size_limit(LONGEST_CELL)
Cells = Mapping[str, str]
ReadRow = tuple[int, Cells | Refused, Cells]
"""Its number from 1, its cells or why there are none, and what could be read of it."""


@dataclass
class Rows:
    """An open file. `read` is how many bytes of it were taken, about."""

    file: BinaryIO
    text: io.TextIOBase
    size: int

    @property
    def read(self) -> int:
        return min(self.file.tell(), self.size)

    def close(self) -> None:
        self.text.close()
        self.file.close()


def form_of(path: Path) -> FileForm:
    """By what stands at its beginning."""
    rows = opened(path)
    try:
        begin = rows.text.read(_CHUNK).lstrip("\ufeff \r\n\t")
    finally:
        rows.close()
    if not begin.startswith(("{", "[")):
        return "csv"
    lines = [line for line in begin.splitlines() if line.strip()]
    return "lines" if begin.startswith("{") and _is_object(lines[0]) and len(lines) != 1 else "json"


def _is_object(line: str) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except ValueError:
        return False


def opened(path: Path) -> Rows:
    """The file as text. Raises `BadInput` where it is none."""
    raw = path.open("rb")
    begin = raw.read(4)
    raw.seek(0)
    source: Any = gzip.GzipFile(fileobj=raw) if begin[:2] == b"\x1f\x8b" else raw
    try:
        start = source.read(_CHUNK)
        source.seek(0)
    except (OSError, EOFError) as error:
        raw.close()
        raise BadInput("the file is packed, and cannot be unpacked", mend="pack it with gzip, or not at all") from error
    text = io.TextIOWrapper(source, encoding=_encoding(start), errors="replace", newline="")
    return Rows(raw, text, path.stat().st_size)


def _encoding(start: bytes) -> str:
    if start[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return "utf-16"
    try:
        start[: max(len(start) - 4, 0) or len(start)].decode("utf-8")
    except UnicodeDecodeError as error:
        return "cp1252" if error.start < len(start) - 8 else "utf-8-sig"
    return "utf-8-sig"


def read_rows(rows: Rows, form: FileForm, *, skip: int = 0) -> Iterator[tuple[int, Cells | Refused, Cells]]:
    """(number of the row from 1, its cells or why there are none, what could be read of it). `skip`: so many rows are known."""
    parsed = {"csv": _csv, "json": _json, "lines": _lines}[form](rows.text, skip)
    try:
        yield from parsed
    except (OSError, EOFError, UnicodeError) as error:
        raise BadInput("the file breaks off", mend="send the whole file again", detail=str(error)[:200]) from error


def header_of(path: Path, form: FileForm, sample: list[Cells]) -> list[str]:
    """The names of the columns in the order of the file; of JSON those of the sample."""
    if form == "csv":
        rows = opened(path)
        try:
            return next(_reader(rows.text), [])
        finally:
            rows.close()
    return list(dict.fromkeys(name for cells in sample for name in cells))


def _reader(text: io.TextIOBase) -> Iterator[list[str]]:
    start = text.readline()
    while start and not start.strip():
        start = text.readline()
    delimiter = max(",;\t|", key=start.count)

    def lines() -> Iterator[str]:
        yield start.replace("\x00", "")
        for line in text:
            yield line.replace("\x00", "")

    return csv.reader(lines(), delimiter=delimiter)


def _csv(text: io.TextIOBase, skip: int) -> Iterator[tuple[int, Cells | Refused, Cells]]:
    reader = _reader(text)
    header = [name.strip() for name in next(reader, [])]
    row = 0
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            row += 1
            if row > skip:
                yield (
                    row,
                    Refused(
                        "", f"the row cannot be read: {str(error)[:80]}", "look for a quotation mark that is not closed"
                    ),
                    {},
                )
            continue
        if cells is None:
            return
        if not cells:
            continue
        row += 1
        if row <= skip:
            continue
        found = dict(zip(header, cells, strict=False))
        if len(cells) > len(header) and any(cell.strip() for cell in cells[len(header) :]):
            refused = Refused("", f"the row has {len(cells)} cells, and the header {len(header)}",
                              "put cells that hold the separator into quotation marks")  # fmt: skip
            yield row, refused, found
        else:
            yield row, found, found


def _lines(text: io.TextIOBase, skip: int) -> Iterator[tuple[int, Cells | Refused, Cells]]:
    row = 0
    for line in text:
        if not line.strip():
            continue
        try:
            value = json.loads(line.removeprefix("\ufeff"))
        except ValueError:
            value = None
        for one in cells_of(value) if isinstance(value, dict) else [None]:
            row += 1
            if row > skip:
                shown = {"line": line[:200]}
                yield (
                    (row, Refused("", "the line is no JSON object", "write one whole object on each line"), shown)
                    if one is None
                    else (row, one, one)
                )


def _json(text: io.TextIOBase, skip: int) -> Iterator[tuple[int, Cells | Refused, Cells]]:
    """Objects of a list, one after the other, without reading the whole of it."""
    decoder, buffer, row = json.JSONDecoder(), text.read(_CHUNK).removeprefix("\ufeff"), 0
    begin = _LIST.search(buffer) or _EMPTY.search(buffer)
    if begin is None:
        raise BadInput("there is no list of objects in the file", mend="export the tickets as a list")
    buffer = buffer[begin.end() :]
    while True:
        buffer = buffer.lstrip(" \t\r\n,")
        if buffer.startswith("]"):
            return
        try:
            value, end = decoder.raw_decode(buffer) if buffer else (None, -1)
        except ValueError:
            end = -1
        if end < 0 or (end == len(buffer)):
            more = text.read(max(_CHUNK, len(buffer)))
            if more:
                buffer += more
                continue
            if end < 0:
                if buffer:
                    yield (
                        row + 1,
                        Refused("", "the file breaks off inside of an object", "send the whole file again"),
                        {},
                    )
                return
        buffer = buffer[end:]
        for one in cells_of(value) if isinstance(value, dict) else [None]:
            row += 1
            if row > skip:
                yield (
                    (row, Refused("", "the entry is no object", "export the tickets as objects"), {})
                    if one is None
                    else (row, one, one)
                )
