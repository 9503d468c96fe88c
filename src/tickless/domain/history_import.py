"""Bringing in the organisation's own past: what a file's columns mean, how far an import is, what it refused."""

from __future__ import annotations

from typing import Literal

from pydantic import AwareDatetime, Field

from tickless.domain.history import HistoryKind, HistoryState
from tickless.domain.record import Record

HistoryField = Literal[
    "number", "kind", "title", "text", "opened", "acknowledged", "responded", "resolved", "closed", "updated", "state",
    "priority", "impact", "urgency", "category", "subcategory", "category_item", "service", "item", "channel", "location",
    "team", "caller", "opened_by", "assignee", "resolved_by", "sla_due", "sla_made", "knowledge_used", "problem", "change",
    "caused_by", "known_error", "close_code", "resolution", "effort", "rating", "recommend", "reopen_count",
    "reassignment_count", "updates",
]  # fmt: skip
Layout = Literal["tickets", "events"]
"""One row a ticket, or one row each time something happened to one."""
FileForm = Literal["csv", "json", "lines"]
"""`json`: a list of objects, bare or below a key; `lines`: one object a line."""
ImportState = Literal["waiting", "running", "done", "failed", "stopped"]


class ColumnMapping(Record):
    """What the columns of a source mean. Kept with the source, so that the next file of it needs no second look."""

    version: Literal[1] = 1
    layout: Layout = "tickets"
    columns: dict[HistoryField, str] = Field(default={})
    order: Literal["iso", "dmy", "mdy", "ymd", "epoch"] = "iso"
    """How stamps are written; `epoch`: seconds or milliseconds since 1970."""
    zone: str = "UTC"
    """Of stamps that name none (IANA)."""
    kind: HistoryKind = "incident"
    """Where no column says it."""
    states: dict[str, HistoryState] = Field(default={}, max_length=200)
    """The source's words for where a ticket stands, in lower case."""
    last_closes: bool = False
    """The last event of a ticket is its end: for event logs that name no state which ends one."""
    split: str = ""
    """What divides the parts of a category in one column, such as ` > `."""


class HistoryImport(Record):
    """One file, or one reading of a ticket system, on its way in."""

    version: Literal[1] = 1
    id: str
    source: str
    name: str
    """Of the file, or `connector:<name>`."""
    form: FileForm = "csv"
    mapping: ColumnMapping
    state: ImportState = "waiting"
    rows: int = 0
    """Read so far: with what came of them this is committed together, so that a killed import goes on here."""
    bytes: int = 0
    """Of `size`, read so far, about."""
    size: int = 0
    cursor: str = ""
    """Where to go on in an outside system."""
    new: int = 0
    changed: int = 0
    same: int = 0
    """Rows that were there already, or that are older than what is known."""
    refused: int = 0
    why: str = ""
    """Of a failure."""
    by: str
    made_at: AwareDatetime
    began_at: AwareDatetime | None = None
    ended_at: AwareDatetime | None = None


class RefusedHistoryRow(Record):
    """A row that was not taken: everything in it, why, and how to mend it."""

    version: Literal[1] = 1
    id: str
    import_id: str
    row: int
    """From 1, without the header."""
    field: str = ""
    reason: str
    mend: str
    cells: dict[str, str] = Field(default={})
