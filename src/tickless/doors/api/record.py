"""The audit record, the numbers, the doctor."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from fastapi import Query
from fastapi.responses import StreamingResponse

from tickless.doors.api.guards import Auditor, DeskHere, Reader, new_router
from tickless.doors.api.paging import Cursor, Limit, number_in, page_of
from tickless.doors.api.schemas import AuditShown, ChainShown, CheckShown, NumbersShown, Page
from tickless.doors.api.views import show_audit
from tickless.journal import Journal

router = new_router("record")


@router.get("/audit", summary="List the audit record")
def list_audit(
    desk: DeskHere,
    visitor: Auditor,
    case: Annotated[str | None, Query(max_length=100)] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[AuditShown]:
    """Newest first; of one case: in order."""
    place = number_in(cursor)
    with desk.journal.read() as tx:
        if case is None:
            found = tx.audit.latest(before=place, limit=limit + 1)
        else:
            found = tx.audit.rows(after=place or 0, limit=limit + 1, case=case)
    return page_of(found, limit=limit, key=lambda row: row.seq, show=show_audit)


@router.get("/audit/verify", summary="Walk the whole record and find what was changed")
def verify_audit(desk: DeskHere, visitor: Auditor) -> ChainShown:
    """Locates the first row that was changed, removed, added or reordered."""
    with desk.journal.read() as tx:
        report = tx.audit.verify()
    return ChainShown(ok=report.broken_at is None, **report.__dict__)


@router.get(
    "/audit/export",
    summary="The whole record as NDJSON",
    response_class=StreamingResponse,
    responses={200: {"content": {"application/x-ndjson": {}}, "description": "One row a line, in order"}},
)
def export_audit(desk: DeskHere, visitor: Auditor) -> StreamingResponse:
    return StreamingResponse(_lines(desk.journal), media_type="application/x-ndjson")


def _lines(journal: Journal) -> Iterator[str]:
    after = 0
    while True:
        with journal.read() as tx:
            batch = tx.audit.rows(after=after, limit=500)
        if not batch:
            return
        yield "".join(show_audit(row).model_dump_json() + "\n" for row in batch)
        after = batch[-1].seq


@router.get("/numbers", summary="The first numbers")
def numbers(desk: DeskHere, visitor: Reader) -> NumbersShown:
    """Every outcome side by side: none is hidden in another."""
    return NumbersShown(**desk.numbers().__dict__)


@router.get("/doctor", summary="Is the house well?")
def doctor(desk: DeskHere, visitor: Reader) -> list[CheckShown]:
    return [CheckShown(**finding.__dict__) for finding in desk.doctor()]
