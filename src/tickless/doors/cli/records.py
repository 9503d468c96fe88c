"""`tickless record …`: bring in people, apps, devices, services, dependencies, items and assets from files."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from tickless.domain.portfolio import Asset
from tickless.domain.service import Supplier
from tickless.doors.cli.output import line, show_table
from tickless.doors.cli.session import FAILED, AsJson, print_json, session_of, tell, usage

record = typer.Typer(no_args_is_help=True, help="Records: bring in people, services and what belongs to them.")
RecordKind = Literal[
    "people", "apps", "devices", "services", "dependencies", "items", "suppliers", "catalogue", "assets"
]
EXAMPLE = Supplier(
    id="quickline", name="Quickline", contact="noc@quickline.example", hours="24x7", escalation="+41 44 000 00 00"
)
ASSET = Asset(
    id="NAS-0042", title="File server, first floor", kind="server", service="file-share", supplier="quickline",
    serial="7F2-9931", warranty_until=dt.date(2027, 3, 1), supported_until=dt.date(2029, 12, 31), open_weaknesses=0,
    made_by="", made_at=dt.datetime(2026, 3, 2, tzinfo=dt.UTC),
)  # fmt: skip
Kind = Annotated[RecordKind, typer.Argument(help="What the file holds.")]


@record.command("import")
def import_records(
    context: typer.Context,
    kind: Kind,
    file: Annotated[str, typer.Argument(help="CSV with a header, JSON or NDJSON; - reads standard input.")],
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would change, and change nothing.")] = False,
    partial: Annotated[bool, typer.Option("--partial", help="Bring in the good rows when others are refused.")] = False,
    prune: Annotated[bool, typer.Option("--prune", help="Make people who are not in the file inactive.")] = False,
    as_json: AsJson = False,
) -> None:
    """Bring in records: what is there already is changed, nothing is deleted. Everything or nothing, unless --partial."""
    try:
        body = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        raise usage(f"{file} cannot be read: {error.strerror}") from None
    with session_of(context).api() as api:
        taken = api.upload(
            f"/records/{kind}", body, _type_of(file, body), dry_run=dry_run, partial=partial, prune=prune
        )
    if as_json:
        print_json(taken)
    else:
        _show(taken, dry_run=dry_run)
    if taken["refused"] and not partial:
        raise typer.Exit(FAILED)


def _type_of(file: str, body: bytes) -> str:
    """By the name of the file; without one by how it begins."""
    suffix = Path(file).suffix.lower()
    begins = body.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    if suffix in {".json", ".ndjson", ".jsonl"} or (suffix != ".csv" and begins in {b"[", b"{"}):
        return "application/json"
    return "text/csv"


def _show(taken: Any, *, dry_run: bool) -> None:
    if dry_run and (taken["changes"]):
        rows = [(one["line"] or None, one["what"], one["record"], one["fields"]) for one in taken["changes"]]
        show_table(["line", "would be", "record", "fields"], rows, empty="")
    for one in taken["refusals"]:
        where = f"line {one['line']}" + (f", {one['field']}" if one["field"] else "")
        tell(f"{where}: {one['reason']}", mend=one["mend"])
    if taken["ignored"]:
        line(f"columns without a meaning here: {', '.join(taken['ignored'])}")
    counts = ", ".join(f"{taken[what]} {what}" for what in ("added", "changed", "deactivated", "same", "refused"))
    line(f"{taken['kind']}: {counts}" + ("" if taken["written"] else "; nothing was written"))


@record.command("template")
def template(kind: Kind) -> None:
    """Print a CSV header with an example row, from the sample company."""
    from tickless.practices.catalogue import write_catalogue
    from tickless.practices.people import write_people
    from tickless.practices.portfolio import write_assets
    from tickless.practices.services import write_services
    from tickless.sample.company import make_company

    made: dict[str, list[Any]] = {"suppliers": [EXAMPLE], "assets": [ASSET]}
    known = made.get(kind) or [*getattr(make_company(), kind)]
    example = max(known, key=lambda one: len(one.model_dump(exclude_defaults=True)))
    match kind:
        case "people" | "apps" | "devices":
            text = write_people(kind, [example])
        case "services" | "dependencies" | "items" | "suppliers":
            text = write_services(kind, [example])
        case "catalogue":
            text = write_catalogue([example])
        case "assets":
            text = write_assets([example])
    typer.echo(text, nl=False)
