"""Rows that an import refused, as a file: what the console and the API both give."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from tickless.flow.desk.promise import Desk

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def refused_lines(desk: Desk, identity: str) -> Iterator[str]:
    """The refused rows of an import as CSV that no spreadsheet calculates."""
    last, header = "", list[str]()
    while True:
        with desk.journal.read() as tx:
            table = tx.history_refused.table.c
            found = tx.history_refused.where(table.import_id == identity, table.id > last, order=table.id, limit=1_000)
        if not header:
            header = list(dict.fromkeys(name for row in found for name in row.cells))
            yield _line(["row", "field", "reason", "mend", *header])
        for row in found:
            yield _line([str(row.row), row.field, row.reason, row.mend, *(row.cells.get(name, "") for name in header)])
        if len(found) < 1_000:
            return
        last = found[-1].id


def _line(cells: list[str]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow([f"'{one}" if one.startswith(_FORMULA) else one for one in cells])
    return out.getvalue()
