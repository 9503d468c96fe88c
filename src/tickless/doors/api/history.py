"""The organisation's own past: files of tickets are sent, looked at and imported; what was refused can be had as CSV."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import Path, Query, Request
from fastapi.responses import StreamingResponse

from tickless.domain.history_import import RefusedHistoryRow
from tickless.doors.api.guards import Admin, DeskHere, Reader, new_router
from tickless.doors.api.history_schemas import (
    FetchedShown,
    FetchGiven,
    FileGiven,
    FileShown,
    ForgottenShown,
    HistoryTicketShown,
    ImportGiven,
    ImportShown,
    PreviewShown,
    RefusedShown,
    SourceShown,
    SystemsShown,
    show_import,
    show_preview,
    show_ticket,
)
from tickless.doors.api.paging import Cursor, Limit, page_of
from tickless.doors.api.schemas import Page
from tickless.doors.entrance.history_lines import refused_lines
from tickless.flow.desk.history_files import FILE

router = new_router("history")
File = Annotated[str, Path(pattern=FILE.pattern, max_length=40)]
Id = Annotated[str, Path(max_length=64)]
_PART = {"required": True, "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}


@router.post("/history/files", summary="Begin to send a file of tickets", status_code=201)
def begin_file(desk: DeskHere, visitor: Admin) -> FileShown:
    """Then send it in parts. A file that is not imported within a day is thrown away."""
    return FileShown(file=desk.history.new_file(), size=0)


@router.put("/history/files/{file}", summary="Send a part of a file", openapi_extra={"requestBody": _PART})
async def send_part(
    request: Request, desk: DeskHere, visitor: Admin, file: File, offset: Annotated[int, Query(ge=0)] = 0
) -> FileShown:
    """At most `entrance.max_body` bytes. A part that came already changes nothing:
    a sending that broke off goes on at `size`."""
    part = await request.body()
    size = await asyncio.to_thread(desk.history.add_part, file, offset, part)
    return FileShown(file=file, size=size)


@router.get("/history/systems", summary="Connected ticket systems whose past can be read")
def list_systems(desk: DeskHere, visitor: Reader) -> SystemsShown:
    return SystemsShown(systems=desk.history.systems())


@router.post("/history/files/{file}/fetch", summary="Read a page of a connected system's past into a file")
async def fetch_page(desk: DeskHere, visitor: Admin, file: File, given: FetchGiven) -> FetchedShown:
    """Begin without a cursor and go on with `next` until it is empty; then look at the file and import it."""
    follows = await asyncio.to_thread(lambda: desk.history.fetch(given.system, file, cursor=given.cursor))
    return FetchedShown(file=file, next=follows)


@router.post("/history/files/{file}/preview", summary="What would come of a file")
async def preview_file(desk: DeskHere, visitor: Admin, file: File, given: FileGiven) -> PreviewShown:
    """Guesses what the columns mean, by their names and by what stands in them, unless a mapping is given."""
    mapping = given.mapping.mapping() if given.mapping else None
    return show_preview(
        await asyncio.to_thread(
            lambda: desk.history.preview(file, source=given.source, mapping=mapping, zone=given.zone)
        )
    )


@router.post("/history/files/{file}/import", summary="Import a file", status_code=202)
async def import_history(desk: DeskHere, visitor: Admin, file: File, given: ImportGiven) -> ImportShown:
    """It is read beside everything else; an import that was killed goes on where it was."""
    mapping = given.mapping.mapping()
    return show_import(
        await asyncio.to_thread(
            lambda: desk.history.start(file, name=given.name, source=given.source, mapping=mapping, by=visitor.actor)
        )
    )


@router.get("/history/imports", summary="List imports of tickets")
def list_imports(desk: DeskHere, visitor: Reader, limit: Limit = 50) -> Page[ImportShown]:
    """Newest first."""
    with desk.journal.read() as tx:
        found = tx.history_imports.where(order=tx.history_imports.table.c.made_at.desc(), limit=limit)
    return Page(items=[show_import(job) for job in found])


@router.get("/history/imports/{identity}", summary="How far an import is")
def show_one_import(desk: DeskHere, visitor: Reader, identity: Id) -> ImportShown:
    with desk.journal.read() as tx:
        return show_import(tx.history_imports.need(identity))


@router.post("/history/imports/{identity}/stop", summary="Stop an import")
def stop_import(desk: DeskHere, visitor: Admin, identity: Id) -> ImportShown:
    """What came in stays. It can be resumed."""
    return show_import(desk.history.stop(identity, by=visitor.actor))


@router.post("/history/imports/{identity}/resume", summary="Go on with an import")
def resume_import(desk: DeskHere, visitor: Admin, identity: Id) -> ImportShown:
    return show_import(desk.history.resume(identity, by=visitor.actor))


@router.get("/history/imports/{identity}/refused", summary="Rows that were not taken")
def list_refused(
    desk: DeskHere, visitor: Admin, identity: Id, cursor: Cursor = None, limit: Limit = 50
) -> Page[RefusedShown]:
    """In the order of the file, each with the reason and how to mend it."""
    with desk.journal.read() as tx:
        table = tx.history_refused.table.c
        after = [table.id > cursor] if cursor else []
        found = tx.history_refused.where(table.import_id == identity, *after, order=table.id, limit=limit + 1)
    return page_of(found, limit=limit, key=lambda row: row.id, show=_refused)


@router.get(
    "/history/imports/{identity}/refused.csv",
    summary="Rows that were not taken, as CSV",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/csv": {}}, "description": "To be mended and imported again"}},
)
def refused_csv(desk: DeskHere, visitor: Admin, identity: Id) -> StreamingResponse:
    """With why and how to mend it, then the cells (without the columns of people)."""
    with desk.journal.read() as tx:
        tx.history_imports.need(identity)
    return StreamingResponse(refused_lines(desk, identity), media_type="text/csv; charset=utf-8")


@router.get("/history/sources", summary="Where tickets of the past came from")
def list_history_sources(desk: DeskHere, visitor: Reader) -> Page[SourceShown]:
    with desk.journal.read() as tx:
        extent, named = tx.history_extent(), tx.history_sources()
    rows = [(name, *extent.get(name, (0, None, None))) for name in named]
    return Page(items=[SourceShown(source=name, tickets=count, since=since, until=until)
                       for name, count, since, until in rows])  # fmt: skip


@router.delete("/history/sources/{source}", summary="Forget everything of a source")
async def forget_source(desk: DeskHere, visitor: Admin, source: Annotated[str, Path(max_length=100)]) -> ForgottenShown:
    """Its tickets, imports, refused rows and pseudonyms. It cannot be taken back."""
    gone = await asyncio.to_thread(lambda: desk.history.forget(source, by=visitor.actor))
    return ForgottenShown(source=source, tickets=gone)


@router.get("/history/tickets/{identity}", summary="A ticket of the past")
def show_history_ticket(desk: DeskHere, visitor: Reader, identity: Id) -> HistoryTicketShown:
    with desk.journal.read() as tx:
        return HistoryTicketShown(ticket=show_ticket(tx.history_tickets.need(identity)))


def _refused(row: RefusedHistoryRow) -> RefusedShown:
    return RefusedShown(row=row.row, field=row.field, reason=row.reason, mend=row.mend, cells=row.cells)
