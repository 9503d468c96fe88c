"""Records from files: people, apps, devices, services, dependencies, items, suppliers, the catalogue, assets."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import Annotated, Any, Literal

from fastapi import Query, Request
from fastapi.responses import JSONResponse
from pydantic import Field

from tickless.domain.errors import BadInput
from tickless.doors.api.guards import Admin, DeskHere, new_router
from tickless.doors.api.schemas import Problem, Shown
from tickless.doors.entrance.problems import UnsupportedType, error_body, request_id_of
from tickless.flow.desk.promise import Desk
from tickless.journal import Tx
from tickless.kit.merging import Outcome
from tickless.kit.tabular import Form, Refusal, Table, read_table
from tickless.practices.catalogue import import_catalogue
from tickless.practices.people import import_people
from tickless.practices.portfolio import import_assets
from tickless.practices.services import import_services

router = new_router("records")
RecordKind = Literal[
    "people", "apps", "devices", "services", "dependencies", "items", "suppliers", "catalogue", "assets"
]
MOST_TOLD = 1_000
"""So many changes, and so many refusals, are told one by one."""
EFFECTIVE = "in the process that answered: now; in other processes of the house: within 30 seconds"
_FORMS: dict[str, Form] = {
    "text/csv": "csv",
    "application/json": "json",
    "application/x-ndjson": "json",
    "application/ndjson": "json",
}
_BODY = {
    "required": True,
    "content": {
        "text/csv": {"schema": {"type": "string"}},
        "application/json": {"schema": {"type": "array", "items": {"type": "object"}}},
        "application/x-ndjson": {"schema": {"type": "string"}},
    },
}
Switch = Annotated[bool, Query()]


class ChangeShown(Shown):
    """One record that becomes different. `line` is 0 where the file does not name it."""

    line: int
    record: str = Field(examples=["p-anna"])
    what: Literal["added", "changed", "deactivated"]
    fields: list[str]


class RefusalShown(Shown):
    """Why a row is not taken, and how to mend it. `field` is empty when it is the whole row."""

    line: int
    field: str
    reason: str
    mend: str


class RecordsTaken(Shown):
    """What an import did; when `written` is false, what it would do."""

    kind: RecordKind
    written: bool
    added: int
    changed: int
    deactivated: int
    same: int
    refused: int
    changes: list[ChangeShown] = Field(description=f"The first {MOST_TOLD:,}")
    refusals: list[RefusalShown] = Field(description=f"The first {MOST_TOLD:,}")
    ignored: list[str] = Field(description="Columns of the file that mean nothing here")
    effective: str = Field(description="From when on it counts; empty when nothing was written", examples=[EFFECTIVE])


@router.post(
    "/records/{kind}",
    summary="Bring in records from a file",
    response_model=RecordsTaken,
    openapi_extra={"requestBody": _BODY},
    responses={
        413: {"model": Problem, "description": "More than `entrance.max_body` bytes"},
        415: {"model": Problem, "description": "Neither CSV nor JSON"},
    },
)
async def import_records(
    *,
    request: Request,
    desk: DeskHere,
    visitor: Admin,
    kind: RecordKind,
    dry_run: Switch = False,
    partial: Switch = False,
    prune: Switch = False,
) -> RecordsTaken | JSONResponse:
    """CSV with a header, a JSON list of objects, or NDJSON. Records that are there already are changed, the others added.

    Everything or nothing: when a row is refused, the answer is a 422 whose `fields` explain each of them, unless `partial`.
    `dry_run` says what would be done, with the refused rows, and writes nothing. `prune` (people) makes whoever is not in the
    file inactive; nothing is ever deleted.
    """
    body = await request.body()
    table = _table(body, request.headers.get("content-type", ""))

    def work() -> Outcome:
        return _import(desk, kind, table, by=visitor.actor, partial=partial, prune=prune, dry_run=dry_run)

    outcome = await asyncio.to_thread(work)
    if outcome.refused and not (outcome.written or dry_run):
        return JSONResponse(_refused(outcome, request_id_of(request.scope)), 422)
    return _show(kind, outcome)


def _table(body: bytes, content_type: str) -> Table:
    form = _FORMS.get(content_type.partition(";")[0].strip().lower())
    if form is None:
        raise UnsupportedType("records come as CSV or JSON", mend="send Content-Type text/csv or application/json")
    try:
        return read_table(body.decode("utf-8-sig"), form)
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        raise BadInput(f"line {line} is not UTF-8", mend="save the file as UTF-8") from None


def _import(
    desk: Desk, kind: RecordKind, table: Table, *, by: str, partial: bool, prune: bool, dry_run: bool
) -> Outcome:
    if prune and kind != "people":
        raise BadInput("only people can be pruned", mend="leave prune out")

    def take(tx: Tx) -> Outcome:
        at = desk.clock.now()
        match kind:
            case "people" | "apps" | "devices":
                return import_people(tx, kind, table, by=by, at=at, partial=partial, prune=prune, dry_run=dry_run)
            case "services" | "dependencies" | "items" | "suppliers":
                return import_services(tx, kind, table, by=by, at=at, partial=partial, dry_run=dry_run)
            case "catalogue":
                needs = {intent for runbook in desk.runbooks.values() for intent in runbook.serves.intents}
                return import_catalogue(tx, table, needs=needs, by=by, at=at, partial=partial, dry_run=dry_run)
            case "assets":
                return import_assets(tx, table, by=by, at=at, partial=partial, dry_run=dry_run)

    with desk.journal.read() if dry_run else desk.journal.write() as tx:
        outcome = take(tx)
    if outcome.written:
        desk.renew()
    return outcome


def _refused(outcome: Outcome, request_id: str) -> dict[str, Any]:
    rows = outcome.refused_rows
    return error_body(
        "records_refused",
        f"{rows} {'row is' if rows == 1 else 'rows are'} refused, and so nothing was written",
        mend="mend the file, or say partial to bring in the other rows",
        request_id=request_id,
        fields=[{"field": _place(refusal), "reason": f"{refusal.reason}; {refusal.mend}"}
                for refusal in outcome.refused[:MOST_TOLD]],
    )  # fmt: skip


def _place(refusal: Refusal) -> str:
    return f"line {refusal.line}" + (f", {refusal.field}" if refusal.field else "")


def _show(kind: RecordKind, outcome: Outcome) -> RecordsTaken:
    return RecordsTaken(
        kind=kind,
        written=outcome.written,
        added=outcome.count("added"),
        changed=outcome.count("changed"),
        deactivated=outcome.count("deactivated"),
        same=outcome.same,
        refused=outcome.refused_rows,
        changes=[
            ChangeShown(line=one.line, record=one.key, what=one.what, fields=list(one.fields))
            for one in outcome.changes[:MOST_TOLD]
        ],
        refusals=[RefusalShown(**asdict(refusal)) for refusal in outcome.refused[:MOST_TOLD]],
        ignored=list(outcome.ignored[:MOST_TOLD]),
        effective=EFFECTIVE if outcome.written else "",
    )
