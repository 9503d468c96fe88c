"""The shapes of tickets of the past and of their imports."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from pydantic import Field

from tickless.domain.history import HistoryKind, HistoryState, TicketHistory
from tickless.domain.history_import import ColumnMapping, FileForm, HistoryField, HistoryImport, ImportState, Layout
from tickless.doors.api.schemas import Given, Short, Shown
from tickless.flow.desk.history_files import Preview
from tickless.practices.history.stamps import Order

Column = Annotated[str, Field(min_length=1, max_length=300)]


class MappingGiven(Given):
    """What the columns of a file mean."""

    layout: Layout = "tickets"
    columns: dict[HistoryField, Column] = Field(examples=[{"number": "Ticket", "opened": "Created"}])
    order: Order = "iso"
    zone: Short = "UTC"
    kind: HistoryKind = "incident"
    states: dict[Short, HistoryState] = Field(default={}, max_length=200)
    last_closes: bool = False
    split: Annotated[str, Field(max_length=10)] = ""

    def mapping(self) -> ColumnMapping:
        found = self.model_dump()
        return ColumnMapping(**{**found, "states": {word.lower(): state for word, state in self.states.items()}})


class FileGiven(Given):
    """A file that was sent, and what is known of it."""

    source: Short = Field(default="", examples=["servicenow"])
    mapping: MappingGiven | None = None
    zone: Short = "UTC"


class ImportGiven(Given):
    source: Annotated[str, Field(min_length=1, max_length=80)]
    name: Short = "file"
    mapping: MappingGiven


class FetchGiven(Given):
    system: Annotated[str, Field(min_length=1, max_length=100)]
    cursor: Annotated[str, Field(max_length=2_000)] = ""


class FetchedShown(Shown):
    file: str
    next: str = Field(description="Cursor of the next page; empty at the end")


class SystemsShown(Shown):
    systems: list[str]


class FileShown(Shown):
    file: str
    size: int = Field(description="Bytes that are here")


class HistoryTicketShown(Shown):
    """A ticket of the past. Null and empty: its source did not say."""

    ticket: dict[str, object] = Field(description="As `TicketHistory`, in UTC")


class PreviewShown(Shown):
    """What would come of a file."""

    file: str
    form: FileForm
    size: int
    header: list[str]
    sample: list[dict[str, str]]
    mapping: MappingGiven
    known: bool = Field(description="The mapping is the one that this source had last")
    why: dict[HistoryField, str]
    doubts: list[str]
    unused: list[str]
    states: dict[str, HistoryState | None] = Field(description="Words of states; null: say what it means")
    tickets: list[dict[str, object]]
    refused: list[RefusedShown]
    looked_at: int


class RefusedShown(Shown):
    """A row that is not taken, why, and how to mend it."""

    row: int
    field: str
    reason: str
    mend: str
    cells: dict[str, str] = Field(default={})


class ImportShown(Shown):
    id: str
    source: str
    name: str
    form: FileForm
    layout: Layout
    state: ImportState
    rows: int
    bytes: int
    size: int
    new: int
    changed: int
    same: int
    refused: int
    why: str
    by: str
    made_at: dt.datetime
    began_at: dt.datetime | None
    ended_at: dt.datetime | None


class SourceShown(Shown):
    source: str
    tickets: int
    since: dt.datetime | None
    until: dt.datetime | None


class ForgottenShown(Shown):
    source: str
    tickets: int


def show_import(job: HistoryImport) -> ImportShown:
    found = job.model_dump(exclude={"version", "mapping", "cursor"})
    return ImportShown(**found, layout=job.mapping.layout)


def show_ticket(ticket: TicketHistory) -> dict[str, object]:
    return ticket.model_dump(mode="json", exclude={"version"})


def show_preview(found: Preview) -> PreviewShown:
    return PreviewShown(
        file=found.file,
        form=found.form,
        size=found.size,
        header=list(found.header),
        sample=list(found.sample),
        mapping=MappingGiven(**found.mapping.model_dump(exclude={"version"})),
        known=found.known,
        why=found.guess.why,
        doubts=list(found.guess.doubts),
        unused=list(found.guess.unused),
        states=found.guess.states,
        tickets=[show_ticket(ticket) for ticket in found.tickets],
        refused=[
            RefusedShown(row=row, field=one.field, reason=one.reason, mend=one.mend) for row, one in found.refused
        ],
        looked_at=found.looked_at,
    )


PreviewShown.model_rebuild()
